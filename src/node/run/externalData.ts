import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DataOptions, Dataset } from '../../data/dataset.js';
import { splitNames } from '../../data/dataset.js';
import { composed } from '../../data/storedFile.js';
import { dataError, usageError } from '../../errors.js';
import { openDataset } from '../dataset/openDataset.js';
import { type DataPaths, pathsOf } from '../dataset/openDatasets.js';
import type { OverlapChoice } from './overlapWithRun.js';
import type { OpenRunDataOptions } from './runData.js';
import { type RunFolder, readConfig } from './runFolder.js';
import { readRunSplits } from './runSplits.js';

/** What can be said of data other than the run's own. */
export interface ExternalOptions {
  /**
   * Where the run's data lies now, or other data to evaluate: a folder, or a table whose images lie beside or below it. Several places are those of the
   * datasets that the run joined.
   */
  readonly data?: DataPaths;
  /** Name of the evaluation: its folder in evaluation/. Default: after the folder or table. */
  readonly name?: string;
  /** By the data's class id the run's, empty to leave a class out; classes of the same id need none. */
  readonly map?: Readonly<Record<string, string>>;
  /** Also score the images as if only the classes that the data has could be answered. */
  readonly restrict?: boolean;
  /** Go on without images that cannot be used. */
  readonly excludeUnusable?: boolean;
  /** What is done with images that the network was trained or chosen on; refused where undefined. */
  readonly overlap?: OverlapChoice;
  /** Which of the data's images are meant. */
  readonly dataOptions?: DataOptions;
}

const optionNames = [
  ['name', '--name'],
  ['map', '--map'],
  ['restrict', '--restrict'],
  ['excludeUnusable', '--exclude-unusable'],
  ['overlap', '--overlap'],
  ['dataOptions', '--image-type and --allow-missing-images'],
] as const;

/** Of a run's images, more than this share at a place make it the run's own data with something missing. */
const mostlyOwn = 0.5;

/**
 * Opens external data: what lies at `data` where that does not hold all images of the run.
 * @returns null where there is no `data`, or it is the run's own, moved
 * @throws LesionlabError kind `usage` where options are for external data and there is none, or a split is asked of it; kind `data` where it
 *   can't be opened, or holds most of the run's images but not all
 */
export async function openIfExternal(
  folder: RunFolder,
  options: ExternalOptions & Pick<OpenRunDataOptions, 'prepared'> & { readonly split?: string },
): Promise<Dataset | null> {
  const { data, split } = options;
  const asked = optionNames.filter(([key]) => options[key] !== undefined && options[key] !== false);
  const askedFor = asked.map(([, words]) => words).join(' and ');
  if (data === undefined || options.prepared) {
    if (asked.length === 0) return null;
    throw usageError('no-external-data', `${askedFor} can only be given with external data.`, {
      hint: 'Say with --data <folder> where other data than the run’s own lies.',
    });
  }
  if (pathsOf(data).length > 1 || (await isWhereAllLie(folder, pathsOf(data)[0]))) {
    if (asked.length === 0) return null;
    throw usageError(
      'own-data',
      `--data names where the run's own data lies now; ${askedFor} can only be given with external data.`,
      {
        hint: 'Leave them out to evaluate a split of the run.',
      },
    );
  }
  const [place] = pathsOf(data);
  const rows = await readRunSplits(folder);
  const dataset = await openDataset(place, { anyDiagnosis: true, ...options.dataOptions });
  try {
    const there = new Set(dataset.records.map(({ imageId }) => imageId));
    const missing = rows.filter(({ imageId }) => !there.has(imageId)).map(({ imageId }) => imageId);
    if (missing.length === 0 && (await isOtherData(folder, dataset, rows.length))) return dataset;
    if (missing.length === 0) {
      if (asked.length > 0)
        throw usageError(
          'own-data',
          `${place} holds all ${rows.length} images of the run, which makes it the run's own data; ${askedFor} can only be given with external data.`,
          {
            hint: 'Leave them out to evaluate a split of the run, or give a folder or table without the run’s images.',
          },
        );
      await dataset.images.close();
      return null;
    }
    const own = rows.length - missing.length;
    if (own > mostlyOwn * rows.length && options.name === undefined)
      throw dataError(
        'partly-own-data',
        `${place} holds ${own} of the run's ${rows.length} images: too many for external data, and not all, ${missing[0]} being missing.`,
        {
          hint: 'Add what is missing if the run’s data was moved there, or take it as external data by giving it a --name.',
          details: missing.map((imageId) => `${imageId} is not in ${dataset.metadataFile}`),
        },
      );
    if (split !== undefined)
      throw usageError('split-of-external', `Splits are of the run's own data, and ${place} holds other data.`, {
        hint: 'Leave --split out: external data is evaluated whole.',
      });
    return dataset;
  } catch (error) {
    await dataset.images.close();
    throw error;
  }
}

/** Whether a place is the folder that all datasets of a run that joined several lie in now. */
async function isWhereAllLie(folder: RunFolder, place: string): Promise<boolean> {
  const { folders = [] } = (await readConfig(folder)).data;
  return folders.length > 1 && folders.every((path) => existsSync(join(place, basename(path))));
}

/**
 * Whether data that holds all images of a run is another dataset all the same, as ISIC 2019 holds HAM10000: it is of another format, and has diagnoses that
 * the run doesn't know or images beside all of the run's.
 */
async function isOtherData(folder: RunFolder, { info, records }: Dataset, rows: number): Promise<boolean> {
  const config = await readConfig(folder);
  const { data } = config;
  const split = 'split' in config ? config.split : undefined;
  if (info.id === data.id || data.folders) return false;
  const own = new Set(data.classes.map(({ id }) => composed(id).toLowerCase()));
  if (records.some(({ label }) => !own.has(composed(info.classes[label].id).toLowerCase()))) return true;
  const isWhole = data.limit === null && split?.rule.kind !== 'official' && split?.rule.kind !== 'test-on';
  return isWhole && records.length > rows + data.excluded.length;
}

/**
 * The name of an external evaluation: the one given, or one made from the last part of the data's path.
 * @throws LesionlabError kind `usage` where it can't name an evaluation, or is a split's
 */
export function externalName(data: string, given: string | undefined): string {
  const name =
    given ??
    basename(resolve(data))
      .replace(/\.(csv|tab|tsv|zip)$/i, '')
      .normalize('NFKD')
      // What accents leave behind goes, so that é becomes e.
      .replace(/\p{M}/gu, '')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+|-+$/g, '');
  const hint = 'Name the evaluation with --name <name>, for example --name clinic.';
  if (name === '' && given === undefined) throw usageError('bad-name', `No name can be made from ${data}.`, { hint });
  // Folders are the same in any case on some disks.
  if ((splitNames as readonly string[]).includes(name.toLowerCase()))
    throw usageError('bad-name', `"${name}" is the name of a split, and ${data} holds external data.`, { hint });
  return name;
}
