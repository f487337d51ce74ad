import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Dataset } from '../../data/dataset.js';
import { parseSplitsCsv, type SplitRow } from '../../data/groups/splitsCsv.js';
import { decodeText } from '../../data/reading/decodeText.js';
import { composed } from '../../data/storedFile.js';
import { dataError, runError } from '../../errors.js';
import { readJson } from '../files/readJson.js';
import type { RunFolder } from './runFolder.js';

/**
 * Reads splits.csv of a run.
 * @throws LesionlabError kind `run` where it is missing, kind `data` where it is not what `lesionlab split` writes
 */
export async function readRunSplits(folder: RunFolder): Promise<SplitRow[]> {
  const bytes = await readFile(folder.splitsCsv).catch((cause: NodeJS.ErrnoException) => {
    throw runError(
      'no-splits',
      cause.code === 'ENOENT' ? `${folder.splitsCsv} is missing.` : `Cannot read ${folder.splitsCsv}: ${cause.message}`,
      { hint: 'Without it nobody knows which images were trained on; train again with --overwrite.', cause },
    );
  });
  return parseSplitsCsv(decodeText(bytes, folder.splitsCsv).text, folder.splitsCsv);
}

const share = z.number().positive();
const divisionOfSplits = z.object({
  seed: z.int(),
  ratios: z.object({ train: share, validation: share, test: share }),
});

/** What a run was split by. */
export interface RunDivision {
  readonly seed: number;
  /** Shares of train, validation and test. */
  readonly ratios: readonly [number, number, number];
}

/**
 * Seed and shares that a run was split by, from splits.json.
 * @throws LesionlabError kind `run` where it is missing or not what `lesionlab split` writes
 */
export async function readRunDivision(folder: RunFolder): Promise<RunDivision> {
  const { seed, ratios } = await readJson(folder.splitsJson, divisionOfSplits);
  return { seed, ratios: [ratios.train, ratios.validation, ratios.test] };
}

/**
 * The dataset with the records of splits.csv and no others.
 * @throws LesionlabError kind `data` where one of them is gone, or has another diagnosis or lesion than when the run began
 */
export function keepSplitRecords(dataset: Dataset, rows: readonly SplitRow[]): Dataset {
  const { info, images } = dataset;
  const byId = new Map(dataset.records.map((record) => [record.imageId, record] as const));
  const faults = rows.flatMap(({ imageId, lesionId, dx }) => {
    const record = byId.get(imageId);
    if (!record) return [`${imageId} is not in the metadata any more`];
    const found = info.classes[record.label].id;
    if (composed(found) !== dx) return [`${imageId} was ${dx} in training and is ${found} now`];
    if (record.lesionId !== lesionId) return [`${imageId} was of lesion ${lesionId} and is of ${record.lesionId} now`];
    return images.has(imageId) ? [] : [`${imageId} has no image file any more`];
  });
  if (faults.length > 0)
    throw dataError(
      'data-changed',
      `The data in ${dataset.metadataFile} is not what the run was trained on: ${faults[0]}` +
        `${faults.length > 1 ? `, and ${faults.length - 1} more differences` : ''}.`,
      { hint: 'Put the data back as it was, or name the folder where it is.', details: faults },
    );
  const wanted = new Set(rows.map(({ imageId }) => imageId));
  return { ...dataset, records: dataset.records.filter(({ imageId }) => wanted.has(imageId)) };
}
