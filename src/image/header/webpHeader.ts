import { dataError } from '../../errors.js';
import type { ByteReader } from './byteReader.js';
import { exifOrientation, type Orientation } from './exifOrientation.js';
import { animated, type ImageHeader } from './imageHeader.js';

const animationFlag = 0x02;

/** What a WebP's chunks say; undefined where the file is none. Source: RFC 9649. */
export function readWebpHeader(file: ByteReader): ImageHeader | undefined {
  if (file.text(0, 4) !== 'RIFF' || file.text(8, 4) !== 'WEBP') return undefined;
  let orientation: Orientation = 1;
  let size: Pick<ImageHeader, 'width' | 'height'> | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const chunk = file.text(at, 4);
    const data = at + 8;
    if (chunk === 'VP8X' && file.u8(data) & animationFlag) throw animated('WebP');
    size ??= readSize(file, chunk, data);
    if (chunk === 'EXIF') orientation = exifOrientation(file, file.text(data, 6) === 'Exif\0\0' ? data + 6 : data);
    const length = file.u32(at + 4, true);
    at = data + length + (length % 2);
  }
  if (!size) throw dataError('image-damaged', 'The WebP is damaged: there is no picture in it.');
  if (orientation !== 1)
    throw dataError('image-turned', 'The file is a WebP that its EXIF data says to turn, which browsers do not do.', {
      hint: 'Save it upright, or as a JPEG or PNG.',
    });
  return { format: 'webp', ...size, orientation, inks: false, bytesPerPixel: 10 };
}

function readSize(file: ByteReader, chunk: string, data: number): Pick<ImageHeader, 'width' | 'height'> | undefined {
  if (chunk === 'VP8X') return { width: file.u24(data + 4, true) + 1, height: file.u24(data + 7, true) + 1 };
  if (chunk === 'VP8 ') return { width: file.u16(data + 6, true) & 0x3fff, height: file.u16(data + 8, true) & 0x3fff };
  if (chunk !== 'VP8L') return undefined;
  // Behind a signature byte, 14 bits each.
  const bits = file.u32(data + 1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
