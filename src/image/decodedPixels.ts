/** Pixels as a decoder gives them, 8 bits a channel, numbers as in the file: no profile applied. */
export interface DecodedPixels {
  readonly width: number;
  readonly height: number;
  /**
   * 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not multiplied with the colours); where the header says `inks`, 4 is CMYK, 255 full ink, unless
   * the decoder has made RGB of it.
   */
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Whether the pixels still are inks. */
  readonly inks?: boolean;
}
