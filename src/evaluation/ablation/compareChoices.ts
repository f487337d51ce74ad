import { requireInteger, requireLength, requireNumber, requireSome } from '../../checks.js';
import { runError } from '../../errors.js';
import { shiftPrevalence } from '../../training/recipe/classBalance.js';
import { type ClusterKind, clusterKind } from '../metrics/clusterKind.js';
import { fewLesions } from '../metrics/intervals.js';
import { balancedAccuracy } from '../metrics/metrics.js';
import { type ScoredImages, scoreImages } from '../metrics/scoredImages.js';
import { type AnyPredictions, type Predictions, toPredictions } from '../predictions/predictions.js';
import { type ChoiceDifference, differencesOfFigure } from './choiceDifferences.js';
import {
  type ChoiceFigure,
  choiceFigures,
  classesWithImages,
  type FigureParts,
  measureChoice,
} from './choiceFigures.js';

/** What a network of a choice answers. */
export interface ChoiceAnswers {
  readonly predictions: AnyPredictions;
  /** [K], adding up to 1: the frequencies of the diagnoses that it was trained to answer for, as config.json has them. */
  readonly trainedPrevalence: readonly number[];
}

/** One way of training, with several seeds. */
export interface TrainedChoice {
  readonly id: string;
  /** [S], a network a seed, of the same images; the same seeds in the same order for every choice. */
  readonly networks: readonly ChoiceAnswers[];
}

/** For whom probabilities are: a population in which all diagnoses are equally frequent, or as frequent as among the images. */
export type ComparedPrevalence = 'equal' | 'data';

/** How choices are compared. */
export interface CompareChoicesOptions {
  /** Default `equal`. */
  readonly prevalence?: ComparedPrevalence;
  /** Of the draws behind what choices have in common. Default 0. */
  readonly seed?: number;
  /** Draws, from 200. Default 5,000. */
  readonly resamples?: number;
  /** Of all intervals of a figure together, (0, 1). Default 0.95. */
  readonly level?: number;
}

