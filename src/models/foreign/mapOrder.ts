/**
 * Where the channels of a map of a square image stand: [N, H, W, C] has its two like sides in front. Where all sides are alike, first, as in most
 * files.
 */
export const mapOrder = ([, a, b, c]: readonly number[]): 'channels-first' | 'channels-last' =>
  a === b && b !== c ? 'channels-last' : 'channels-first';
