import { dataError } from '../../../errors.js';
import type { ByteReader } from '../../header/byteReader.js';
import { isOrientation, type Orientation } from '../../header/exifOrientation.js';

/** What a TIFF says of its picture, as far as decoding needs it. Names and numbers of fields: TIFF 6.0. */
export interface TiffDirectory {
  readonly littleEndian: boolean;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly bits: number;
  readonly compression: Compression;
  readonly colours: 'white is zero' | 'black is zero' | 'rgb' | 'palette' | 'inks';
  readonly samples: number;
  /** What a sample behind the colours is: opacity that the colours are, or are not, multiplied with. */
  readonly extra: 'multiplied' | 'opacity' | 'other' | undefined;
  /** Each sample in a plane of its own. */
  readonly planes: boolean;
  readonly differences: boolean;
  /** Pieces that the picture is stored in: tiles, or strips as wide as it is. */
  readonly pieces: {
    readonly width: number;
    readonly height: number;
    readonly tiled: boolean;
    readonly offsets: readonly number[];
    readonly lengths: readonly number[];
  };
  /** All reds, all greens, all blues; 16 bits each. */
  readonly palette: readonly number[];
}

export type Compression = 'none' | 'lzw' | 'deflate' | 'packbits';

const compressions: Readonly<Record<number, Compression>> = {
  1: 'none',
  5: 'lzw',
  8: 'deflate',
  32946: 'deflate',
  32773: 'packbits',
};
const otherCompressions: Readonly<Record<number, string>> = {
  2: 'as a fax',
  3: 'as a fax',
  4: 'as a fax',
  6: 'as JPEG',
  7: 'as JPEG',
  33003: 'as JPEG 2000',
  33005: 'as JPEG 2000',
  34712: 'as JPEG 2000',
  50000: 'as Zstandard',
  50001: 'as WebP',
};
const interpretations: Readonly<Record<number, TiffDirectory['colours']>> = {
  0: 'white is zero',
  1: 'black is zero',
  2: 'rgb',
  3: 'palette',
  5: 'inks',
};
const otherInterpretations: Readonly<Record<number, string>> = {
  4: 'that is a mask of another picture',
  6: 'in brightness and colour differences',
  8: 'in CIE L*a*b* colours',
  32803: 'with the raw values of a camera',
  34892: 'with the raw values of a camera',
};
const colourSamples = { 'white is zero': 1, 'black is zero': 1, rgb: 3, palette: 1, inks: 4 } as const;
const floatingPoint = 3;

const smallPiece = 2 ** 20;

const rare = (what: string) =>
  dataError('image-kind', `The file is a TIFF ${what}, which is not read.`, {
    hint: 'Convert it to PNG with the program that made it.',
  });
const damaged = (found: string) => dataError('image-damaged', `The TIFF is damaged or was cut off: ${found}.`);

/**
 * Reads the first directory; undefined where the file is no TIFF.
 * @throws LesionlabError kind `data` for kinds that are not read, for several pictures in a file, and for damage
 */
