import type { Interval } from '../metrics/intervals.js';
import type { ModelReading } from './compareWithModel.js';
import { type CovarianceMethod, figureCovariances } from './figureCovariances.js';
import { figureInterval } from './figureInterval.js';
import { readerFigure } from './readerFigure.js';
import { type FigureOfMerit, figuresOfMerit, type ReaderStudy } from './readerStudy.js';

/** A value with its interval. */
export interface FigureWithInterval {
  readonly value: number;
  readonly interval: Interval;
}

/** A point of a ROC curve. */
export interface CurvePoint {
  /** From this score on an image is called positive; null: none is. */
  readonly threshold: number | null;
  readonly sensitivity: number;
  readonly specificity: number;
}

/** What a model reaches on all images of a study. */
export type ModelResult = Readonly<Record<FigureOfMerit, FigureWithInterval | null>> & {
  readonly name: string;
  readonly images: number;
  readonly curve: readonly CurvePoint[];
};

/** The model's figures of merit and its ROC curve, on the images that it has answers for. */
export function modelResult(
  study: ReaderStudy,
  model: ModelReading,
  method: CovarianceMethod,
  level: number,
): ModelResult {
  const images = study.imageIds.map((_, i) => i).filter((i) => !Number.isNaN(model.scores[i]));
  const cell = {
    images,
    scores: images.map((i) => model.scores[i]),
    answers: images.map((i) => model.answers[i]),
  };
  const [auroc, sensitivity, specificity] = figuresOfMerit.map((figure) => {
    const found = readerFigure(study, cell, figure);
    if (!found) return null;
    const [[variance]] = figureCovariances([found], method);
    return { value: found.value, interval: figureInterval(found, figure, variance, level) };
  });
  return { name: model.name, images: images.length, auroc, sensitivity, specificity, curve: curveOf(study, cell) };
}

/** Every point that a threshold can reach, from calling nothing positive on. */
function curveOf(
  { truths }: ReaderStudy,
  { images, scores }: { readonly images: readonly number[]; readonly scores: readonly number[] },
): CurvePoint[] {
  const order = images.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const positives = images.reduce((sum, image) => sum + truths[image], 0);
  const points: CurvePoint[] = [{ threshold: null, sensitivity: 0, specificity: 1 }];
  let [found, alarms] = [0, 0];
  for (const [place, i] of order.entries()) {
    if (truths[images[i]] === 1) found += 1;
    else alarms += 1;
    if (place + 1 < order.length && scores[order[place + 1]] === scores[i]) continue;
    points.push({
      threshold: scores[i],
      sensitivity: found / positives,
      specificity: 1 - alarms / (images.length - positives),
    });
  }
  return points;
}

/** The highest sensitivity of a curve with at least this specificity, and the specificity that is reached there. */
export const atSpecificity = (curve: readonly CurvePoint[], specificity: number): CurvePoint =>
  curve.findLast((point) => point.specificity >= specificity - 1e-12) ?? curve[0];

/** The highest specificity of a curve with at least this sensitivity, and the sensitivity that is reached there. */
export const atSensitivity = (curve: readonly CurvePoint[], sensitivity: number): CurvePoint =>
  curve.find((point) => point.sensitivity >= sensitivity - 1e-12) ?? curve.at(-1)!;
