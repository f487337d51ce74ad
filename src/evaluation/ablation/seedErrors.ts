/** How far other seeds would have moved differences between choices and their baseline. */
export interface SeedErrors {
  /** [M], variance of the mean over seeds of each choice's difference, 0 for one seed. */
  readonly variances: readonly number[];
  /** Degrees of freedom of these; infinite for one seed, of which nothing is known. */
  readonly freedom: number;
  /** Correlation of the differences of two choices, from the baseline that they share, [0, 0.5]. */
  readonly shared: number;
}

/**
 * Variances over seeds of differences from one baseline. Few seeds say little of one choice: two degrees of freedom of three. The spread of all choices is therefore taken together, as in
 * Dunnett 1955 (the mean square of choices by seeds, with (S - 1) M degrees of freedom), and where a choice's own differences, or those of all choices on average, spread
 * more, that is taken: a choice that makes trainings less steady, and a baseline that is less steady than its choices, would be called different too often otherwise.
 * @param baseline [S] @param choices [M][S], of the same seeds
 */
export function seedErrors(baseline: ArrayLike<number>, choices: readonly ArrayLike<number>[]): SeedErrors {
  const seeds = baseline.length;
  const count = choices.length;
  if (seeds < 2) return { variances: choices.map(() => 0), freedom: Number.POSITIVE_INFINITY, shared: 0 };
  const differences = choices.map((values) => centred(Array.from(values, (value, s) => value - baseline[s])));
  const own = differences.map((values) => squares(values) / (seeds - 1));
  const mean = sum(own) / count;
  const together = 2 * meanSquare([baseline, ...choices]);
  const variances = own.map((variance) => Math.max(variance, mean, together) / seeds);
  return { variances, freedom: count * (seeds - 1), shared: sharedPart(differences, own) };
}

/** Mean square of what neither the row nor the column explains, whose expectation is the variance of one training. @param rows [M + 1][S] */
function meanSquare(rows: readonly ArrayLike<number>[]): number {
  const seeds = rows[0].length;
  const residuals = rows.map((row) => centred(Array.from(row)));
  const columns = Array.from({ length: seeds }, (_, s) => sum(residuals.map((row) => row[s])) / rows.length);
  const left = residuals.map((row) => squares(row.map((value, s) => value - columns[s])));
  return sum(left) / ((rows.length - 1) * (seeds - 1));
}

/** What two differences have in common is the baseline's variance: half of each, where all trainings are equally steady, and never counted for more. */
function sharedPart(differences: readonly (readonly number[])[], own: readonly number[]): number {
  const count = differences.length;
  if (count < 2) return 0;
  const freedom = differences[0].length - 1;
  const total = differences[0].map((_, s) => sum(differences.map((row) => row[s])));
  const covariance = (squares(total) / freedom - sum(own)) / (count * (count - 1));
  const variance = sum(own) / count;
  return variance > 0 ? Math.min(0.5, Math.max(0, covariance / variance)) : 0;
}

function centred(values: readonly number[]): number[] {
  const mean = sum(values) / values.length;
  return values.map((value) => value - mean);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const squares = (values: readonly number[]): number => values.reduce((total, value) => total + value ** 2, 0);
