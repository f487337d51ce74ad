import type { EqualityTest } from './equalityTest.js';
import { type Contrast, contrastValues, type FigureGrid, readersIn } from './figureGrid.js';
import {
  addVariances,
  asKnown,
  describeDifference,
  describeMean,
  type MeanVariance,
  meanOf,
  meanVariance,
  type RandomFactors,
  type ReaderDifference,
  type ReaderMean,
  sampleVariance,
} from './meanOfReaders.js';

/** What all readers together reach under one condition. */
export interface ConditionMean extends ReaderMean {
  readonly condition: string;
  readonly readers: number;
  /** Mean square of readers, null with a single one. */
  readonly meanSquareReaders: number | null;
  /** Mean covariance of two readers, 0 with a single one. */
  readonly cov2: number;
}

/** The second condition less the first. */
export interface ConditionDifference extends ReaderDifference {
  readonly first: string;
  readonly second: string;
  /** `paired`: of readers who read under both; `unpaired`: of those who read under one of the two. */
  readonly design: 'paired' | 'unpaired';
  /** Names of the readers that it rests on. */
  readonly readers: readonly string[];
  /**
   * With the error of all conditions together in the place of these two's own, as published analyses have it: sharper where all conditions were read on
   * the same images, wrong where some share images and others don't. Null where there are but two, or no test of all.
   */
  readonly pooled: ReaderDifference | null;
}

/** Means over readers by condition: each by the data of its own condition alone. */
export function conditionMeans(grid: FigureGrid, random: RandomFactors, level: number): ConditionMean[] {
  return grid.conditions.flatMap((condition, i) => {
    const readers = readersIn(grid, [i]);
    if (readers.length === 0) return [];
    const { values, covariances } = contrastValues(
      grid,
      readers.map((j): Contrast => [[grid.places[i][j], 1]]),
    );
    const error = meanVariance(values, covariances, readers.length > 1 ? random : 'cases');
    const count = readers.length;
    let shared = 0;
    for (let j = 0; j < count; j++) for (let l = 0; l < count; l++) if (j !== l) shared += covariances[j][l];
    return {
      condition,
      readers: count,
      ...describeMean(meanOf(values), error, level, [0, 1]),
      meanSquareReaders: count > 1 ? sampleVariance(values) : null,
      cov2: count > 1 ? shared / (count * (count - 1)) : 0,
    };
  });
}

/** Differences of each two conditions, by the data of these two alone and, where there are more, with the error of all. */
export function conditionDifferences(
  grid: FigureGrid,
  test: EqualityTest | null,
  random: RandomFactors,
  level: number,
): ConditionDifference[] {
  const found: ConditionDifference[] = [];
  for (let second = 1; second < grid.conditions.length; second++)
    for (let first = 0; first < second; first++) {
      const difference = compareTwo(grid, first, second, random, level);
      if (difference) found.push({ ...difference, pooled: pool(grid, test, first, second, level) });
    }
  return found;
}

function compareTwo(
  grid: FigureGrid,
  first: number,
  second: number,
  random: RandomFactors,
  level: number,
): Omit<ConditionDifference, 'pooled'> | null {
  const least = random === 'cases' ? 1 : 2;
  const both = readersIn(grid, [first, second]);
  const names = { first: grid.conditions[first], second: grid.conditions[second] };
  const nameReaders = (readers: readonly number[]) => readers.map((j) => grid.readers[j]);
  if (both.length >= least) {
    const { values, covariances } = contrastValues(
      grid,
      both.map(
        (j): Contrast => [
          [grid.places[second][j], 1],
          [grid.places[first][j], -1],
        ],
      ),
    );
    const error = meanVariance(values, covariances, random);
    return {
      ...names,
      design: 'paired',
      readers: nameReaders(both),
      ...describeDifference(meanOf(values), error, level),
    };
  }
  const [ofFirst, ofSecond] = [first, second].map((i) => readersIn(grid, [i]).filter((j) => !both.includes(j)));
  if (ofFirst.length < least || ofSecond.length < least) return null;
  const of = (i: number, readers: readonly number[]) => readers.map((j) => grid.figures[grid.places[i][j]].value);
  const value = meanOf(of(second, ofSecond)) - meanOf(of(first, ofFirst));
  const error = unpairedVariance(grid, [first, ofFirst], [second, ofSecond], random);
  return {
    ...names,
    design: 'unpaired',
    readers: nameReaders([...ofFirst, ...ofSecond]),
    ...describeDifference(value, error, level),
  };
}

/** Hillis 2014's form for readers within conditions: their spread around the mean of their own condition, and what errors have in common. */
function unpairedVariance(
  grid: FigureGrid,
  [first, ofFirst]: readonly [number, readonly number[]],
  [second, ofSecond]: readonly [number, readonly number[]],
  random: RandomFactors,
): MeanVariance {
  const [places, others] = [ofFirst.map((j) => grid.places[first][j]), ofSecond.map((j) => grid.places[second][j])];
  const [n, m] = [places.length, others.length];
  const sum = (of: readonly number[], by: readonly number[], diagonal: boolean) => {
    let total = 0;
    for (const k of of) for (const l of by) if (diagonal || k !== l) total += grid.covariances[k][l];
    return total;
  };
  if (random === 'cases')
    return asKnown(
      sum(places, places, true) / n ** 2 +
        sum(others, others, true) / m ** 2 -
        (2 * sum(places, others, true)) / (n * m),
    );
  const valuesOf = (of: readonly number[]) => of.map((k) => grid.figures[k].value);
  const spread =
    ((n - 1) * sampleVariance(valuesOf(places)) + (m - 1) * sampleVariance(valuesOf(others))) / (n + m - 2);
  const common =
    random === 'readers'
      ? 0
      : Math.max(
          sum(places, places, false) / (n * (n - 1)) +
            sum(others, others, false) / (m * (m - 1)) -
            (2 * sum(places, others, true)) / (n * m),
          0,
        );
  return addVariances((1 / n + 1 / m) * spread, common, n + m - 2);
}

function pool(
  grid: FigureGrid,
  test: EqualityTest | null,
  first: number,
  second: number,
  level: number,
): ReaderDifference | null {
  if (!test || test.degreesOfFreedom[0] < 2) return null;
  const names = new Set(test.readers);
  const valuesOf = (i: number) =>
    readersIn(grid, [i])
      .filter((j) => names.has(grid.readers[j]))
      .map((j) => grid.figures[grid.places[i][j]].value);
  const [before, after] = [valuesOf(first), valuesOf(second)];
  const each = 1 / before.length + 1 / after.length;
  const { denominator, meanSquareReaders, degreesOfFreedom, readers } = test;
  const [treatments, conditions] = [degreesOfFreedom[0], degreesOfFreedom[0] + 1];
  const freedom = test.design === 'crossed' ? treatments * (readers.length - 1) : readers.length - conditions;
  const error =
    degreesOfFreedom[1] === null
      ? asKnown(each * denominator)
      : addVariances(each * meanSquareReaders, each * (denominator - meanSquareReaders), freedom);
  return describeDifference(meanOf(after) - meanOf(before), error, level);
}
