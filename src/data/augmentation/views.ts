/** Ways to answer by several looks at an image; `chosen` stands for those that the validation images are to choose. */
export const viewNames = ['none', 'flips', 'flips-and-turns', 'scales', 'crops', 'flips-and-scales', 'chosen'] as const;
/** Which looks at an image are averaged. */
export type TestTimeAugmentation = (typeof viewNames)[number];

/** A look at an image: a part of it, enlarged, and turned or mirrored. */
export interface View {
  /** How many times as large as in the whole image. */
  readonly zoom: number;
  /** Where the part lies: 0 at the left or upper edge, 1 at the other. */
  readonly at: readonly [x: number, y: number];
  /** One of the eight ways in which a square fits onto itself; the first four are the image and its mirror images. */
  readonly way: number;
}

const ways = (count: number) => Array.from({ length: count }, (_, way) => way);
const middle = [0.5, 0.5] as const;
const looks = (count: number, zoom = 1, at: View['at'] = middle): View[] =>
  ways(count).map((way) => ({ zoom, at, way }));
const corners = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;
const [near, nearer, cropped] = [1.15, 1.3, 8 / 7];

/** The looks of each way to answer, the plainest first. */
export const viewSets: Readonly<Record<TestTimeAugmentation, readonly View[]>> = {
  none: looks(1),
  flips: looks(4),
  'flips-and-turns': looks(8),
  scales: [...looks(1), ...looks(1, near), ...looks(1, nearer)],
  crops: [...looks(1), ...looks(1, cropped), ...corners.map((at) => ({ zoom: cropped, at, way: 0 }))],
  'flips-and-scales': [...looks(4), ...looks(4, near), ...looks(4, nearer)],
  // Until the training has ended and they are chosen.
  chosen: looks(1),
};

/** What is chosen among, with the fewest looks first. */
export const viewCandidates = viewNames
  .filter((name) => name !== 'chosen')
  .sort((a, b) => viewSets[a].length - viewSets[b].length);

/**
 * A look at each image of a batch.
 * @param planes [N * 3, size, size], left as they are @returns new planes, or the same ones for the image as it is
 */
export function takeLook(planes: Float32Array, size: number, { zoom, at, way }: View): Float32Array {
  const part = zoom === 1 ? planes : enlargePart(planes, size, zoom, at);
  if (way === 0) return part;
  const turned = way >= 4 ? transpose(part, size) : part.slice();
  const flip = way % 4;
  if (flip === 1 || flip === 2) flipColumns(turned, size);
  if (flip >= 2) flipRows(turned, size);
  return turned;
}

/** Of which two source pixels a pixel of an enlarged part is made, between their centres, and the second one's share. */
function enlargedFrom(size: number, zoom: number, place: number) {
  return Array.from({ length: size }, (_, i) => {
    const position = (i + 0.5) / zoom - 0.5 + place * (size - size / zoom);
    const first = Math.min(size - 1, Math.max(0, Math.floor(position)));
    return { first, next: Math.min(size - 1, first + 1), share: Math.min(1, Math.max(0, position - first)) };
  });
}

/** The same as a matrix [size, size] that a row of pixels is multiplied by from the right. */
export function enlargingMatrix(size: number, zoom: number, place: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (const [to, { first, next, share }] of enlargedFrom(size, zoom, place).entries()) {
    matrix[first * size + to] += 1 - share;
    matrix[next * size + to] += share;
  }
  return matrix;
}

/** A part of each plane, as large as the whole: bilinear between the centres of pixels. */
function enlargePart(planes: Float32Array, size: number, zoom: number, at: View['at']): Float32Array {
  const [columns, rows] = at.map((place) => enlargedFrom(size, zoom, place));
  const result = new Float32Array(planes.length);
  for (let start = 0; start < planes.length; start += size * size)
    for (let y = 0; y < size; y++) {
      const [upper, lower, down] = [start + rows[y].first * size, start + rows[y].next * size, rows[y].share];
      for (let x = 0; x < size; x++) {
        const { first, next, share } = columns[x];
        const above = planes[upper + first] * (1 - share) + planes[upper + next] * share;
        const below = planes[lower + first] * (1 - share) + planes[lower + next] * share;
        result[start + y * size + x] = above * (1 - down) + below * down;
      }
    }
  return result;
}

/** Planes of `size` x `size` with rows and columns changed over. */
function transpose(planes: Float32Array, size: number): Float32Array {
  const result = new Float32Array(planes.length);
  for (let start = 0; start < planes.length; start += size * size) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) result[start + x * size + y] = planes[start + y * size + x];
    }
  }
  return result;
}

/** Mirrors planes of `size` x `size` left-right, in place. */
function flipColumns(planes: Float32Array, size: number): void {
  for (let start = 0; start < planes.length; start += size) planes.subarray(start, start + size).reverse();
}

/** Mirrors planes of `size` x `size` up-down, in place. */
function flipRows(planes: Float32Array, size: number): void {
  const plane = size * size;
  for (let start = 0; start < planes.length; start += plane) {
    planes.subarray(start, start + plane).reverse();
    // Reversing a whole plane turns it by 180 degrees; mirroring its rows again leaves the up-down flip.
    flipColumns(planes.subarray(start, start + plane), size);
  }
}
