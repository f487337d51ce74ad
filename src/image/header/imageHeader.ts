import { dataError } from '../../errors.js';
import { exchangesSides, type Orientation } from './exifOrientation.js';

/** What a file says of its image before any pixel is decoded. */
export interface ImageHeader {
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif' | 'bmp' | 'tiff' | 'dicom';
  /** Size as stored, pixels: before turning. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Whether the pixels are inks (CMYK or YCCK) and not light. */
  readonly inks: boolean;
  /** Most bytes a pixel that decoders hold at once, as measured. Default: `usualBytesPerPixel`. */
  readonly bytesPerPixel?: number;
}

/** RGB twice, and what decoders hold beside it. */
export const usualBytesPerPixel = 8;

/** Bytes that decoding an image takes. */
export const decodingBytes = ({ width, height, bytesPerPixel = usualBytesPerPixel }: ImageHeader): number =>
  width * height * bytesPerPixel;

/** Width and height of the upright picture, pixels. */
export function uprightSize({ width, height, orientation }: Pick<ImageHeader, 'width' | 'height' | 'orientation'>): {
  width: number;
  height: number;
} {
  return exchangesSides(orientation) ? { width: height, height: width } : { width, height };
}

/** The refusal of a file that holds several pictures: which of them is meant, decoders don't agree on. */
export const animated = (format: string) =>
  dataError('image-animated', `The file is an animated ${format}, not one picture.`, {
    hint: 'Save the picture that is meant as a PNG or JPEG of its own.',
  });
