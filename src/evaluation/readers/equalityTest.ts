import { fTail } from '../distributions/fisherF.js';
import { type FigureGrid, readersIn } from './figureGrid.js';
import { meanOf, type RandomFactors, satterthwaite } from './meanOfReaders.js';

/** Mean variance of figures over images, and mean covariances of two of them. */
export interface ErrorComponents {
  /** Of one figure. */
  readonly variance: number;
  /** Of the same reader under two conditions; 0 where no reader read under two. */
  readonly cov1: number;
  /** Of two readers under the same condition. */
  readonly cov2: number;
  /** Of two readers under two conditions. */
  readonly cov3: number;
}

/** The test whether all conditions are alike, by Obuchowski and Rockette, with Hillis's degrees of freedom. */
export interface EqualityTest {
  /** `crossed`: each reader read under all conditions; `nested`: each under one. */
  readonly design: 'crossed' | 'nested';
  /** Names of the readers that it rests on. */
  readonly readers: readonly string[];
  readonly components: ErrorComponents;
  /** Mean square of conditions. */
  readonly meanSquareConditions: number;
  /** Mean square of conditions by readers, of readers within conditions where they are nested. */
  readonly meanSquareReaders: number;
  /** What the mean square of conditions is divided by. */
  readonly denominator: number;
  /** F; with `cases` random alone it is chi-square divided by the first degrees of freedom. */
  readonly statistic: number;
  /** The second is null where the denominator is taken as known. */
  readonly degreesOfFreedom: readonly [first: number, second: number | null];
  readonly pValue: number;
}

/**
 * Tests whether conditions differ. The mean square of conditions is set against that of conditions by readers and, where cases are random, r max(Cov2 -
 * Cov3, 0). Both expectations depend on the covariances through their means alone, so that readers may have seen different images: pairs with none in
 * common count as 0.
 * Source: Hillis 2014 (see `meanVariance`), with the covariances of Obuchowski and Rockette, Commun Stat Simul Comput 24 (1995) 285-308.
 * @returns null with fewer than two conditions, or too few readers (two a condition; one is enough where `random` is `cases`)
 */
export function equalityTest(grid: FigureGrid, random: RandomFactors): EqualityTest | null {
  const conditions = grid.conditions.map((_, i) => i).filter((i) => grid.places[i].some((place) => place >= 0));
  if (conditions.length < 2) return null;
  const crossed = readersIn(grid, conditions);
  const least = random === 'cases' ? 1 : 2;
  if (crossed.length >= least) return crossedTest(grid, conditions, crossed, random);
  const own = conditions.map((i) => readersIn(grid, [i]));
  const once = new Set(own.flat()).size === own.flat().length;
  return once && own.every((readers) => readers.length >= least) ? nestedTest(grid, conditions, own, random) : null;
}

function crossedTest(
  grid: FigureGrid,
  conditions: readonly number[],
  readers: readonly number[],
  random: RandomFactors,
): EqualityTest {
  const [t, r] = [conditions.length, readers.length];
  const values = conditions.map((i) => readers.map((j) => grid.figures[grid.places[i][j]].value));
  const ofConditions = values.map(meanOf);
  const ofReaders = readers.map((_, j) => meanOf(values.map((row) => row[j])));
  const mean = meanOf(ofConditions);
  const meanSquareConditions = (r * sumOf(ofConditions, (value) => (value - mean) ** 2)) / (t - 1);
  const meanSquareReaders =
    sumOf(values, (row, i) => sumOf(row, (value, j) => (value - ofConditions[i] - ofReaders[j] + mean) ** 2)) /
    ((t - 1) * (r - 1));
  const components = errorComponents(
    grid,
    conditions.flatMap((i) => readers.map((j) => [i, j] as const)),
  );
  const { variance, cov1, cov2, cov3 } = components;
  const added = random === 'readers' ? 0 : r * Math.max(cov2 - cov3, 0);
  const fixed = variance - cov1 + (r - 1) * (cov2 - cov3);
  return finish('crossed', grid, readers, components, {
    meanSquareConditions,
    meanSquareReaders: r > 1 ? meanSquareReaders : 0,
    denominator: random === 'cases' ? fixed : meanSquareReaders + added,
    first: t - 1,
    second: random === 'cases' ? Number.POSITIVE_INFINITY : satterthwaite(meanSquareReaders, added, (t - 1) * (r - 1)),
  });
}

