import { readJpegHeader } from '../header/jpegHeader.js';
import { readPngHeader } from '../header/pngHeader.js';
import { readWebpHeader } from '../header/webpHeader.js';
import { avif } from './avif.js';
import { bmp } from './bmp.js';
import { dicom } from './dicom/dicom.js';
import type { ImageFormat } from './imageFormat.js';
import { tiff } from './tiff/tiff.js';

/** Every format of images that is read, the commonest first. */
export const imageFormats = {
  // A .jfif is a JPEG under the name that Windows gives it.
  jpeg: { name: 'JPEG', endings: ['jpg', 'jpeg', 'jpe', 'jfif'], readHeader: readJpegHeader, shownAs: 'image/jpeg' },
  png: { name: 'PNG', endings: ['png'], readHeader: readPngHeader, shownAs: 'image/png' },
  webp: { name: 'WebP', endings: ['webp'], readHeader: readWebpHeader, shownAs: 'image/webp' },
  avif,
  bmp,
  tiff,
  dicom,
} as const satisfies Record<string, ImageFormat>;

/** `JPEG, PNG, WebP, AVIF, BMP, TIFF and DICOM`. */
export const formatNames: string = Object.values(imageFormats)
  .map(({ name }) => name)
  .join(', ')
  .replace(/, ([^,]+)$/, ' and $1');
