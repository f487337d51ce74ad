import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvFormatRows } from 'd3-dsv';
import type { Dataset, ImageRecord } from '../../data/dataset.js';
import {
  type ImageSkinTone,
  type SkinToneSummary,
  skinToneColumn,
  summariseSkinTones,
} from '../../evaluation/metrics/skinTones.js';
import { evaluateSubgroups, type SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { skinToneBand } from '../../image/index.js';
import { skinToneFile } from '../../report/files/evaluationFile.js';
import { measureSkinTones } from '../dataset/measureSkinTones.js';
import { readJson } from '../files/readJson.js';
import { removeWhole, writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import type { EvaluationPaths } from './runFolder.js';
import { writeSubgroups } from './subgroupFiles.js';

/** How groups of images did, and the skin tones that some of the groups are by. */
export interface EvaluatedGroups {
  readonly subgroups: readonly SubgroupEvaluation[];
  /** One an image; null where the data has no lesion masks. */
  readonly skinTones: readonly ImageSkinTone[] | null;
}

export interface EvaluateGroupsOptions {
  /** With the images and masks; null where there is a table alone. */
  readonly dataset: Pick<Dataset, 'images' | 'masks'> | null;
  readonly columns: Dataset['columns'];
  /** Metadata of the images. */
  readonly records: readonly ImageRecord[];
  /** Metadata by the id of what is scored, where that is no image. */
  readonly recordsOf?: (records: readonly ImageRecord[]) => ReadonlyMap<string, ImageRecord>;
  readonly resamples: number | undefined;
  /** Whether skin is measured where there are masks: it reads every image once more. Default true; left out where nobody is asked. */
  readonly skinTone?: boolean;
}

/**
 * Evaluates groups of images by their metadata and, where there are lesion masks, by the skin tone estimated beside the lesion.
 * @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function evaluateGroups(
  context: Pick<StepContext, 'progress' | 'signal' | 'threads'>,
  predictions: Predictions,
  { dataset, columns = [], records, recordsOf = recordsById, resamples, skinTone }: EvaluateGroupsOptions,
): Promise<EvaluatedGroups> {
  const skinTones = dataset && skinTone !== false ? await measureSkinTones(context, dataset, records, skinTone) : null;
  const toneOf = new Map(skinTones?.map(({ imageId, tone }) => [imageId, 'reason' in tone ? null : tone.angle]));
  const measured = skinTones
    ? records.map((record) => ({
        ...record,
        values: { ...record.values, [skinToneColumn.name]: toneOf.get(record.imageId) ?? null },
      }))
    : records;
  const all = skinTones ? [...columns.filter(({ name }) => name !== skinToneColumn.name), skinToneColumn] : columns;
  return {
    subgroups: evaluateSubgroups(predictions, recordsOf(measured), { resamples, columns: all }),
    skinTones,
  };
}

/** The metadata of each image. */
export const recordsById = (records: readonly ImageRecord[]): Map<string, ImageRecord> =>
  new Map(records.map((record) => [record.imageId, record]));

const pathsOf = (folder: string) => ({
  table: join(folder, 'skin-tone.csv'),
  summary: join(folder, 'skin-tone.json'),
});

/**
 * Writes subgroups.json and subgroups.csv and, of estimated skin tones, skin-tone.csv (an image a line) and skin-tone.json (bands and what was
 * left out). @returns the paths written
 * @throws LesionlabError kind `run` where the folder can't be written
 */
export async function writeGroups(folder: string, { subgroups, skinTones }: EvaluatedGroups): Promise<string[]> {
  const files = await writeSubgroups(folder, subgroups);
  const { table, summary } = pathsOf(folder);
  if (!skinTones) {
    // Of an evaluation before this one.
    for (const path of [table, summary]) await removeWhole(path);
    return files;
  }
  const columns = ['image_id', 'ita', 'band', 'lightness', 'yellowness', 'skin_share', 'no_estimate'];
  const rows = skinTones.map(({ imageId, tone }) =>
    'reason' in tone
      ? [imageId, '', '', '', '', '', tone.reason]
      : [
          imageId,
          ...[tone.angle.toFixed(2), skinToneBand(tone.angle).name],
          ...[tone.lightness.toFixed(2), tone.yellowness.toFixed(2), tone.share.toFixed(4), ''],
        ],
  );
  await writeFileWhole(table, `${csvFormatRows([columns, ...rows])}\n`);
  await writeJson(summary, summariseSkinTones(skinTones));
  return [...files, table, summary];
}

/** What `writeGroups` wrote of skin tones; null where it did not. @throws LesionlabError kind `run` */
export async function readSkinTones({ folder }: Pick<EvaluationPaths, 'folder'>): Promise<SkinToneSummary | null> {
  const path = pathsOf(folder).summary;
  return existsSync(path) ? await readJson(path, skinToneFile) : null;
}
