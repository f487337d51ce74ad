import { type CovarianceMethod, figureCovariances } from './figureCovariances.js';
import { type ReaderFigure, readerFigure } from './readerFigure.js';
import type { FigureOfMerit, ReaderStudy } from './readerStudy.js';

/** Figures of merit by condition and reader, with the covariances of all of them over images. */
export interface FigureGrid {
  /** Names of the conditions. */
  readonly conditions: readonly string[];
  /** Names of the readers. */
  readonly readers: readonly string[];
  /** [conditions][readers], place in `figures`; -1 where a reader has none under that condition. */
  readonly places: readonly (readonly number[])[];
  readonly figures: readonly ReaderFigure[];
  /** [K, K], K as many as `figures`. */
  readonly covariances: readonly Float64Array[];
}

/** Computes a figure of merit of everybody who has one, and how they vary together. */
export function figureGrid(study: ReaderStudy, figure: FigureOfMerit, method: CovarianceMethod): FigureGrid {
  const places = study.conditions.map(() => study.readers.map(() => -1));
  const figures: ReaderFigure[] = [];
  for (const cell of study.cells) {
    const found = readerFigure(study, cell, figure);
    if (found) places[cell.condition][cell.reader] = figures.push(found) - 1;
  }
  const { conditions, readers } = study;
  return { conditions, readers, places, figures, covariances: figureCovariances(figures, method) };
}

/** Readers with a figure under each of some conditions. @param conditions places */
export const readersIn = ({ readers, places }: FigureGrid, conditions: readonly number[]): number[] =>
  readers.map((_, j) => j).filter((j) => conditions.every((i) => places[i][j] >= 0));

/** A weighted sum of figures. */
export type Contrast = readonly (readonly [place: number, weight: number])[];

/** Covariance of two weighted sums of figures. */
export function contrastCovariance({ covariances }: FigureGrid, first: Contrast, second: Contrast): number {
  let sum = 0;
  for (const [k, weight] of first) for (const [l, other] of second) sum += weight * other * covariances[k][l];
  return sum;
}

/** Values of weighted sums of figures, and their covariances. */
export function contrastValues(grid: FigureGrid, contrasts: readonly Contrast[]) {
  return {
    values: contrasts.map((contrast) => contrast.reduce((sum, [k, weight]) => sum + weight * grid.figures[k].value, 0)),
    covariances: contrasts.map((first) => contrasts.map((second) => contrastCovariance(grid, first, second))),
  };
}
