import { requireInteger, requireOneOf } from '../../checks.js';
import { usageError } from '../../errors.js';
import type { ClassInfo, ImageRecord, JoinedSource, SplitName } from '../dataset.js';
import { officialSplit, splitByFile, testOnSource } from './givenSplit.js';
import type { Mend } from './mends.js';
import { kFolds, type SplitOptions, splitDataset } from './split.js';
import type { SplitFile } from './splitFile.js';

/** What decides which images come into which split. */
export type SplitRule =
  /** Whole patients and lesions: the rule for everything that is to be believed. */
  | { readonly kind: 'lesions' }
  /** Each image for itself, as if it were the only one of its lesion: to show what that does to results. */
  | { readonly kind: 'images' }
  /** Whole lesions in folds: one is the test split, the next one validation, all others train. `fold` counts from 0. */
  | { readonly kind: 'fold'; readonly fold: number; readonly folds: number }
  /** As the dataset's makers divided it; refused where that divides what belongs together and `mend` doesn't say what to do. */
  | { readonly kind: 'official'; readonly mend?: Mend }
  /** Of several datasets one is the test split: `ImageRecord.source`. */
  | { readonly kind: 'test-on'; readonly source: string; readonly mend?: Mend }
  /** As a split file says, which is known by its name and by the SHA-256 that it is cited by. */
  | { readonly kind: 'file'; readonly file: string; readonly sha256: string; readonly mend?: Mend };

/** Rules that put every image into a split. */
export type WholeSplitRule = Extract<SplitRule, { readonly kind: 'lesions' | 'images' | 'fold' }>;

/** How images are split by any rule. */
export interface SplitByRuleOptions extends SplitOptions {
  /** What the rule `file` is about. */
  readonly splitFile?: Pick<SplitFile, 'rows'>;
  /** The datasets that were joined, for the rule `test-on`: `Dataset.sources`. */
  readonly sources?: readonly JoinedSource[];
}

/** Shares of train, validation and test where one of k folds is the test split. */
export const foldRatios = (folds: number): readonly [number, number, number] => [
  requireInteger('folds', folds, { min: 3 }) - 2,
  1,
  1,
];

/**
 * Splits images by a rule. @returns one split a record, in the records' order; null for images that a given split is mended by leaving out
 * @throws LesionlabError as `splitDataset`, `kFolds`, `officialSplit`, `testOnSource` and `splitByFile` do; kind `usage` for fewer than 3 folds, which leave none to train on, and for the
 *   rule `file` without a split file
 */
export function splitByRule(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  rule: WholeSplitRule,
  options: SplitOptions,
): SplitName[];
export function splitByRule(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  rule: SplitRule,
  options: SplitByRuleOptions,
): (SplitName | null)[];
export function splitByRule(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  rule: SplitRule,
  options: SplitByRuleOptions,
): (SplitName | null)[] {
  requireOneOf('rule', rule.kind, ['lesions', 'images', 'fold', 'official', 'test-on', 'file']);
  if (rule.kind === 'lesions') return splitDataset(records, classes, options);
  if (rule.kind === 'images') {
    const alone = records.map((record) => ({ ...record, lesionId: record.imageId, patientId: undefined }));
    return splitDataset(alone, classes, { ...options, links: [] });
  }
  if (rule.kind === 'official') return officialSplit(records, classes, { ...options, mend: rule.mend });
  if (rule.kind === 'test-on') {
    const { source, mend } = rule;
    return testOnSource(records, classes, source, { ...options, ...(mend && { mend }) });
  }
  if (rule.kind === 'file') {
    const { splitFile, ...rest } = options;
    if (!splitFile) throw usageError('no-split-file', `The rule names ${rule.file}, and no split file was given.`);
    return splitByFile(records, classes, splitFile, rule.file, { ...rest, mend: rule.mend });
  }
  const { fold, folds } = rule;
  requireInteger('folds', folds, { min: 3 });
  requireInteger('fold', fold, { min: 0, max: folds - 1 });
  return kFolds(records, classes, folds, options).map((held) => {
    if (held === fold) return 'test';
    return held === (fold + 1) % folds ? 'validation' : 'train';
  });
}
