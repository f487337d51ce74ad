import { basename, resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { joinDatasets } from '../../data/joining/joinDatasets.js';
import { usageError } from '../../errors.js';
import { type OpenDatasetOptions, openDataset } from './openDataset.js';

/** Where data lies: a folder, zip or table, or several that are joined into one dataset. */
export type DataPaths = string | readonly string[];

export const pathsOf = (data: DataPaths): readonly string[] => (typeof data === 'string' ? [data] : data);

/** The one place of data that can't be in several. @throws LesionlabError kind `usage` for several */
export function onePlace<T extends DataPaths | undefined>(data: T): T extends undefined ? undefined : string;
export function onePlace(data: DataPaths | undefined): string | undefined {
  if (data === undefined || typeof data === 'string') return data;
  if (data.length === 1) return data[0];
  throw usageError('several-data', `--data is given ${data.length} times, where one place is expected.`, {
    hint: 'Several are for a run that joined datasets.',
  });
}

/**
 * Opens a dataset, or several as one (`joinDatasets`), each known by the id of its format; several of a format by the names of their folders.
 * @param named paths that names are taken from, where the datasets lay elsewhere once
 * @throws LesionlabError as `openDataset` and `joinDatasets` do; kind `usage` where a path is given twice
 */
export async function openDatasets(
  data: DataPaths,
  options: OpenDatasetOptions = {},
  named: readonly string[] = pathsOf(data),
): Promise<Dataset> {
  const paths = pathsOf(data);
  if (paths.length === 1) return await openDataset(paths[0], options);
  const places = paths.map((path) => resolve(path));
  const twice = places.findIndex((place, i) => places.indexOf(place) < i);
  if (twice >= 0)
    throw usageError('data-twice', `${paths[twice]} is given twice.`, { hint: 'Name each dataset once.' });
  const opened: Dataset[] = [];
  try {
    // Each brings its own classes: the taxonomy finds those that all of them fit into.
    for (const path of paths)
      opened.push(await openDataset(path, { ...options, classes: undefined, anyDiagnosis: true }));
    const ids = opened.map(({ info }) => info.id);
    return joinDatasets(
      opened.map((dataset, i) => ({
        dataset,
        name: ids.indexOf(ids[i]) === ids.lastIndexOf(ids[i]) ? ids[i] : nameOf(named[i]),
      })),
    );
  } catch (error) {
    await Promise.all(opened.map(({ images }) => images.close()));
    throw error;
  }
}

const nameOf = (path: string) => basename(resolve(path)).replace(/\.(csv|tab|tsv|zip)$/i, '');
