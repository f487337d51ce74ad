/** What every chart function takes besides its data. */
export interface ChartOptions {
  /** Document that makes the elements: the page's own in a browser (the default), linkedom's in Node. */
  readonly document?: Document;
  /** Width in pixels of the coordinate system; the picture itself scales. */
  readonly width?: number;
  /** Prefix of element ids, where one page shows the same chart twice. */
  readonly idPrefix?: string;
  /** For paper: light whatever the reader prefers, with plain attributes and no style sheet, for programs that know none. */
  readonly print?: boolean;
}
