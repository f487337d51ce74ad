import type { ByteReader } from './byteReader.js';

/**
 * How stored rows have to be turned to be seen upright: 1 not at all, 2 to 4 mirrored or upside down, 5 to 8 with width and height
 * exchanged. Source: EXIF 2.32 (CIPA DC-008), tag 274.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const orientationTag = 0x0112;
const shortType = 3;

/** The orientation in EXIF data, a TIFF structure that begins at `start`; 1 where it has none or a wrong one. */
export function exifOrientation(file: ByteReader, start: number): Orientation {
  const order = file.text(start, 2);
  if (order !== 'II' && order !== 'MM') return 1;
  const little = order === 'II';
  if (file.u16(start + 2, little) !== 42) return 1;
  const directory = start + file.u32(start + 4, little);
  const entries = file.u16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (file.u16(entry, little) !== orientationTag) continue;
    const value = file.u16(entry + 8, little);
    return file.u16(entry + 2, little) === shortType && isOrientation(value) ? value : 1;
  }
  return 1;
}

/** Whether a number is one of EXIF's orientations. */
export const isOrientation = (value: number): value is Orientation =>
  Number.isInteger(value) && value >= 1 && value <= 8;

/** Whether the upright picture is as wide as the stored one is high. */
export const exchangesSides = (orientation: Orientation): boolean => orientation >= 5;
