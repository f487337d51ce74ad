import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { type AnyConfig, isJudged } from '../../training/recipe/ensembleConfig.js';
import { openDataset } from '../dataset/openDataset.js';
import { type DataPaths, openDatasets, pathsOf } from '../dataset/openDatasets.js';

/**
 * Opens what a run was trained or judged on: one dataset, or several that it joined. Somebody else's classifier may tell other classes apart than the data
 * that it was judged on.
 * @param at where the data lies now; default: where it lay in training
 * @throws LesionlabError as `openDatasets` does; kind `usage` where there are more or fewer places than the run joined datasets
 */
export async function openRunSources(config: AnyConfig, at?: DataPaths): Promise<Dataset> {
  const { folder, folders, classes, options }: AnyConfig['data'] = config.data;
  const paths = at === undefined ? (folders ?? [folder]) : placesNow(config, pathsOf(at));
  // Several of a format are told apart by the names of the folders that they lay in.
  if (paths.length > 1) return await openDatasets(paths, options, folders);
  return await openDataset(paths[0], { ...(isJudged(config) ? { anyDiagnosis: true } : { classes }), ...options });
}

/** Where each of the datasets lies, by what was given: each of them in their order, or the folder that all of them were moved into. */
function placesNow({ data: { folder, folders = [folder] } }: AnyConfig, given: readonly string[]): readonly string[] {
  if (given.length === folders.length) return given;
  if (given.length === 1) {
    const [above] = given;
    if (above === folder) return folders;
    const moved = folders.map((path) => join(above, basename(path)));
    // Anything else is data of another kind, which says so itself.
    return moved.every((path) => existsSync(path)) ? moved : given;
  }
  throw usageError(
    'other-number-of-data',
    `The run was trained on ${folders.length === 1 ? 'one dataset' : `${folders.length} datasets`}, ${folders.join(' and ')}; --data names ${given.length} places.`,
    {
      hint:
        folders.length === 1
          ? 'Give one folder or table.'
          : 'Give --data once for each of them, in the order of the training, or once the folder that all of them lie in.',
    },
  );
}