export function readTiffDirectory(file: ByteReader): TiffDirectory | undefined {
  const order = file.text(0, 4);
  if (order === 'II+\0' || order === 'MM\0+') throw rare('of the kind for more than 4 GiB (BigTIFF)');
  if (order !== 'II*\0' && order !== 'MM\0*') return undefined;
  const littleEndian = order === 'II*\0';
  const first = readFields(file, file.u32(4, littleEndian), littleEndian);
  refuseOtherPages(file, first.next, littleEndian);
  const list = (tag: number) => first.fields.get(tag) ?? [];
  const one = (tag: number, otherwise: number) => list(tag)[0] ?? otherwise;
  const [width, height] = [one(256, 0), one(257, 0)];
  const [bits, samples] = [one(258, 1), one(277, 1)];
  const compression = compressions[one(259, 1)];
  if (!compression) throw rare(`compressed ${otherCompressions[one(259, 1)] ?? `in a rare way (${one(259, 1)})`}`);
  const colours = interpretations[one(262, 1)];
  if (!colours) throw rare(otherInterpretations[one(262, 1)] ?? `with colours of a rare kind (${one(262, 1)})`);
  if (list(339).includes(floatingPoint)) throw rare('with floating-point pixels');
  if (list(258).some((value) => value !== bits) || ![1, 2, 4, 8, 16].includes(bits) || (bits < 8 && samples > 1))
    throw rare(`with ${list(258).join(', ')} bits a channel`);
  if (colours === 'palette' && bits > 8) throw rare(`with a palette of ${bits} bits`);
  if (samples < colourSamples[colours] || samples > 5) throw rare(`with ${samples} channels`);
  if (one(266, 1) !== 1 || one(332, 1) !== 1) throw rare('whose bits or inks stand in a rare order');
  if (![1, 2].includes(one(317, 1)) || (one(317, 1) === 2 && bits < 8)) throw rare('compressed by a rare prediction');
  const orientation = one(274, 1);
  const tiled = first.fields.has(324);
  // A piece is unpacked whole.
  if (tiled && !(one(322, 0) * one(323, 0) <= Math.max(4 * width * height, smallPiece)))
    throw damaged(`its tiles have ${one(322, 0)} x ${one(323, 0)} pixels`);
  return {
    littleEndian,
    width,
    height,
    orientation: isOrientation(orientation) ? orientation : 1,
    bits,
    compression,
    colours,
    samples,
    extra:
      samples === colourSamples[colours]
        ? undefined
        : (({ 1: 'multiplied', 2: 'opacity' } as const)[one(338, 0)] ?? 'other'),
    planes: one(284, 1) === 2 && samples > 1,
    differences: one(317, 1) === 2,
    pieces: tiled
      ? { width: one(322, 0), height: one(323, 0), tiled, offsets: list(324), lengths: list(325) }
      : { width, height: Math.min(one(278, height), height), tiled, offsets: list(273), lengths: list(279) },
    palette: list(320),
  };
}

/** Sizes in bytes of the types of fields that are read: BYTE, SHORT and LONG. */
const typeSizes: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };
/** Fields that are read: others may hold names and dates. */
const wanted = new Set([
  254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 332, 338, 339,
]);

function readFields(file: ByteReader, at: number, littleEndian: boolean) {
  const entries = file.u16(at, littleEndian);
  if (!(at >= 8 && at + 2 + entries * 12 <= file.length)) throw damaged('its directory lies beyond its end');
  const fields = new Map<number, number[]>();
  for (let i = 0; i < entries; i++) {
    const entry = at + 2 + 12 * i;
    const tag = file.u16(entry, littleEndian);
    const size = typeSizes[file.u16(entry + 2, littleEndian)];
    if (!wanted.has(tag) || size === undefined) continue;
    const count = file.u32(entry + 4, littleEndian);
    const start = count * size <= 4 ? entry + 8 : file.u32(entry + 8, littleEndian);
    if (!(start + count * size <= file.length)) throw damaged(`its field ${tag} lies beyond its end`);
    const read = (value: number) =>
      size === 1 ? file.u8(value) : size === 2 ? file.u16(value, littleEndian) : file.u32(value, littleEndian);
    fields.set(
      tag,
      Array.from({ length: count }, (_, n) => read(start + n * size)),
    );
  }
  return { fields, next: file.u32(at + 2 + entries * 12, littleEndian) };
}

/** Small versions of the same picture may follow; another picture, and it isn't clear which one is meant. */
function refuseOtherPages(file: ByteReader, next: number, littleEndian: boolean): void {
  const seen = new Set<number>();
  for (let at = next; at > 0 && !seen.has(at); ) {
    seen.add(at);
    const page = readFields(file, at, littleEndian);
    const [kind = 0] = page.fields.get(254) ?? [];
    if ((kind & 1) === 0)
      throw dataError('image-animated', 'The file is a TIFF of several pages, not one picture.', {
        hint: 'Save the picture that is meant as a PNG or JPEG of its own.',
      });
    at = page.next;
  }
}
