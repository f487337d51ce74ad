import { type CovarianceMethod, figureCovariances } from './figureCovariances.js';
import { type Contrast, contrastValues } from './figureGrid.js';
import {
  asKnown,
  describeDifference,
  meanOf,
  meanVariance,
  type RandomFactors,
  type ReaderDifference,
} from './meanOfReaders.js';
import { type ReaderFigure, readerFigure } from './readerFigure.js';
import type { FigureOfMerit, ReaderCell, ReaderStudy } from './readerStudy.js';

/** What a model said of the images of a reader study. */
export interface ModelReading {
  readonly name: string;
  /** [images], as `ReaderCell.scores`. */
  readonly scores: ArrayLike<number>;
  /** [images], 1 where the model called the image positive. */
  readonly answers: ArrayLike<number>;
}

/** The model less the readers of a condition, each reader on the images that this reader saw. */
export interface ModelDifference extends ReaderDifference {
  readonly condition: string;
  readonly readers: number;
  /** Mean over the readers' images. */
  readonly model: number;
  /** Mean over readers. */
  readonly reader: number;
  /** The model less each reader, this reader being who they are. */
  readonly ofReaders: readonly (ReaderDifference & { readonly reader: string; readonly model: number })[];
}

/**
 * Compares a model with readers: the single-treatment form of Obuchowski and Rockette's analysis with Hillis's degrees of freedom (see `meanVariance`), of
 * the difference between each reader and the model on the same images.
 */
export function compareWithModel(
  study: ReaderStudy,
  model: ModelReading,
  figure: FigureOfMerit,
  {
    method,
    random,
    level,
  }: { readonly method: CovarianceMethod; readonly random: RandomFactors; readonly level: number },
): ModelDifference[] {
  return study.conditions.flatMap((condition, i) => {
    const pairs: { readonly reader: number; readonly own: ReaderFigure; readonly models: ReaderFigure }[] = [];
    for (const cell of study.cells) {
      if (cell.condition !== i) continue;
      const own = readerFigure(study, cell, figure);
      const models = readerFigure(study, modelCell(model, cell), figure);
      if (own && models) pairs.push({ reader: cell.reader, own, models });
    }
    if (pairs.length === 0) return [];
    const figures = pairs.flatMap(({ own, models }) => [models, own]);
    const { conditions, readers } = study;
    const grid = { conditions, readers, places: [], figures, covariances: figureCovariances(figures, method) };
    const contrasts = pairs.map(
      (_, place): Contrast => [
        [2 * place, 1],
        [2 * place + 1, -1],
      ],
    );
    const { values, covariances } = contrastValues(grid, contrasts);
    const error = meanVariance(values, covariances, pairs.length > 1 ? random : 'cases');
    return {
      condition,
      readers: pairs.length,
      model: meanOf(pairs.map(({ models }) => models.value)),
      reader: meanOf(pairs.map(({ own }) => own.value)),
      ...describeDifference(meanOf(values), error, level),
      ofReaders: pairs.map(({ reader, models }, place) => ({
        reader: study.readers[reader],
        model: models.value,
        ...describeDifference(values[place], asKnown(covariances[place][place]), level),
      })),
    };
  });
}

/** What the model said of the images that a reader saw. */
export function modelCell(
  { scores, answers }: ModelReading,
  { images }: ReaderCell,
): Omit<ReaderCell, 'reader' | 'condition'> {
  const take = (values: ArrayLike<number>) => Float64Array.from({ length: images.length }, (_, i) => values[images[i]]);
  return { images, scores: take(scores), answers: take(answers) };
}
