import type { Dataset } from '../../data/dataset.js';
import { type AnyConfig, isJudged } from '../../training/recipe/ensembleConfig.js';
import { openDataset } from '../dataset/openDataset.js';
import { openDatasets } from '../dataset/openDatasets.js';

/**
 * Opens what a run was trained or judged on: one dataset, or several that it joined. Somebody else's classifier may tell other classes apart than the data
 * that it was judged on.
 * @param at where the data lies now; default: where it lay in training
 * @throws LesionlabError as `openDatasets` does
 */
export async function openRunSources(config: AnyConfig, at = config.data.folder): Promise<Dataset> {
  const { folder, folders, classes, options }: AnyConfig['data'] = config.data;
  if (folders && at === folder) return await openDatasets(folders, options);
  return await openDataset(at, { ...(isJudged(config) ? { anyDiagnosis: true } : { classes }), ...options });
}
