import type { Dataset } from '../../data/dataset.js';
import type { NetworkConfig } from '../../training/recipe/ensembleConfig.js';
import { openDataset } from '../dataset/openDataset.js';
import { openDatasets } from '../dataset/openDatasets.js';

/**
 * Opens what a run was trained on: one dataset, or several that it joined.
 * @param at where the data lies now; default: where it lay in training
 * @throws LesionlabError as `openDatasets` does
 */
export async function openRunSources(
  { folder, folders, classes, options }: NetworkConfig['data'],
  at = folder,
): Promise<Dataset> {
  return folders && at === folder
    ? await openDatasets(folders, options)
    : await openDataset(at, { classes, ...options });
}
