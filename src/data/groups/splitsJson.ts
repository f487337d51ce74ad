import { countClasses } from '../classWeights.js';
import { type ClassInfo, type ImageRecord, type LinkedImages, type SplitName, splitNames } from '../dataset.js';
import { countLesions } from './imageGroups.js';
import type { NearDuplicates } from './nearDuplicates.js';
import { proveSplit, type SplitProof } from './splitProof.js';
import type { SplitRule } from './splitRule.js';

/** Content of splits.json. */
export interface SplitsSummary {
  readonly seed: number;
  /** Shares asked for. */
  readonly ratios: Readonly<Record<SplitName, number>>;
  readonly images: Readonly<Record<SplitName, number>>;
  /** Shares got, of all images. */
  readonly shares: Readonly<Record<SplitName, number>>;
  readonly lesions: Readonly<Record<SplitName, number>>;
  /** Images by split and class code. */
  readonly counts: Readonly<Record<SplitName, Readonly<Record<string, number>>>>;
  /** Of splits.csv, in hexadecimal. */
  readonly sha256: string;
  /** Lesions in more than one split, and images whose byte-identical twin is in another split: counted, not assumed. */
  readonly leakage: { readonly lesions: number; readonly images: number };
  /** For each reason why images belong together, the groups and those on two sides. Splits of earlier versions lack it. */
  readonly proof?: SplitProof;
  /** Sets of images that were kept together because their files are identical. */
  readonly linked: readonly (readonly string[])[];
  /** Images that are alike and were kept together, with what the table says differently of them; left out where none were looked for. */
  readonly near?: readonly NearDuplicates[];
  /** How images came into splits, where it was not by whole groups drawn by chance. */
  readonly rule?: SplitRule;
  /** Images that are in no part: a given split was mended by leaving them out, or they don't count in the dataset's own score. */
  readonly leftOut?: readonly string[];
  /** Whether lesion ids are real; without them only patients, lists of duplicates and identical files are kept together. */
  readonly hasLesionIds: boolean;
}

/** What splits.json is made from. */
export interface SplitsSummaryInput {
  /** Without those that were left out. */
  readonly records: readonly ImageRecord[];
  readonly splits: readonly SplitName[];
  readonly classes: readonly ClassInfo[];
  readonly ratios: readonly number[];
  readonly seed: number;
  /** All that was to be kept together beside patients and lesions. */
  readonly links: readonly LinkedImages[];
  /** Found near-duplicates, which are among the links as well; undefined where none were looked for. */
  readonly near?: readonly NearDuplicates[];
  readonly sha256: string;
  readonly hasLesionIds: boolean;
  /** Default: whole groups. */
  readonly rule?: SplitRule;
  readonly leftOut?: readonly string[];
}

/** Counts what a split came out as. */
export function splitsJson(input: SplitsSummaryInput): SplitsSummary {
  const { records, splits, classes, links, near, rule, leftOut = [], hasLesionIds } = input;
  const linked = links.filter(({ kind }) => kind === 'identical').map(({ imageIds }) => imageIds);
  const lookedFor = near ? (['identical', 'near'] as const) : (['identical'] as const);
  const total = input.ratios.reduce((sum, ratio) => sum + ratio, 0);
  const parts = bySplit((name) => records.filter((_, i) => splits[i] === name));
  return {
    seed: input.seed,
    ratios: bySplit((name) => input.ratios[splitNames.indexOf(name)] / total),
    images: bySplit((name) => parts[name].length),
    shares: bySplit((name) => parts[name].length / records.length),
    lesions: bySplit((name) => countLesions(parts[name])),
    counts: bySplit((name) => {
      const counts = countClasses(parts[name], classes.length);
      return Object.fromEntries(classes.map(({ id }, label) => [id, counts[label]]));
    }),
    sha256: input.sha256,
    leakage: { lesions: leakedLesions(records, splits), images: leakedImages(records, splits, links) },
    proof: proveSplit({ records, splits, links, hasLesionIds, lookedFor }),
    linked,
    ...(near && { near }),
    ...(rule && rule.kind !== 'lesions' && { rule }),
    ...(leftOut.length > 0 && { leftOut }),
    hasLesionIds,
  };
}

function bySplit<T>(value: (name: SplitName) => T): Record<SplitName, T> {
  return { train: value('train'), validation: value('validation'), test: value('test') };
}

function leakedLesions(records: readonly ImageRecord[], splits: readonly SplitName[]): number {
  const seen = new Map<string, Set<SplitName>>();
  for (const [i, { lesionId }] of records.entries()) {
    seen.set(lesionId, (seen.get(lesionId) ?? new Set()).add(splits[i]));
  }
  return [...seen.values()].filter((sides) => sides.size > 1).length;
}

/** Images that stand on another side too, by id or by content. */
function leakedImages(
  records: readonly ImageRecord[],
  splits: readonly SplitName[],
  links: readonly LinkedImages[],
): number {
  const sidesOf = new Map<string, Set<SplitName>>();
  for (const [i, { imageId }] of records.entries()) {
    sidesOf.set(imageId, (sidesOf.get(imageId) ?? new Set()).add(splits[i]));
  }
  const leaked = new Set([...sidesOf].filter(([, sides]) => sides.size > 1).map(([imageId]) => imageId));
  for (const { imageIds } of links) {
    const present = imageIds.filter((id) => sidesOf.has(id));
    const sides = new Set(present.flatMap((id) => [...sidesOf.get(id)!]));
    if (sides.size > 1) for (const id of present) leaked.add(id);
  }
  return leaked.size;
}