function nestedTest(
  grid: FigureGrid,
  conditions: readonly number[],
  own: readonly (readonly number[])[],
  random: RandomFactors,
): EqualityTest {
  const t = conditions.length;
  const values = conditions.map((i, place) => own[place].map((j) => grid.figures[grid.places[i][j]].value));
  const all = values.flat();
  const means = values.map(meanOf);
  const mean = meanOf(all);
  // Readers a condition, in the sense of the expectation of the mean square where their numbers differ.
  const r = (all.length - sumOf(own, ({ length }) => length ** 2) / all.length) / (t - 1);
  const meanSquareConditions = sumOf(means, (value, i) => own[i].length * (value - mean) ** 2) / (t - 1);
  const freedom = all.length - t;
  const meanSquareReaders = sumOf(values, (row, i) => sumOf(row, (value) => (value - means[i]) ** 2)) / freedom;
  const components = errorComponents(
    grid,
    conditions.flatMap((i, place) => own[place].map((j) => [i, j] as const)),
  );
  const { variance, cov2, cov3 } = components;
  const added = random === 'readers' ? 0 : r * Math.max(cov2 - cov3, 0);
  return finish('nested', grid, own.flat(), components, {
    meanSquareConditions,
    meanSquareReaders: freedom > 0 ? meanSquareReaders : 0,
    denominator: random === 'cases' ? variance - cov2 + r * (cov2 - cov3) : meanSquareReaders + added,
    first: t - 1,
    second: random === 'cases' ? Number.POSITIVE_INFINITY : satterthwaite(meanSquareReaders, added, freedom),
  });
}

function finish(
  design: EqualityTest['design'],
  grid: FigureGrid,
  readers: readonly number[],
  components: ErrorComponents,
  {
    first,
    second,
    ...squares
  }: Pick<EqualityTest, 'meanSquareConditions' | 'meanSquareReaders' | 'denominator'> & {
    readonly first: number;
    readonly second: number;
  },
): EqualityTest {
  const statistic = squares.denominator > 0 ? squares.meanSquareConditions / squares.denominator : Number.NaN;
  return {
    design,
    readers: readers.map((j) => grid.readers[j]),
    components,
    ...squares,
    statistic,
    degreesOfFreedom: [first, Number.isFinite(second) ? second : null],
    pValue: fTail(statistic, first, second),
  };
}

/** Means over all pairs of figures that there are. @param cells condition and reader of each */
function errorComponents(grid: FigureGrid, cells: readonly (readonly [number, number])[]): ErrorComponents {
  const sums = { variance: [0, 0], cov1: [0, 0], cov2: [0, 0], cov3: [0, 0] };
  for (const [i, j] of cells)
    for (const [k, l] of cells) {
      const kind = i === k ? (j === l ? 'variance' : 'cov2') : j === l ? 'cov1' : 'cov3';
      sums[kind][0] += grid.covariances[grid.places[i][j]][grid.places[k][l]];
      sums[kind][1] += 1;
    }
  const mean = ([sum, count]: number[]) => (count > 0 ? sum / count : 0);
  return { variance: mean(sums.variance), cov1: mean(sums.cov1), cov2: mean(sums.cov2), cov3: mean(sums.cov3) };
}

function sumOf<T>(values: readonly T[], of: (value: T, place: number) => number): number {
  return values.reduce((sum, value, place) => sum + of(value, place), 0);
}
