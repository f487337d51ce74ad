import type { Dataset } from '../dataset.js';

/** How much the dataset that an image comes from says of its class. */
export interface SourceTable {
  readonly sources: readonly string[];
  readonly classes: readonly string[];
  /** Images by source and class, [sources, classes]. */
  readonly counts: readonly (readonly number[])[];
  /** Cramér's V, 0 (source and class have nothing to do with each other) to 1. */
  readonly cramersV: number;
  /** Share of images that are named correctly by taking the most frequent class of their source. */
  readonly guessed: number;
  /** The same by taking the most frequent class of all. */
  readonly majority: number;
  /** What readers must know; null where the source says little. */
  readonly warning: string | null;
}

/** Cramér's V from which a network may well learn the source in place of the disease: a strong association by Cohen's conventions (0.3 for one degree of freedom). */
const strong = 0.3;
/** Share of images by which guessing from the source beats guessing without it that is worth a warning. */
const gain = 0.05;

/** Counts classes by the dataset that images come from. */
export function tabulateSources({ records, info }: Pick<Dataset, 'records' | 'info'>): SourceTable {
  const sources = [...new Set(records.map(({ source }) => source ?? info.id))];
  const rowOf = new Map(sources.map((source, i) => [source, i]));
  const counts = sources.map(() => info.classes.map(() => 0));
  for (const { source, label } of records) counts[rowOf.get(source ?? info.id)!][label]++;
  const total = records.length;
  const bySource = counts.map((row) => row.reduce((sum, n) => sum + n, 0));
  const byClass = info.classes.map((_, k) => counts.reduce((sum, row) => sum + row[k], 0));
  let chiSquare = 0;
  for (const [i, row] of counts.entries())
    for (const [k, n] of row.entries()) {
      const expected = (bySource[i] * byClass[k]) / total;
      if (expected > 0) chiSquare += (n - expected) ** 2 / expected;
    }
  const present = byClass.filter((n) => n > 0).length;
  const freedom = Math.min(sources.length, present) - 1;
  const cramersV = freedom > 0 ? Math.sqrt(chiSquare / (total * freedom)) : 0;
  const guessed = counts.reduce((sum, row) => sum + Math.max(...row), 0) / total;
  const majority = Math.max(...byClass) / total;
  const classes = info.classes.map(({ id }) => id);
  const one = counts.flatMap((row, i) => {
    const own = classes.filter((_, k) => row[k] > 0 && row[k] === byClass[k]);
    return sources.length > 1 && own.length > 0 ? [`${own.join(', ')} only from ${sources[i]}`] : [];
  });
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const guesses =
    percent(guessed) === percent(majority)
      ? ''
      : `; guessing by the dataset alone is right for ${percent(guessed)}, without it for ${percent(majority)}`;
  const reasons = [
    ...(cramersV >= strong || guessed - majority >= gain
      ? [`where an image comes from says much about its class (Cramér's V ${cramersV.toFixed(2)}${guesses})`]
      : []),
    ...one,
  ];
  const warning =
    reasons.length > 0
      ? `Warning: ${reasons.join('; ')}. A network can learn to tell the datasets apart in place of the diseases: look at results by dataset, and test on one that it wasn't trained on.`
      : null;
  return { sources, classes, counts, cramersV, guessed, majority, warning };
}
