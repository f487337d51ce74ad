/** Pixels as 8-bit channels, interleaved rows from the top left: `data[(y * width + x) * channels + c]`. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 3 for RGB, 1 for grey (masks), 4 for RGBA (overlays). */
  readonly channels: 1 | 3 | 4;
  /** Length width * height * channels, values 0 to 255, sRGB. */
  readonly data: Uint8Array;
}

/** Decoding and encoding differ between Node (sharp) and the browser (canvas); the rest of the code takes this. */
export interface ImageCodec {
  /**
   * Decodes a file in one of `imageFormats` to upright RGB, by the rule of `decodeImage`: the same pixels everywhere.
   * @throws LesionlabError kind `data` that says what is wrong with the file
   */
  decode(bytes: Uint8Array): Promise<Raster>;
  /** A PNG of any raster. */
  encodePng(image: Raster): Promise<Uint8Array>;
  /** A JPEG. @param quality 1 to 100, default 90 */
  encodeJpeg(image: Raster, quality?: number): Promise<Uint8Array>;
}
