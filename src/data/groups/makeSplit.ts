import type { Dataset, LinkedImages, SplitName } from '../dataset.js';
import type { NearDuplicates } from './nearDuplicates.js';
import { defaultRatios } from './split.js';
import type { SplitFile } from './splitFile.js';
import { type SplitRule, splitByRule } from './splitRule.js';
import { splitsCsv } from './splitsCsv.js';
import { type SplitsSummary, splitsJson } from './splitsJson.js';

/** How a dataset is split, and what is known of what belongs together. */
export interface MakeSplitOptions {
  /** Shares of train, validation and test; 64/16/20 if not given. */
  readonly ratios?: readonly [number, number, number];
  readonly seed: number;
  /** Default: whole patients and lesions. */
  readonly rule?: SplitRule;
  /** What the rule `file` is about. */
  readonly splitFile?: Pick<SplitFile, 'rows'>;
  /** What must stay together beside patients and lesions, as `linksOf` has it. */
  readonly links: readonly LinkedImages[];
  /** Near-duplicates that were looked for: they stay together too, and the summary lists them. */
  readonly near?: readonly NearDuplicates[];
  /** SHA-256 of a text in UTF-8, in hexadecimal. */
  readonly sha256: (text: string) => string | Promise<string>;
}

/** Which image is in which split, with the contents of both files that say so. */
export interface MadeSplit {
  /** Without images that are in no split. */
  readonly dataset: Dataset;
  /** One a record of that dataset, in its order. */
  readonly splits: readonly SplitName[];
  /** All that stayed together beside patients and lesions. */
  readonly links: readonly LinkedImages[];
  /** splits.csv. */
  readonly csv: string;
  /** splits.json. */
  readonly summary: SplitsSummary;
}

/**
 * Splits a dataset, and says so in the words of splits.csv and splits.json.
 * @throws LesionlabError as `splitByRule` does
 */
export async function makeSplit(whole: Dataset, options: MakeSplitOptions): Promise<MadeSplit> {
  const { ratios = defaultRatios, seed, rule = { kind: 'lesions' }, splitFile, near, sha256 } = options;
  const { info, hasLesionIds, metadataFile: file, sources } = whole;
  const { classes } = info;
  const links = [...options.links, ...(near ?? [])];
  const parts = splitByRule(whole.records, classes, rule, { ratios, seed, links, file, splitFile, sources });
  const leftOut = whole.records.filter((_, i) => parts[i] === null).map(({ imageId }) => imageId);
  const dataset = leftOut.length > 0 ? { ...whole, records: whole.records.filter((_, i) => parts[i] !== null) } : whole;
  const splits = parts.filter((part) => part !== null);
  const { records } = dataset;
  const csv = splitsCsv(records, splits, classes);
  const summary = splitsJson({
    records,
    splits,
    classes,
    ratios,
    seed,
    links,
    near,
    sha256: await sha256(csv),
    hasLesionIds,
    rule,
    leftOut,
  });
  return { dataset, splits, links, csv, summary };
}
