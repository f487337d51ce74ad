import { requireLength, requireNumber, requireOneOf } from '../../checks.js';
import type { Interval } from '../metrics/intervals.js';
import {
  type ConditionDifference,
  type ConditionMean,
  conditionDifferences,
  conditionMeans,
} from './compareConditions.js';
import { compareWithModel, type ModelDifference, type ModelReading, modelCell } from './compareWithModel.js';
import { type EqualityTest, equalityTest } from './equalityTest.js';
import type { CovarianceMethod } from './figureCovariances.js';
import { type FigureGrid, figureGrid } from './figureGrid.js';
import { figureInterval } from './figureInterval.js';
import type { RandomFactors } from './meanOfReaders.js';
import {
  atSensitivity,
  atSpecificity,
  type CurvePoint,
  type FigureWithInterval,
  type ModelResult,
  modelResult,
} from './modelCurve.js';
import { type ReaderAgreement, readerAgreement, type SelfAgreement, selfAgreement } from './readerAgreement.js';
import { type FigureOfMerit, figuresOfMerit, type ReaderStudy, requireStudy } from './readerStudy.js';
import { simulateTogether, type TogetherRule, togetherName } from './simulateTogether.js';
import { twoWayBootstrap } from './twoWayBootstrap.js';

/** How a reader study is analysed. */
export interface AnalyseReadersOptions {
  /** Compared with the readers. */
  readonly model?: ModelReading;
  /** What would be drawn anew in another study. Default `readers-and-cases`; with a single reader `cases`. */
  readonly random?: RandomFactors;
  /** Default `jackknife` where each image is of a lesion of its own, else `components`. */
  readonly covariance?: CovarianceMethod;
  /** Also what reader and model would reach together by this rule: simulated, and said so. */
  readonly together?: TogetherRule;
  /** Of readers and lesions, for the sensitivity analysis; 0: none. Default 2,000. */
  readonly resamples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Share of such intervals that hold the truth, (0, 1). Default 0.95. */
  readonly level?: number;
}

/** One reader under one condition. */
export type ReaderResult = Readonly<Record<FigureOfMerit, FigureWithInterval | null>> & {
  readonly reader: string;
  readonly condition: string;
  /** Images with an answer or a score. */
  readonly images: number;
  readonly positives: number;
  /**
   * Points of the model's curve on the images that this reader saw: with the reader's specificity, and with the reader's sensitivity. Read off the curve that they
   * are scored on: descriptive. Null without a model or without the reader's answers.
   */
  readonly modelAt: { readonly specificity: CurvePoint; readonly sensitivity: CurvePoint } | null;
};

/** All about one figure of merit. */
export interface FigureAnalysis {
  readonly figure: FigureOfMerit;
  readonly conditions: readonly ConditionMean[];
  /** Null with a single condition, or where readers and conditions go together in a way that has no such test. */
  readonly test: EqualityTest | null;
  readonly differences: readonly (ConditionDifference & { readonly resampled: Interval })[];
  /** The model less the readers. */
  readonly model: readonly (ModelDifference & { readonly resampled: Interval })[];
  /** What reader and model would reach together, less the reader alone: simulated. */
  readonly simulated: readonly ConditionDifference[];
}

/** A reader study's results. */
export interface ReaderAnalysis {
  readonly readers: number;
  readonly images: number;
  readonly lesions: number;
  readonly positiveImages: number;
  readonly positiveLesions: number;
  readonly random: RandomFactors;
  readonly covariance: CovarianceMethod;
  readonly level: number;
  /** Whether each reader read all images under all of this reader's conditions. */
  readonly sameImages: boolean;
  readonly ofReaders: readonly ReaderResult[];
  readonly model: ModelResult | null;
  readonly figures: readonly FigureAnalysis[];
  readonly agreement: readonly ReaderAgreement[];
  readonly selfAgreement: readonly SelfAgreement[];
  /** What to mind. */
  readonly notes: readonly string[];
}

/**
 * Analyses a reader study: each reader, means over readers, differences between conditions and to a model with the error that readers and lesions both bring, and
 * agreement. Readers may have seen different images, and lesions may have several.
 * @throws LesionlabError kind `usage` where arrays don't fit; kind `data` where all images are positive, or none
 */
