import { dataError } from '../../errors.js';
import type { ByteReader } from '../header/byteReader.js';
import { animated, type ImageHeader } from '../header/imageHeader.js';
import type { ImageFormat } from './imageFormat.js';

interface Box {
  readonly type: string;
  /** First byte behind its size and type. */
  readonly start: number;
  readonly end: number;
}

/** AV1 pictures, decoded by sharp and by browsers. Source: ISO/IEC 23008-12 (boxes of an image file), AV1 Image File Format 1.1. */
export const avif: ImageFormat = {
  name: 'AVIF',
  endings: ['avif'],
  shownAs: 'image/avif',
  readHeader(file) {
    if (file.text(4, 4) !== 'ftyp') return undefined;
    const [ftyp] = boxes(file, 0, file.length);
    const major = file.text(8, 4);
    // Behind the major brand and its version, those that the file is compatible with.
    const brands = Array.from({ length: Math.max(0, ftyp.end - 16) / 4 }, (_, i) => file.text(16 + 4 * i, 4));
    if (major === 'avis') throw animated('AVIF');
    return major === 'avif' || brands.includes('avif') ? readMeta(file) : undefined;
  },
};

const damaged = (found: string) => dataError('image-damaged', `The AVIF is damaged or was cut off: ${found}.`);

function readMeta(file: ByteReader): ImageHeader {
  const inside = (outer: Box, type: string, skip = 0): Box => {
    const found = boxes(file, outer.start + skip, outer.end).find((box) => box.type === type);
    if (!found) throw damaged(`it has no ${type} box`);
    return found;
  };
  const meta = inside({ type: 'file', start: 0, end: file.length }, 'meta');
  const primaryBox = inside(meta, 'pitm', 4);
  const primary = file.u8(primaryBox.start) === 0 ? file.u16(primaryBox.start + 4) : file.u32(primaryBox.start + 4);
  const properties = inside(meta, 'iprp', 4);
  const listed = boxes(file, inside(properties, 'ipco').start, inside(properties, 'ipco').end);
  const own = propertiesOf(file, inside(properties, 'ipma'), primary).map((index) => listed[index - 1]);
  const size = own.find((box) => box?.type === 'ispe');
  if (!size) throw damaged('it does not say how large its picture is');
  if (own.some((box) => ['irot', 'imir', 'clap'].includes(box?.type)))
    throw dataError(
      'image-turned',
      'The file is an AVIF that is to be turned or cropped, which not every decoder does.',
      {
        hint: 'Save it as it is seen, or as a JPEG or PNG.',
      },
    );
  return {
    format: 'avif',
    width: file.u32(size.start + 4),
    height: file.u32(size.start + 8),
    orientation: 1,
    inks: false,
    bytesPerPixel: 14,
  };
}

/** The numbers, from 1, of an item's properties. */
function propertiesOf(file: ByteReader, { start, end }: Box, item: number): number[] {
  const version = file.u8(start);
  const wide = (file.u24(start + 1) & 1) === 1;
  let at = start + 8;
  for (let entries = file.u32(start + 4); entries > 0 && at < end; entries--) {
    const id = version < 1 ? file.u16(at) : file.u32(at);
    at += version < 1 ? 2 : 4;
    const count = file.u8(at++);
    const indices: number[] = [];
    for (let i = 0; i < count && at < end; i++, at += wide ? 2 : 1)
      indices.push(wide ? file.u16(at) & 0x7fff : file.u8(at) & 0x7f);
    if (id === item) return indices;
  }
  return [];
}

/** The boxes that lie one behind the other between two places. */
function boxes(file: ByteReader, from: number, to: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const short = file.u32(at);
    // 1: the size stands behind the type; 0: up to the end.
    const size = short === 1 ? file.u32(at + 8) * 2 ** 32 + file.u32(at + 12) : short === 0 ? to - at : short;
    if (!(size >= 8 && at + size <= to)) throw damaged(`a part of it says that it has ${size} bytes`);
    found.push({ type: file.text(at + 4, 4), start: at + (short === 1 ? 16 : 8), end: at + size });
    at += size;
  }
  return found;
}
