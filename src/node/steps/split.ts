import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Dataset, LinkedImages, SplitName } from '../../data/dataset.js';
import { findIdenticalImages } from '../../data/groups/identicalImages.js';
import { makeSplit } from '../../data/groups/makeSplit.js';
import type { NearDuplicates } from '../../data/groups/nearDuplicates.js';
import { kFolds } from '../../data/groups/split.js';
import type { SplitFile } from '../../data/groups/splitFile.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import { foldsCsv } from '../../data/groups/splitsCsv.js';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';

/** How a dataset is split. */
export interface SplitStepOptions {
  /** Shares of train, validation and test; 64/16/20 if not given. With folds, `foldRatios`. */
  readonly ratios?: readonly [number, number, number];
  /** Default: whole patients and lesions. */
  readonly rule?: SplitRule;
  /** What the rule `file` is about. */
  readonly splitFile?: Pick<SplitFile, 'rows'>;
  /** Also writes folds.csv with this many folds. */
  readonly folds?: number;
  /** What must stay together beside patients and lesions, as `linksOf` has it; else the dataset's lists are taken and identical files looked for. */
  readonly links?: readonly LinkedImages[];
  /** Near-duplicates that were looked for: they stay together too, and splits.json lists them. */
  readonly near?: readonly NearDuplicates[];
}

/** Which image is in which split, and what was written. */
export interface SplitStepResult {
  /** Without images that are in no split. */
  readonly dataset: Dataset;
  /** One a record of that dataset, in its order. */
  readonly splits: readonly SplitName[];
  readonly summary: SplitsSummary;
  /** Files written. */
  readonly files: readonly string[];
}

/**
 * Splits a dataset and writes splits.csv and splits.json (and folds.csv) into a folder.
 * @throws LesionlabError kind `data` where a class has too few lesions or a given split divides what belongs together; kind `run` where the folder can't be written
 */
export async function splitStep(
  { seed, signal }: Pick<StepContext, 'seed' | 'signal'>,
  dataset: Dataset,
  outFolder: string,
  options: SplitStepOptions = {},
): Promise<SplitStepResult> {
  const { folds, near, ratios, rule, splitFile } = options;
  const made = await makeSplit(dataset, {
    ...{ ratios, seed, rule, splitFile, near },
    links: options.links ?? (await findLinks(dataset, signal)),
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  });
  const { links, splits, summary } = made;
  const { records, info, metadataFile: file } = made.dataset;
  const foldOfEach = folds === undefined ? undefined : kFolds(records, info.classes, folds, { seed, links, file });
  const files = [join(outFolder, 'splits.csv'), join(outFolder, 'splits.json')];
  await writeFileWhole(files[0], made.csv);
  await writeJson(files[1], summary);
  if (foldOfEach) {
    files.push(join(outFolder, 'folds.csv'));
    await writeFileWhole(files[2], foldsCsv(records, foldOfEach, info.classes));
  }
  return { dataset: made.dataset, splits, summary, files };
}

async function findLinks({ records, images, links = [] }: Dataset, signal: AbortSignal): Promise<LinkedImages[]> {
  const ids = records.map(({ imageId }) => imageId);
  const identical = await findIdenticalImages(images, ids, signal);
  return [...links, ...identical.map((imageIds): LinkedImages => ({ kind: 'identical', imageIds }))];
}
