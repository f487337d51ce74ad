import { isMissing, readNumber } from '../reading/columnValues.js';
import type { ColumnProfile } from './columnProfile.js';

/** Names of columns that say the answer or were made of it, in the datasets of the field and in clinics' tables. */
const telling =
  /diagnos|label|befund|^dx|^iddx|biops|histo(?!ry)|patholog|malignan|benign|cancer_type|^target$|^label$|melanocytic|breslow|thick|mitotic|clark|ulceration|excis|exzi[sd]|manage|procedere|behandl|treat|therap|follow.?up|outcome|seven.?point|score|confidence|probab|predict|^tbp_lv_dnn|^monet|class$/i;

/** Whether a column's name says that it tells the answer. */
export const soundsTelling = (name: string): boolean => telling.test(name);

/** How much of what is not known of the label a column tells: 0 nothing, 1 all. */
export interface Telling {
  readonly share: number;
  /** What of it: the values, whether there is one at all, that it is the label told more coarsely, or that there is one for this class alone. */
  readonly by: 'values' | 'presence' | 'coarser' | { readonly label: string };
}

/** A column that tells this much gives the answer away. */
export const leakShare = 0.9;

/**
 * How well a column alone says the label: the share of wrong guesses that knowing it saves (Goodman and Kruskal's lambda, 1954, doi 10.1080/01621459.1954.10501231),
 * numbers in ten bins. Columns with nearly as many values as rows would say it by heart, and are judged by presence alone.
 */
export function tellsLabel({ cells, distinct, filled, numbers }: ColumnProfile, labels: readonly string[]): Telling {
  const presence = lambda(
    cells.map((cell) => (isMissing(cell) ? 'no' : 'yes')),
    labels,
  );
  const marked = marksClass(cells, labels);
  if (marked.share >= leakShare) return { share: marked.share, by: { label: marked.label } };
  // Groups of diagnoses follow from the diagnosis, and say much of it.
  const said = cells.map((cell) => cell.toLowerCase());
  const coarser = distinct > 1 && filled > 5 * new Set(labels).size ? lambda(labels, said) : 0;
  if (coarser >= leakShare) return { share: coarser, by: 'coarser' };
  const values = numbers > 0.95 && distinct > 20 ? binned(cells) : distinct <= filled / 5 ? cells : undefined;
  const byValue = values ? lambda(values, labels) : 0;
  return presence >= byValue ? { share: presence, by: 'presence' } : { share: byValue, by: 'values' };
}

/**
 * Whether a column is filled in for one class alone, as a depth of invasion is: the smaller of the share of filled rows that are of the class and
 * the share of the class's rows that are filled.
 */
function marksClass(
  cells: readonly string[],
  labels: readonly string[],
): { readonly share: number; readonly label: string } {
  const filled = new Map<string, number>();
  const all = new Map<string, number>();
  let rows = 0;
  for (const [i, label] of labels.entries()) {
    if (label === '') continue;
    all.set(label, (all.get(label) ?? 0) + 1);
    if (isMissing(cells[i])) continue;
    filled.set(label, (filled.get(label) ?? 0) + 1);
    rows++;
  }
  const [label, n] = [...filled].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  return { label, share: rows === 0 || all.size < 2 ? 0 : Math.min(n / rows, n / all.get(label)!) };
}

function lambda(values: readonly string[], labels: readonly string[]): number {
  const byValue = new Map<string, Map<string, number>>();
  const all = new Map<string, number>();
  for (const [i, label] of labels.entries()) {
    if (label === '') continue;
    const counts = byValue.get(values[i]) ?? new Map<string, number>();
    counts.set(label, (counts.get(label) ?? 0) + 1);
    byValue.set(values[i], counts);
    all.set(label, (all.get(label) ?? 0) + 1);
  }
  const most = (counts: ReadonlyMap<string, number>) => Math.max(0, ...counts.values());
  const total = [...all.values()].reduce((sum, n) => sum + n, 0);
  const wrong = total - most(all);
  if (wrong === 0) return 0;
  const right = [...byValue.values()].reduce((sum, counts) => sum + most(counts), 0);
  return (right - most(all)) / wrong;
}

const bins = 10;

function binned(cells: readonly string[]): string[] {
  const sorted = cells
    .filter((cell) => cell !== '')
    .map(readNumber)
    .sort((a, b) => a - b);
  const edges = Array.from({ length: bins - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / bins)]);
  return cells.map((cell) => (cell === '' ? '' : String(edges.filter((edge) => readNumber(cell) >= edge).length)));
}