export function analyseReaders(study: ReaderStudy, options: AnalyseReadersOptions = {}): ReaderAnalysis {
  requireStudy(study);
  const { model, together, resamples = 2000, seed = 0, level = 0.95 } = options;
  const { readers, conditions, imageIds, truths, clusterOf } = study;
  requireNumber('level', level, { above: 0, below: 1 });
  const lesions = new Set(Array.from(clusterOf)).size;
  const random = readers.length === 1 ? 'cases' : (options.random ?? 'readers-and-cases');
  requireOneOf('random', random, ['readers-and-cases', 'cases', 'readers']);
  const covariance = options.covariance ?? (lesions < imageIds.length ? 'components' : 'jackknife');
  requireOneOf('covariance', covariance, ['jackknife', 'components']);
  if (model)
    for (const name of ['scores', 'answers'] as const)
      requireLength(`model.${name}`, model[name], imageIds.length, `one for each of ${imageIds.length} images`);
  const grids = new Map(figuresOfMerit.map((figure) => [figure, figureGrid(study, figure, covariance)]));
  const howModel = { method: covariance, random, level };
  const positive = Array.from(truths).flatMap((truth, i) => (truth === 1 ? [i] : []));
  const resample = (pairs: Parameters<typeof twoWayBootstrap>[1], figure: FigureOfMerit) =>
    resamples > 0 && pairs.length > 1 ? twoWayBootstrap(study, pairs, figure, { seed, resamples, level }) : null;
  const cellOf = (reader: number, condition: number) =>
    study.cells.find((cell) => cell.reader === reader && cell.condition === condition)!;
  const figures = figuresOfMerit.flatMap((figure): FigureAnalysis[] => {
    const grid = grids.get(figure)!;
    if (grid.figures.length === 0) return [];
    const test = equalityTest(grid, random);
    const simulated = model && together && figure !== 'auroc' ? simulateTogether(study, model, together) : undefined;
    return [
      {
        figure,
        conditions: conditionMeans(grid, random, level),
        test,
        differences: conditionDifferences(grid, test, random, level).map((difference) => ({
          ...difference,
          resampled:
            difference.design === 'paired'
              ? resample(
                  difference.readers.map((name) => {
                    const j = readers.indexOf(name);
                    return [
                      cellOf(j, conditions.indexOf(difference.second)),
                      cellOf(j, conditions.indexOf(difference.first)),
                    ];
                  }),
                  figure,
                )
              : null,
        })),
        model: model
          ? compareWithModel(study, model, figure, howModel).map((difference) => ({
              ...difference,
              resampled: resample(
                difference.ofReaders.map(({ reader }) => {
                  const cell = cellOf(readers.indexOf(reader), conditions.indexOf(difference.condition));
                  return [modelCell(model, cell), cell];
                }),
                figure,
              ),
            }))
          : [],
        simulated: simulated
          ? conditionDifferences(figureGrid(simulated, figure, covariance), null, random, level).filter(
              ({ first, second }) => second === togetherName(first, together!),
            )
          : [],
      },
    ];
  });
  return {
    readers: readers.length,
    images: imageIds.length,
    lesions,
    positiveImages: positive.length,
    positiveLesions: new Set(positive.map((i) => clusterOf[i])).size,
    random,
    covariance,
    level,
    sameImages: study.cells.every(({ images }) => images.length === imageIds.length),
    ofReaders: study.cells.map((cell) => resultOf(study, cell, grids, model, level)),
    model: model ? modelResult(study, model, covariance, level) : null,
    figures,
    agreement: readerAgreement(study, level),
    selfAgreement: selfAgreement(study, level),
    notes: notesOf(study, grids, options.random),
  };
}

function resultOf(
  study: ReaderStudy,
  cell: ReaderStudy['cells'][number],
  grids: ReadonlyMap<FigureOfMerit, FigureGrid>,
  model: ModelReading | undefined,
  level: number,
): ReaderResult {
  const of = (figure: FigureOfMerit): FigureWithInterval | null => {
    const grid = grids.get(figure)!;
    const k = grid.places[cell.condition][cell.reader];
    if (k < 0) return null;
    return {
      value: grid.figures[k].value,
      interval: figureInterval(grid.figures[k], figure, grid.covariances[k][k], level),
    };
  };
  const [sensitivity, specificity] = [of('sensitivity'), of('specificity')];
  let positives = 0;
  for (let i = 0; i < cell.images.length; i++) positives += study.truths[cell.images[i]];
  const own = new Set(Array.from(cell.images));
  const curve =
    model && sensitivity && specificity
      ? modelResult(
          study,
          { ...model, scores: Array.from(model.scores, (score, i) => (own.has(i) ? score : Number.NaN)) },
          'components',
          level,
        ).curve
      : null;
  return {
    reader: study.readers[cell.reader],
    condition: study.conditions[cell.condition],
    images: cell.images.length,
    positives,
    auroc: of('auroc'),
    sensitivity,
    specificity,
    modelAt: curve && {
      specificity: atSpecificity(curve, specificity!.value),
      sensitivity: atSensitivity(curve, sensitivity!.value),
    },
  };
}

function notesOf(
  study: ReaderStudy,
  grids: ReadonlyMap<FigureOfMerit, FigureGrid>,
  asked: RandomFactors | undefined,
): string[] {
  const notes: string[] = [];
  const { readers, cells } = study;
  if (readers.length === 1)
    notes.push(
      `There is one reader${asked && asked !== 'cases' ? ', so readers could not be taken as random' : ''}: the results hold for this reader, and say nothing of others.`,
    );
  else if (readers.length < 4)
    notes.push(`There are ${readers.length} readers: little can be said from so few about readers in general.`);
  const often = readers.map((_, j) => cells.filter(({ reader }) => reader === j).length);
  const seldom = readers.filter((_, j) => often[j] < Math.max(...often));
  if (seldom.length > 0)
    notes.push(
      `${seldom.join(', ')} read under fewer conditions than others, and count only where conditions are compared that they read under.`,
    );
  for (const figure of figuresOfMerit) {
    const grid = grids.get(figure)!;
    const wanted = cells.filter((cell) => (figure === 'auroc' ? cell.scores : cell.answers));
    const without = wanted.filter((cell) => grid.places[cell.condition][cell.reader] < 0);
    if (without.length > 0) {
      const names = [...new Set(without.map((cell) => readers[cell.reader]))];
      notes.push(
        figure === 'auroc'
          ? `No AUROC of ${names.join(', ')}: it takes three or more degrees of confidence, and two lesions of each kind.`
          : `No ${figure} of ${names.join(', ')}: it takes two lesions that are ${figure === 'sensitivity' ? 'positive' : 'negative'}.`,
      );
    }
  }
  if (grids.get('auroc')!.figures.length === 0 && !cells.some((cell) => cell.scores))
    notes.push('Readers said yes or no and nothing of their confidence: such answers have no AUROC.');
  return notes;
}
