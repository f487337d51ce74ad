/** What every chart function takes besides its data. */
export interface ChartOptions {
  /** Document that makes the elements: the page's own in a browser (the default), linkedom's in Node. */
  readonly document?: Document;
  /** Width in pixels of the coordinate system; the picture itself scales. */
  readonly width?: number;
  /** Prefix of element ids, where one page shows the same chart twice. */
  readonly idPrefix?: string;
}
