import { requireInteger, requireOneOf } from '../../checks.js';
import type { ClassInfo, ImageRecord, SplitName } from '../dataset.js';
import { kFolds, type SplitOptions, splitDataset } from './split.js';

/** What decides which images come into which split. */
export type SplitRule =
  /** Whole lesions: the rule for everything that is to be believed. */
  | { readonly kind: 'lesions' }
  /** Each image for itself, as if it were the only one of its lesion: to show what that does to results. */
  | { readonly kind: 'images' }
  /** Whole lesions in folds: one is the test split, the next one validation, all others train. `fold` counts from 0. */
  | { readonly kind: 'fold'; readonly fold: number; readonly folds: number };

/** Shares of train, validation and test where one of k folds is the test split. */
export const foldRatios = (folds: number): readonly [number, number, number] => [
  requireInteger('folds', folds, { min: 3 }) - 2,
  1,
  1,
];

/**
 * Splits images by a rule. @returns one split a record, in the records' order
 * @throws LesionlabError as `splitDataset` and `kFolds` do; kind `usage` for fewer than 3 folds, which leave none to train on
 */
export function splitByRule(
  records: readonly ImageRecord[],
  classes: readonly ClassInfo[],
  rule: SplitRule,
  options: SplitOptions,
): SplitName[] {
  requireOneOf('rule', rule.kind, ['lesions', 'images', 'fold']);
  if (rule.kind === 'lesions') return splitDataset(records, classes, options);
  if (rule.kind === 'images') {
    const alone = records.map((record) => ({ ...record, lesionId: record.imageId }));
    return splitDataset(alone, classes, { ...options, linked: [] });
  }
  const { fold, folds } = rule;
  requireInteger('folds', folds, { min: 3 });
  requireInteger('fold', fold, { min: 0, max: folds - 1 });
  return kFolds(records, classes, folds, options).map((held) => {
    if (held === fold) return 'test';
    return held === (fold + 1) % folds ? 'validation' : 'train';
  });
}