/** How choices of training differ from a baseline, on the same images and over the same seeds. */
export interface ChoiceComparison {
  readonly images: number;
  readonly lesions: number;
  readonly clusters: { readonly of: ClusterKind; readonly count: number };
  /** How many. */
  readonly seeds: number;
  readonly prevalence: { readonly of: ComparedPrevalence; readonly values: readonly number[] };
  readonly level: number;
  readonly resamples: number;
  readonly baseline: {
    readonly figures: Readonly<Record<ChoiceFigure, { readonly value: number; readonly bySeed: readonly number[] }>>;
    readonly answered: number;
  };
  readonly choices: readonly {
    readonly id: string;
    readonly figures: Readonly<Record<ChoiceFigure, ChoiceDifference>>;
    /** Balanced accuracy as the networks answer by themselves, mean over seeds: what `evaluate` says. */
    readonly answered: number;
  }[];
  /** What to mind, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Compares ways of training with a baseline. Every network's probabilities are made those for the same frequencies of diagnoses first, so that a choice isn't better or worse for answering for another
 * population. Differences are paired by seed and by lesion; their errors count what other seeds and what other lesions (or patients) would have made of them
 * (two random factors that cross, as readers and cases do in Obuchowski and Rockette 1995). Of each figure, all choices hold together (single-step max-T).
 * @throws LesionlabError kind `usage` where seeds or classes don't fit; kind `run` where networks answer for other images, or give no probabilities
 */
export function compareChoices(
  baseline: TrainedChoice,
  choices: readonly TrainedChoice[],
  options: CompareChoicesOptions = {},
): ChoiceComparison {
  const { prevalence = 'equal', seed = 0, resamples = 5000, level = 0.95 } = options;
  requireSome('choices', choices, 'choice');
  requireSome('networks', baseline.networks, 'network');
  requireInteger('resamples', resamples, { min: 200 });
  requireNumber('level', level, { above: 0, below: 1 });
  for (const { id, networks } of choices)
    requireLength(`networks of ${id}`, networks, baseline.networks.length, 'one for each seed of the baseline');
  const first = toPredictions(baseline.networks[0].predictions);
  const target = prevalenceOf(first, prevalence);
  const opened = [baseline, ...choices].map(({ id, networks }) => ({
    id,
    networks: networks.map((network) => openNetwork(network, first, target, id)),
  }));
  const [{ scored }] = opened[0].networks;
  const bySeed = (figure: ChoiceFigure): readonly FigureParts[][] =>
    opened.map(({ networks }) => networks.map(({ figures }) => figures[figure]));
  const found = Object.fromEntries(
    choiceFigures.map((figure) => {
      const [own, ...others] = bySeed(figure);
      return [figure, differencesOfFigure(own, others, { lower: figure === 'logLoss', seed, resamples, level })];
    }),
  ) as Record<ChoiceFigure, ChoiceDifference[]>;
  const answered = opened.map(({ networks }) => mean(networks.map((network) => network.answered)));
  return {
    images: scored.images,
    lesions: scored.lesions,
    clusters: { of: clusterKind(first), count: scored.clusters },
    seeds: baseline.networks.length,
    prevalence: { of: prevalence, values: target },
    level,
    resamples,
    baseline: {
      figures: mapFigures((figure) => {
        const values = bySeed(figure)[0].map(({ value }) => value);
        return { value: mean(values), bySeed: values };
      }),
      answered: answered[0],
    },
    choices: choices.map(({ id }, c) => ({
      id,
      figures: mapFigures((figure) => found[figure][c]),
      answered: answered[c + 1],
    })),
    notes: notesOf(first, scored, baseline.networks.length),
  };
}

const mapFigures = <T>(of: (figure: ChoiceFigure) => T): Readonly<Record<ChoiceFigure, T>> =>
  Object.fromEntries(choiceFigures.map((figure) => [figure, of(figure)])) as Record<ChoiceFigure, T>;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function prevalenceOf({ classes, labels }: Predictions, of: ComparedPrevalence): number[] {
  if (of === 'equal') return classes.map(() => 1 / classes.length);
  const counts = classes.map(() => 0);
  for (const label of labels) counts[label] += 1;
  return counts.map((count) => count / labels.length);
}

/**
 * What one network of a choice comes to by itself, under the same prevalence as in the comparison.
 * @throws LesionlabError kind `run` where it gives no probabilities, or all images are of one diagnosis
 */
export function measureNetwork(
  network: ChoiceAnswers,
  prevalence: ComparedPrevalence = 'equal',
): Readonly<Record<ChoiceFigure, number>> {
  const first = toPredictions(network.predictions);
  const { figures } = openNetwork(network, first, prevalenceOf(first, prevalence), 'the network');
  return mapFigures((figure) => figures[figure].value);
}

interface OpenedNetwork {
  readonly scored: ScoredImages;
  readonly figures: Readonly<Record<ChoiceFigure, FigureParts>>;
  readonly answered: number;
}

function openNetwork(
  { predictions: given, trainedPrevalence }: ChoiceAnswers,
  first: Predictions,
  target: readonly number[],
  id: string,
): OpenedNetwork {
  const predictions = toPredictions(given);
  requireLength(`trainedPrevalence of ${id}`, trainedPrevalence, first.classes.length, 'one a class');
  requireSameImages(predictions, first, id);
  const answered = balancedAccuracy(predictions);
  const probabilities = shiftPrevalence(predictions.probabilities, trainedPrevalence, target);
  const scored = scoreImages({ ...predictions, probabilities });
  return { scored, figures: measureChoice(scored, target), answered };
}

function requireSameImages(predictions: Predictions, first: Predictions, id: string): void {
  const ids = ({ classes }: Predictions) => classes.map((info) => info.id).join(' ');
  const isSame =
    ids(predictions) === ids(first) &&
    predictions.imageIds.length === first.imageIds.length &&
    predictions.imageIds.every((image, i) => image === first.imageIds[i] && predictions.labels[i] === first.labels[i]);
  if (isSame) return;
  throw runError(
    'other-images',
    `The networks of ${id} answered for other images or diagnoses than the first one of the baseline.`,
    {
      hint: 'Choices are compared on one split of one dataset: train all of them in one ablation.',
    },
  );
}

function notesOf(
  { classes, labels, clusterIds, lesionIds }: Predictions,
  scored: ScoredImages,
  seeds: number,
): string[] {
  const groups = clusterIds ?? lesionIds;
  const few = classesWithImages(scored)
    .map((k) => ({ id: classes[k].id, count: new Set(groups.filter((_, i) => labels[i] === k)).size }))
    .filter(({ count }) => count < fewLesions);
  const single = few.filter(({ count }) => count === 1).map(({ id }) => id);
  const missing = classes.filter((_, k) => !labels.includes(k)).map(({ id }) => id);
  return [
    ...(seeds === 1
      ? [
          'One seed: how much another training of the same recipe would differ is in none of these intervals, so that they are too narrow for what a recipe is worth.',
        ]
      : []),
    ...(few.length > 0
      ? [
          `${few.map(({ id, count }) => `${id} (${count})`).join(', ')}: with fewer than ${fewLesions} lesions, their part in every figure is rough, and so are intervals.`,
        ]
      : []),
    ...(single.length > 0
      ? [
          `A single lesion does not tell what another would have made of a figure: what ${single.join(', ')} may add to the errors is in no interval, so that these are too narrow.`,
        ]
      : []),
    ...(missing.length > 0 ? [`No image is of ${missing.join(', ')}: figures are over the other diagnoses.`] : []),
  ];
}
