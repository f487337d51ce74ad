import type { AblationResult } from '../evaluation/ablation/ablationResult.js';
import type { ChoiceDifference } from '../evaluation/ablation/choiceDifferences.js';
import type { ChoiceFigure } from '../evaluation/ablation/choiceFigures.js';
import { formatCountOf, formatNumber, formatPercent, signedNumber, signedPoints } from './format.js';
import { aurocWords, macroAurocName } from './metricNames.js';

/** How the numbers of a figure are written. */
export interface FigureWords {
  /** Within a sentence. */
  readonly name: string;
  /** Where there is little room. */
  readonly short: string;
  /** A value; a difference with its sign; the size of a difference. */
  readonly value: (value: number) => string;
  readonly signed: (difference: number) => string;
  readonly size: (difference: number) => string;
  /** What a difference is in, after its number. */
  readonly unit: string;
}

/** Words for a figure of an ablation. */
export function figureWords(figure: ChoiceFigure, classes: number): FigureWords {
  const plain = {
    value: (value: number) => formatNumber(value),
    signed: signedNumber,
    size: (value: number) => formatNumber(Math.abs(value)),
  };
  if (figure === 'logLoss') return { name: 'log loss (lower is better)', short: 'log loss', unit: '', ...plain };
  if (figure === 'macroAuroc') return { name: aurocWords(classes), short: macroAurocName(classes), unit: '', ...plain };
  return {
    name: 'balanced accuracy',
    short: 'balanced accuracy',
    value: (value) => formatPercent(value),
    signed: signedPoints,
    size: (value) => formatNumber(100 * Math.abs(value), 1),
    unit: ' points',
  };
}

/** p as readers see it. */
export const formatP = (p: number): string => (p < 0.001 ? 'below 0.001' : p.toFixed(3));

/** What a choice does to a figure, as a sentence without its subject. */
export function describeVerdict(
  { difference, interval, pValue, least, verdict, standardError }: ChoiceDifference,
  { signed, size, unit }: FigureWords,
): string {
  if (standardError === 0) return 'makes no difference at all: its networks answer as the baseline’s do';
  const found = `${signed(difference)}${unit} (${interval.map(signed).join(' to ')})`;
  if (verdict !== 'open') return `${verdict}: ${found}, p ${formatP(pValue)}`;
  return `shows no difference that this design could have seen (smaller than about ${size(least)}${unit}): ${found}`;
}

/** What an ablation was, in sentences. */
export function describeAblation(result: AblationResult): string[] {
  const { choices, seeds, images, lesions, clusters, prevalence, level, data } = result;
  const frequent =
    prevalence.of === 'equal'
      ? 'all diagnoses are equally frequent'
      : 'diagnoses are as frequent as among these images';
  return [
    `${formatCountOf(choices.length, 'choice')} beside a baseline, ${formatCountOf(seeds.length, 'seed')} each (${seeds.join(', ')}), on the ${formatCountOf(images, 'validation image')} of ${formatCountOf(lesions, 'lesion')} of one split of ${data.name}. No test image was looked at.`,
    `All probabilities are those for a population in which ${frequent}, whatever a choice trains for, and so are all figures.`,
    `Differences are paired by seed and by lesion. Intervals count what other ${clusters.of === 'patient' ? 'patients' : clusters.of === 'lesion' ? 'lesions' : 'images'}${seeds.length > 1 ? ' and other seeds' : ''} would have made of them, and those of one figure hold together, with a probability of ${formatPercent(level, 0)}, for all choices (max-T); each figure by itself. What would have been seen is a difference that is found four times out of five.`,
  ];
}
