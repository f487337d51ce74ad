/** One of the eight ways in which a square picture lies: turned by quarters, and mirrored or not. */
export interface Pose {
  /** For readers, of the second of two pictures beside the first. */
  readonly words: string;
  readonly flipX: boolean;
  readonly flipY: boolean;
  /** After the flips. */
  readonly transpose: boolean;
}

const pose = (words: string, flipX: boolean, flipY: boolean, transpose: boolean): Pose => ({
  words,
  flipX,
  flipY,
  transpose,
});

/** All eight, the picture as it is first. */
export const poses: readonly Pose[] = [
  pose('', false, false, false),
  pose('mirrored', true, false, false),
  pose('upside down and mirrored', false, true, false),
  pose('turned by 180°', true, true, false),
  pose('turned by 90° and mirrored', false, false, true),
  pose('turned by 270°', true, false, true),
  pose('turned by 90°', false, true, true),
  pose('turned by 270° and mirrored', true, true, true),
];

/** A square picture in a pose, [S, S]. */
export function turnSquare(picture: Float32Array, size: number, { flipX, flipY, transpose }: Pose): Float32Array {
  const turned = new Float32Array(size * size);
  for (let y = 0, to = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [row, column] = transpose ? [x, y] : [y, x];
      turned[to++] = picture[(flipY ? size - 1 - row : row) * size + (flipX ? size - 1 - column : column)];
    }
  return turned;
}
