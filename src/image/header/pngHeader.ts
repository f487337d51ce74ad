import { dataError } from '../../errors.js';
import type { ByteReader } from './byteReader.js';
import { exifOrientation, type Orientation } from './exifOrientation.js';
import { animated, type ImageHeader } from './imageHeader.js';

const signature = '\x89PNG\r\n\x1a\n';

/** What a PNG's chunks say; undefined where the file is none. Source: W3C, Portable Network Graphics, third edition. */
export function readPngHeader(file: ByteReader): ImageHeader | undefined {
  if (file.text(0, 8) !== signature) return undefined;
  if (file.text(12, 4) !== 'IHDR') throw dataError('image-damaged', 'The PNG is damaged: it does not begin with IHDR.');
  let orientation: Orientation = 1;
  let pixelsBegan = false;
  let transparent = false;
  let at = 8;
  for (; at + 12 <= file.length; at += 12 + file.u32(at)) {
    const chunk = file.text(at + 4, 4);
    if (chunk === 'IEND') {
      const bytesPerPixel = memoryOf(file, { transparent, turned: orientation !== 1 });
      return { format: 'png', width: file.u32(16), height: file.u32(20), orientation, inks: false, bytesPerPixel };
    }
    if (chunk === 'tRNS') transparent = true;
    if (chunk === 'IDAT') pixelsBegan = true;
    // Decoders don't look at either behind the pixels.
    else if (chunk === 'eXIf' && !pixelsBegan) orientation = exifOrientation(file, at + 8);
    else if (chunk === 'acTL' && !pixelsBegan) throw animated('PNG');
  }
  // sharp gives what pixels there are without a word; browsers refuse.
  throw dataError('image-damaged', 'The PNG was cut off: its last chunk is missing.', {
    hint: 'Copy or download the file again.',
  });
}

/** Bytes a pixel: interlaced ones are held as they are stored, what is turned twice, and what is transparent is laid on black. */
function memoryOf(file: ByteReader, { transparent, turned }: { transparent: boolean; turned: boolean }): number {
  const [depth, type, interlaced] = [file.u8(24), file.u8(25), file.u8(28) === 1];
  const hasAlpha = transparent || type === 4 || type === 6;
  const channels = hasAlpha ? 4 : 3;
  const stored = channels * (depth === 16 ? 2 : 1);
  return channels + (hasAlpha ? 3 : 0) + (turned ? channels : 0) + (interlaced ? stored : 0) + 1;
}
