import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Dataset, SplitName } from '../../data/dataset.js';
import { findIdenticalImages } from '../../data/groups/identicalImages.js';
import { defaultRatios, kFolds } from '../../data/groups/split.js';
import { type SplitRule, splitByRule } from '../../data/groups/splitRule.js';
import { foldsCsv, type SplitsSummary, splitsCsv, splitsJson } from '../../data/groups/splitsCsv.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';

/** How a dataset is split. */
export interface SplitStepOptions {
  /** Shares of train, validation and test; 64/16/20 if not given. With folds, `foldRatios`. */
  readonly ratios?: readonly [number, number, number];
  /** Default: whole lesions. */
  readonly rule?: SplitRule;
  /** Also writes folds.csv with this many folds. */
  readonly folds?: number;
  /** Sets of images that must stay together, where an audit has found them already; else identical files are looked for. */
  readonly linked?: readonly (readonly string[])[];
}

/** Which image is in which split, and what was written. */
export interface SplitStepResult {
  /** One a record of the dataset, in its order. */
  readonly splits: readonly SplitName[];
  readonly summary: SplitsSummary;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Splits a dataset and writes splits.csv and splits.json (and folds.csv) into a folder.
 * @throws LesionlabError kind `data` where a class has too few lesions; kind `run` where the folder can't be written
 */
export async function splitStep(
  { seed, signal }: Pick<StepContext, 'seed' | 'signal'>,
  dataset: Dataset,
  outFolder: string,
  options: SplitStepOptions = {},
): Promise<SplitStepResult> {
  const { ratios = defaultRatios, folds, rule = { kind: 'lesions' } } = options;
  const { records, info, images, hasLesionIds, metadataFile: file } = dataset;
  const { classes } = info;
  const linked =
    options.linked ??
    (await findIdenticalImages(
      images,
      records.map(({ imageId }) => imageId),
      signal,
    ));
  const splits = splitByRule(records, classes, rule, { ratios, seed, linked, file });
  const foldOfEach = folds === undefined ? undefined : kFolds(records, classes, folds, { seed, linked, file });
  const text = splitsCsv(records, splits, classes);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const summary = splitsJson({ records, splits, classes, ratios, seed, linked, sha256, hasLesionIds });

  const files = [join(outFolder, 'splits.csv'), join(outFolder, 'splits.json')];
  await writeFileWhole(files[0], text);
  await writeJson(files[1], summary);
  if (foldOfEach) {
    files.push(join(outFolder, 'folds.csv'));
    await writeFileWhole(files[2], foldsCsv(records, foldOfEach, classes));
  }
  return { splits, summary, files };
}
