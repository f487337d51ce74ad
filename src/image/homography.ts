import { requireInteger, requireLength, requireNumber, requireNumbers } from '../checks.js';

/**
 * Maps between pictures as 3 x 3 matrices in row order, applied to (x, y, 1) and divided by the third coordinate. Coordinates are
 * those of edges: the first pixel reaches from 0 to 1, its centre is at 0.5. All matrices here go backwards, from the
 * result to the source, as a warp needs them.
 */
export type Homography = readonly [number, number, number, number, number, number, number, number, number];

/** Leaves a picture as it is. */
export const identity: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** First `b`, then `a`. */
export function compose(a: Homography, b: Homography): Homography {
  const entry = (row: number, column: number) =>
    a[row * 3] * b[column] + a[row * 3 + 1] * b[column + 3] + a[row * 3 + 2] * b[column + 6];
  return [
    ...[entry(0, 0), entry(0, 1), entry(0, 2)],
    ...[entry(1, 0), entry(1, 1), entry(1, 2)],
    ...[entry(2, 0), entry(2, 1), entry(2, 2)],
  ] as unknown as Homography;
}

/** Left-right (`horizontal`) and up-down (`vertical`) mirror images. */
export function flipMap(
  width: number,
  height: number,
  { horizontal = false, vertical = false }: { readonly horizontal?: boolean; readonly vertical?: boolean },
): Homography {
  requireSize(width, height);
  return [horizontal ? -1 : 1, 0, horizontal ? width : 0, 0, vertical ? -1 : 1, vertical ? height : 0, 0, 0, 1];
}

/**
 * Undoes a rotation (degrees, clockwise as seen) and scaling about the picture's centre, followed by a shift (pixels).
 * torchvision's `functional.affine` without shear.
 */
export function affineMap(
  width: number,
  height: number,
  degrees: number,
  translate: readonly [number, number],
  scale: number,
): Homography {
  requireSize(width, height);
  requireNumber('degrees', degrees);
  requireNumbers('translate', translate);
  requireNumber('scale', scale, { above: 0 });
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  // Around the centre: source = rotation^-1 (result - centre - shift) / scale + centre.
  const x = width / 2 + translate[0];
  const y = height / 2 + translate[1];
  return [cos, sin, width / 2 - cos * x - sin * y, -sin, cos, height / 2 + sin * x - cos * y, 0, 0, 1];
}

/** Undoes slanting about the picture's centre, along rows and along columns (degrees): torchvision's `functional.affine` with nothing but shear. */
export function shearMap(
  width: number,
  height: number,
  [alongRows, alongColumns]: readonly [number, number],
): Homography {
  requireSize(width, height);
  requireNumber('shear along rows', alongRows, { above: -90, below: 90 });
  requireNumber('shear along columns', alongColumns, { above: -90, below: 90 });
  const x = Math.tan((alongRows * Math.PI) / 180);
  const y = Math.tan((alongColumns * Math.PI) / 180);
  // The result is [1, -x; -y, 1 + x y] of the source, first along rows; its determinant is 1.
  const [a, b, d, e] = [1 + x * y, x, y, 1];
  const [centreX, centreY] = [width / 2, height / 2];
  return [a, b, centreX - a * centreX - b * centreY, d, e, centreY - d * centreX - e * centreY, 0, 0, 1];
}

/** Undoes so many quarter turns of a square, clockwise as seen; pixels fall on pixels. */
export function quarterTurnMap(size: number, quarters: number): Homography {
  requireSize(size, size);
  requireInteger('quarters', quarters);
  const maps: readonly Homography[] = [
    identity,
    [0, 1, 0, -1, 0, size, 0, 0, 1],
    [-1, 0, size, 0, -1, size, 0, 0, 1],
    [0, -1, size, 1, 0, 0, 0, 0, 1],
  ];
  return maps[((quarters % 4) + 4) % 4];
}

/** Undoes the cutting out of a part of a picture that is then made `size` pixels wide and high. */
export function cropMap({ left, top, width, height }: Part, size: number): Homography {
  requireSize(width, height);
  requireSize(size, size);
  requireNumbers('part', [left, top]);
  return [width / size, 0, left, 0, height / size, top, 0, 0, 1];
}

/** A part of a picture, in pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Corner points x, y: left top, right top, right bottom, left bottom. */
export type Corners = readonly [number, number, number, number, number, number, number, number];

/**
 * Undoes the move of the corner points `from` to the points `to`. torchvision's `functional.perspective`, which gives the corners
 * as pixel indices. Undefined where the points don't span a quadrilateral.
 */
export function perspectiveMap(from: Corners, to: Corners): Homography | undefined {
  for (const [name, corners] of Object.entries({ from, to })) {
    requireLength(name, corners, 8, 'x and y of four corners');
    requireNumbers(name, corners);
  }
  // Eight equations: each point of `to` lands on its point of `from`.
  const rows: number[][] = [];
  for (let i = 0; i < 8; i += 2) {
    const [x, y, u, v] = [to[i], to[i + 1], from[i], from[i + 1]];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  }
  const solution = solve(rows);
  return solution && ([...solution, 1] as unknown as Homography);
}

function requireSize(width: number, height: number): void {
  requireInteger('width', width, { min: 1 });
  requireInteger('height', height, { min: 1 });
}

/** Gauss and Jordan with partial pivoting; rows hold the right side last. */
function solve(rows: number[][]): number[] | undefined {
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row][column]) > Math.abs(rows[best][column])) best = row;
    [rows[column], rows[best]] = [rows[best], rows[column]];
    const pivot = rows[column];
    if (Math.abs(pivot[column]) < 1e-9) return undefined;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[column] / pivot[column];
      for (let i = column; i <= size; i++) row[i] -= factor * pivot[i];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}
