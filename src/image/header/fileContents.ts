import type { ByteReader } from './byteReader.js';

/** What to do about the pictures of iPhones. */
export const heicHint =
  'On the iPhone, choose "Most Compatible" under Settings, Camera, Formats for new ones; open those that are there in a program for pictures, and save them as JPEG.';

const signatures: readonly (readonly [name: string, at: number, signature: string, hint?: string])[] = [
  ['a GIF image', 0, 'GIF8', 'Save the picture that is meant as a PNG: a GIF has 256 colours, and may be a film.'],
  ['a HEIC image', 4, 'ftyphei', heicHint],
  ['a HEIC image', 4, 'ftyphev', heicHint],
  ['a HEIC image', 4, 'ftypmif1', heicHint],
  ['a video', 4, 'ftyp'],
  ['a JPEG 2000 image', 4, 'jP  '],
  ['a JPEG 2000 image', 0, '\xff\x4f\xff\x51'],
  ['a JPEG XL image', 0, '\xff\x0a'],
  ['a JPEG XL image', 4, 'JXL '],
  ['a Photoshop file', 0, '8BPS'],
  ['a PDF document', 0, '%PDF'],
  ['a zip archive', 0, 'PK\x03\x04'],
  ['a gzip archive', 0, '\x1f\x8b'],
  ['a pointer of Git LFS in place of the image', 0, 'version https://git-lfs'],
];

/** What a file holds that is no image of a format that is read, as far as its first bytes tell: `a GIF image`, and what to do. */
export function nameContent(file: ByteReader): { readonly name: string; readonly hint?: string } {
  const known = signatures.find(([, at, signature]) => file.text(at, signature.length) === signature);
  return known ? { name: known[0], hint: known[3] } : { name: nameText(file) };
}

function nameText(file: ByteReader): string {
  if (file.length === 0) return 'nothing (0 bytes)';
  const start = file.text(0, 256);
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|svg|!--)/i.test(start)) return 'an SVG drawing or other XML';
  if (/^(\xef\xbb\xbf)?\s*<(!doctype )?html/i.test(start)) return 'a web page';
  // Latin-1 text has no control characters but tabs and line ends.
  return /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(start) ? 'text' : 'no image of a known format';
}
