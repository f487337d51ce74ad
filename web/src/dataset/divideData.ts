import { linksOf, unusableImages } from '../../../src/data/audit/requireUsable.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { type MadeSplit, makeSplit } from '../../../src/data/groups/makeSplit.js';
import type { SplitsSummary } from '../../../src/data/groups/splitsJson.js';
import { dataError } from '../../../src/errors.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import type { CallContext } from '../browser/workerCalls.js';
import type { Division } from './division.js';
import type { ImagePool } from './imagePool.js';
import { findNear } from './nearDuplicates.js';
import { compareFiles, type OpenedData } from './openedData.js';
import { sha256 } from './sha256.js';

export interface SplitFiles {
  /** Of splits.csv, as `lesionlab split` writes it. */
  readonly csv: string;
  readonly summary: SplitsSummary;
}

export interface DivideOptions extends Division {
  readonly seed: number;
  /** The dataset or a part of it; without images that are known to be unusable. */
  readonly dataset: Dataset;
}

/** The data that is open without images that are known to be unusable, as `--exclude-unusable` has it. @throws LesionlabError kind `data` where none is left */
export function usableData({ dataset, audit }: OpenedData): Dataset {
  const unusable = new Set(unusableImages(audit));
  const records = dataset.records.filter(({ imageId }) => !unusable.has(imageId));
  if (records.length === 0) throw dataError('no-usable-images', 'None of the images can be used.');
  return { ...dataset, records };
}

/**
 * Divides data, finding first what belongs together.
 * @throws LesionlabError as `splitByRule` does; kind `interrupted`
 */
export async function divideData(
  opened: OpenedData,
  { dataset, seed, rule, ratios, nearDuplicates }: DivideOptions,
  pool: ImagePool,
  context: CallContext,
): Promise<MadeSplit> {
  await compareFiles(opened, context);
  const found = nearDuplicates ? await findNear(opened, pool, context) : undefined;
  const present = new Set(dataset.records.map(({ imageId }) => imageId));
  const among = <T extends { readonly imageIds: readonly string[] }>(links: readonly T[]): T[] =>
    links
      .map((link) => ({ ...link, imageIds: link.imageIds.filter((imageId) => present.has(imageId)) }))
      .filter(({ imageIds }) => imageIds.length > 1);
  return await makeSplit(dataset, {
    ratios,
    seed,
    rule,
    links: among(linksOf(opened.dataset, opened.audit)),
    ...(found && { near: among(found) }),
    sha256: (text) => sha256(toUtf8(text)),
  });
}
