import type { Interval } from '../../evaluation/metrics/intervals.js';
import type { ShortcutComparison } from './compareChanged.js';
import { pictureChanges } from './registry.js';

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const points = (share: number) => `${share < 0 ? '−' : '+'}${(100 * Math.abs(share)).toFixed(1)}`;
const range = (interval: Interval, show: (value: number) => string) =>
  interval ? ` (95% interval ${show(interval[0])} to ${show(interval[1])})` : '';

/** Classes whose change is told in words; of more, those that changed most. */
const mostTold = 3;

/**
 * What comparisons of changed pictures say, in sentences for readers: of what was erased, whether more than chance is left; of what was drawn in,
 * which classes it moves.
 */
export function describeShortcuts(comparisons: readonly ShortcutComparison[]): string[] {
  return [
    ...comparisons.map((comparison) =>
      pictureChanges[comparison.change].kind === 'erases' ? describeErased(comparison) : describeAdded(comparison),
    ),
    ...(comparisons.length > 0
      ? [
          'Changed pictures are like none that the network learned from, and it may fail on them for that reason alone. The intervals are not adjusted for how many there are.',
        ]
      : []),
  ];
}

function describeErased({ change, macroAuroc, balancedAccuracy, sameAnswer }: ShortcutComparison): string {
  const { title } = pictureChanges[change];
  const rest = `; ${percent(sameAnswer.share)} of the answers stay as they were, and the balanced accuracy is ${percent(balancedAccuracy.after ?? 0)} (before ${percent(balancedAccuracy.before ?? 0)})`;
  const { before, after, afterInterval } = macroAuroc;
  if (after === null || before === null) return `${title}: there is no AUROC, the pictures being of one class${rest}.`;
  const number = (value: number) => value.toFixed(3);
  const numbers = `${title}: an AUROC of ${number(after)}${range(afterInterval, number)} is left of ${number(before)}${rest}.`;
  if (change === 'lesion-only') return numbers;
  if (!afterInterval) return numbers;
  return afterInterval[0] > 0.5
    ? `${numbers} That is above chance (0.5): something besides the lesion’s inside tells the classes apart.`
    : `${numbers} That can’t be told from chance (0.5).`;
}

function describeAdded({ change, classes, sameAnswer }: ShortcutComparison): string {
  const { title } = pictureChanges[change];
  const moved = classes
    .filter(({ probability: { interval } }) => interval && (interval[0] > 0 || interval[1] < 0))
    .toSorted((a, b) => Math.abs(b.probability.difference ?? 0) - Math.abs(a.probability.difference ?? 0))
    .slice(0, mostTold)
    .map(
      ({ name, probability: { difference, interval } }) =>
        `${name} ${points(difference ?? 0)} points${range(interval, points)}`,
    );
  const kept = `${title} drawn in: ${percent(sameAnswer.share)} of the answers stay as they were`;
  return moved.length === 0
    ? `${kept}, and no class’s mean probability is moved beyond its interval.`
    : `${kept}. Mean probabilities that are moved: ${moved.join(', ')}.`;
}
