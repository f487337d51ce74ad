/** A plane of bytes, rows from the top left: `values[y * width + x]`. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/**
 * The largest value within `reach` places along rows or columns, of those that there are: three comparisons a place whatever the reach
 * (van Herk 1992).
 */
function largestAlong({ width, height, values }: Plane, reach: number, along: 'rows' | 'columns'): Uint8Array {
  const found = new Uint8Array(values.length);
  const [lines, length, line, step] = along === 'rows' ? [height, width, width, 1] : [width, height, 1, width];
  const window = 2 * reach + 1;
  const padded = Math.ceil((length + 2 * reach) / window) * window;
  // A line with zeros on both sides; then the largest so far within blocks of a window's length, from the left and from the right: a window is the end of
  // one and the beginning of the next.
  const padding = new Uint8Array(padded);
  const fromLeft = new Uint8Array(padded);
  const fromRight = new Uint8Array(padded);
  for (let l = 0; l < lines; l++) {
    const first = l * line;
    for (let i = 0, place = first; i < length; i++, place += step) padding[reach + i] = values[place];
    for (let block = 0; block < padded; block += window) {
      let most = 0;
      for (let i = block; i < block + window; i++) {
        if (padding[i] > most) most = padding[i];
        fromLeft[i] = most;
      }
      most = 0;
      for (let i = block + window - 1; i >= block; i--) {
        if (padding[i] > most) most = padding[i];
        fromRight[i] = most;
      }
    }
    for (let i = 0, place = first; i < length; i++, place += step) {
      const [begin, end] = [fromRight[i], fromLeft[i + window - 1]];
      found[place] = begin > end ? begin : end;
    }
  }
  return found;
}

/** Lets flags grow by so many pixels in every direction, diagonals included. @param flags 0 or 1 */
export function growFlags(flags: Plane, pixels: number): Uint8Array {
  if (pixels < 1) return flags.values.slice();
  return largestAlong({ ...flags, values: largestAlong(flags, pixels, 'rows') }, pixels, 'columns');
}

/** Grey-scale closing along one direction: what is dark and narrower than `2 * reach + 1` is filled with what lies beside it. */
export function closeAlong(plane: Plane, reach: number, along: 'rows' | 'columns'): Uint8Array {
  const invert = (values: Uint8Array) => {
    const inverted = new Uint8Array(values.length);
    for (let i = 0; i < values.length; i++) inverted[i] = 255 - values[i];
    return inverted;
  };
  const most = largestAlong(plane, reach, along);
  return invert(largestAlong({ ...plane, values: invert(most) }, reach, along));
}

/** Places with `isMember` that hang together with the edge of the plane, over neighbours at the side; 1 where they do. */
export function connectedToEdge(
  { width, height }: Pick<Plane, 'width' | 'height'>,
  isMember: (place: number) => boolean,
): Uint8Array {
  const found = new Uint8Array(width * height);
  const open: number[] = [];
  const visit = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const place = y * width + x;
    if (found[place] || !isMember(place)) return;
    found[place] = 1;
    open.push(place);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const [x, y] = [place % width, Math.floor(place / width)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return found;
}
