import type { ByteReader } from './byteReader.js';

const signatures: readonly (readonly [name: string, at: number, signature: string])[] = [
  ['a GIF image', 0, 'GIF8'],
  ['a BMP image', 0, 'BM'],
  ['a TIFF image', 0, 'II*\0'],
  ['a TIFF image', 0, 'MM\0*'],
  ['a TIFF image', 0, 'II+\0'],
  ['an AVIF image', 4, 'ftypavif'],
  ['an AVIF image', 4, 'ftypavis'],
  ['a HEIC image', 4, 'ftyphei'],
  ['a HEIC image', 4, 'ftyphev'],
  ['a HEIC image', 4, 'ftypmif1'],
  ['a video', 4, 'ftyp'],
  ['a JPEG 2000 image', 4, 'jP  '],
  ['a JPEG 2000 image', 0, '\xff\x4f\xff\x51'],
  ['a JPEG XL image', 0, '\xff\x0a'],
  ['a JPEG XL image', 4, 'JXL '],
  ['a DICOM file', 128, 'DICM'],
  ['a Photoshop file', 0, '8BPS'],
  ['a PDF document', 0, '%PDF'],
  ['a zip archive', 0, 'PK\x03\x04'],
  ['a gzip archive', 0, '\x1f\x8b'],
  ['a pointer of Git LFS in place of the image', 0, 'version https://git-lfs'],
];

/** What a file that is no JPEG, PNG or WebP holds, as far as its first bytes tell: `a TIFF image`. */
export function nameContent(file: ByteReader): string {
  if (file.length === 0) return 'nothing (0 bytes)';
  const known = signatures.find(([, at, signature]) => file.text(at, signature.length) === signature);
  if (known) return known[0];
  const start = file.text(0, 256);
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|svg|!--)/i.test(start)) return 'an SVG drawing or other XML';
  if (/^(\xef\xbb\xbf)?\s*<(!doctype )?html/i.test(start)) return 'a web page';
  // Latin-1 text has no control characters but tabs and line ends.
  return /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(start) ? 'text' : 'no image of a known format';
}
