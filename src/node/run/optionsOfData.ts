import { type AnyConfig, isJudged } from '../../training/recipe/ensembleConfig.js';
import type { OpenDatasetOptions } from '../dataset/openDataset.js';

/** How the data of a run is opened again. Somebody else's classifier may tell other classes apart than the data that it was judged on. */
export const optionsOfData = (config: AnyConfig): OpenDatasetOptions => ({
  ...(isJudged(config) ? { anyDiagnosis: true } : { classes: config.data.classes }),
  ...config.data.options,
});
