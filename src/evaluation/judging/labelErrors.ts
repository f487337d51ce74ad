import type { ClassInfo } from '../../data/dataset.js';
import { binaryQuestions, questionAuroc, scoreQuestion } from '../metrics/binaryQuestion.js';
import { bootstrapIntervals, type Interval, orNoInterval, shareInterval } from '../metrics/intervals.js';
import { accuracy, balancedAccuracy, type Metric, macroAuroc, metrics } from '../metrics/metrics.js';
import { type ScoredImages, scoreImages, WeightedImages } from '../metrics/scoredImages.js';
import type { Predictions } from '../predictions/predictions.js';
import { takeRows } from '../predictions/takeRows.js';

/** How a truth was confirmed that was looked at under the microscope. */
export const byHistology = 'histo';

/** A number over some images, with its interval; null where undefined. */
export interface LabelNumber {
  readonly value: number | null;
  readonly interval: Interval;
}

/** Lowest and highest that a share could be. */
export interface LabelBound {
  readonly value: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
}

/** How results rest on how the truth was confirmed. */
export interface LabelJudgement {
  /** Images (or lesions, patients) by class id and by how their truth was confirmed; `not known` where nothing says. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** On those confirmed by histology alone; null where there are none, or no others. */
  readonly histologyAlone: {
    readonly images: number;
    readonly classes: readonly string[];
    readonly accuracy: LabelNumber;
    readonly balancedAccuracy: LabelNumber;
    readonly macroAuroc: LabelNumber;
    readonly questions: readonly { readonly id: string; readonly title: string; readonly auroc: LabelNumber }[];
  } | null;
  /** What results could be if a share of the other truths is wrong: over every choice of which; null where all were confirmed by histology. */
  readonly bounds: {
    /** Share of the others that is taken as wrong, and how many that is. */
    readonly share: number;
    readonly wrong: number;
    readonly unconfirmed: number;
    readonly accuracy: LabelBound;
    readonly questions: readonly {
      readonly id: string;
      readonly title: string;
      readonly sensitivity: LabelBound;
      readonly specificity: LabelBound;
    }[];
  } | null;
}

