import type { DecodedPixels } from '../decodedPixels.js';
import type { ByteReader } from '../header/byteReader.js';
import type { ImageHeader } from '../header/imageHeader.js';
import type { Raster } from '../raster.js';

/** A kind of image file: how it is told, and who decodes it. */
export interface ImageFormat {
  /** For readers: `JPEG`. */
  readonly name: string;
  /** Endings of its files' names, lower case, without the dot. Which format a file has, its content says. */
  readonly endings: readonly string[];
  /**
   * What a file says of its image before any pixel is decoded; undefined where it is of another format.
   * @throws LesionlabError kind `data` where it is of this format, and of a kind that isn't read
   */
  readHeader(file: ByteReader, bytes: Uint8Array): ImageHeader | undefined;
  /**
   * Decodes the picture as it is stored, not turned, with the same code everywhere. Formats without it are decoded by the platform: sharp, or the browser.
   * @param decodeInner decodes an image file inside the file
   * @throws Error that says what is damaged
   */
  decode?(
    bytes: Uint8Array,
    header: ImageHeader,
    decodeInner: (bytes: Uint8Array) => Promise<Raster>,
  ): DecodedPixels | Promise<DecodedPixels>;
  /** The media type, where browsers show such files. */
  readonly shownAs?: `image/${string}`;
}