/** How intervals are made, and what share of unconfirmed truths is taken as wrong. */
export interface LabelOptions {
  readonly share: number;
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

/** @param confirmed [N], how each truth was confirmed; undefined where nothing says @returns null where nothing says it of any */
export function judgeLabels(
  predictions: Predictions,
  confirmed: readonly (string | undefined)[],
  options: LabelOptions,
): LabelJudgement | null {
  if (confirmed.every((way) => way === undefined)) return null;
  const { classes, labels } = predictions;
  const counts: Record<string, Record<string, number>> = Object.fromEntries(classes.map(({ id }) => [id, {}]));
  for (const [i, way = 'not known'] of confirmed.entries()) {
    const own = counts[classes[labels[i]].id];
    own[way] = (own[way] ?? 0) + 1;
  }
  const rows = [...confirmed.keys()].filter((i) => confirmed[i] === byHistology);
  return {
    counts,
    histologyAlone:
      rows.length > 0 && rows.length < confirmed.length ? scoreAlone(takeRows(predictions, rows), options) : null,
    bounds:
      rows.length < confirmed.length ? boundErrors(scoreImages(predictions), classes, confirmed, options.share) : null,
  };
}

function scoreAlone(
  predictions: Predictions,
  { seed, resamples, level }: LabelOptions,
): NonNullable<LabelJudgement['histologyAlone']> {
  const { classes } = predictions;
  const scored = scoreImages(predictions);
  const images = new WeightedImages(scored);
  const questions = binaryQuestions(classes).map((question) => ({
    question,
    own: scoreQuestion(scored, classes, question),
  }));
  const wanted: Record<string, Metric> = { accuracy, balancedAccuracy, macroAuroc };
  for (const { question, own } of questions)
    wanted[`question ${question.id}`] = ({ weights }) => questionAuroc(own, weights);
  const found = resamples > 0 ? bootstrapIntervals(scored, { metrics: wanted, seed, resamples, level }).metrics : null;
  const number = (name: string): LabelNumber => {
    const value = wanted[name](images);
    const interval = found?.[name] ?? null;
    const isShare = name === 'accuracy';
    return {
      value: Number.isNaN(value) ? null : value,
      interval: isShare ? shareInterval(interval, scored.clusters, level) : orNoInterval(interval),
    };
  };
  return {
    images: scored.images,
    classes: classes.flatMap(({ id }, k) => (scored.labels.includes(k) ? [id] : [])),
    accuracy: number('accuracy'),
    balancedAccuracy: number('balancedAccuracy'),
    macroAuroc: number('macroAuroc'),
    questions: questions.map(({ question: { id, title } }) => ({ id, title, auroc: number(`question ${id}`) })),
  };
}

function boundErrors(
  scored: ScoredImages,
  classes: readonly ClassInfo[],
  confirmed: readonly (string | undefined)[],
  share: number,
): NonNullable<LabelJudgement['bounds']> {
  const open = confirmed.map((way) => way !== byHistology);
  const unconfirmed = open.filter(Boolean).length;
  const wrong = Math.floor(share * unconfirmed + 1e-9);
  const { labels, predicted, images } = scored;
  let [right, openRight] = [0, 0];
  for (let i = 0; i < images; i++) {
    if (labels[i] !== predicted[i]) continue;
    right += 1;
    if (open[i]) openRight += 1;
  }
  return {
    share,
    wrong,
    unconfirmed,
    accuracy: {
      value: metrics.accuracy(new WeightedImages(scored)),
      lowest: (right - Math.min(wrong, openRight)) / images,
      highest: (right + Math.min(wrong, unconfirmed - openRight)) / images,
    },
    questions: binaryQuestions(classes).map((question) => {
      const { truths } = scoreQuestion(scored, classes, question);
      const yes = classes.map(({ id }) => question.classes.includes(id));
      // [truth][called], and the same of truths that may be wrong.
      const all = [0, 0, 0, 0];
      const loose = [0, 0, 0, 0];
      for (let i = 0; i < images; i++) {
        const cell = 2 * truths[i] + Number(yes[predicted[i]]);
        all[cell] += 1;
        if (open[i]) loose[cell] += 1;
      }
      const [tn, fp, fn, tp] = [0, 1, 2, 3];
      return {
        id: question.id,
        title: question.title,
        sensitivity: boundShare(all[tp], all[fn], [loose[tp], loose[fn], loose[fp], loose[tn]], wrong),
        specificity: boundShare(all[tn], all[fp], [loose[tn], loose[fp], loose[fn], loose[tp]], wrong),
      };
    }),
  };
}

/**
 * Lowest and highest of right / (right + missed) where `wrong` truths change sides at most: images leave (of those counted as right or as missed)
 * or come in (from the other side, as right or as missed).
 * @param loose images that may change: right, missed; of the other side those that would come in as right, and as missed
 */
function boundShare(
  right: number,
  missed: number,
  [looseRight, looseMissed, comeRight, comeMissed]: readonly [number, number, number, number],
  wrong: number,
): LabelBound {
  const share = (a: number, b: number) => (a + b > 0 ? a / (a + b) : null);
  let lowest = share(right, missed);
  let highest = lowest;
  for (let leave = 0; leave <= wrong; leave++) {
    const rest = wrong - leave;
    const low = share(right - Math.min(leave, looseRight), missed + Math.min(rest, comeMissed));
    const high = share(right + Math.min(rest, comeRight), missed - Math.min(leave, looseMissed));
    if (low !== null && (lowest === null || low < lowest)) lowest = low;
    if (high !== null && (highest === null || high > highest)) highest = high;
  }
  return { value: share(right, missed), lowest, highest };
}
