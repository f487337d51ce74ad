import type { ImageRecord } from '../../data/dataset.js';
import { type MetadataValues, metadataValues } from '../../data/preparation/metadataInput.js';
import type { PredictPreparedOptions } from '../../evaluation/answers/predictPrepared.js';
import { comparePredictions } from '../../evaluation/comparison/comparePredictions.js';
import type { MetadataGain } from '../../evaluation/comparison/metadataGain.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { Random } from '../../random.js';
import { isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunModel } from '../run/runModel.js';

/**
 * What a network is to be told of records to see what that is worth: nothing, then one column after the other exchanged between lesions (Breiman 2001,
 * permutation importance). None for ensembles and for networks that are told nothing.
 */
export function otherTellings(
  { config, lead }: Pick<RunModel, 'config' | 'lead'>,
  records: readonly ImageRecord[],
  seed: number,
): PredictPreparedOptions['told'][] {
  const encoding = lead.config.metadata;
  if (isEnsemble(config) || !encoding) return [];
  return [
    null,
    ...encoding.columns.map(({ name }) => {
      const others = exchangeLesions(records, new Random(seed, 'metadata-permutation', name));
      return (record: ImageRecord): MetadataValues => ({
        ...metadataValues(record, encoding),
        [name]: metadataValues(others.get(record.lesionId)!, encoding)[name],
      });
    }),
  ];
}

/**
 * A network's predictions with all that it is told of images beside its own where it is told otherwise.
 * @param predictions of the records, by the model, told all @param retold [N * K] for each of `otherTellings`
 */
export function gainOfMetadata(
  { seed }: Pick<StepContext, 'seed'>,
  { lead }: Pick<RunModel, 'lead'>,
  predictions: Predictions,
  retold: readonly Float32Array[],
  resamples?: number,
): { readonly metadata?: MetadataGain } {
  if (retold.length === 0) return {};
  const [comparison, ...exchanged] = retold.map((probabilities) =>
    comparePredictions({ ...predictions, probabilities }, predictions, { seed, resamples }),
  );
  const columns = lead.config.metadata!.columns.map(({ name }, i) => ({ name, comparison: exchanged[i] }));
  return { metadata: { comparison, columns } };
}

/** A record of another lesion for each lesion, each used once. */
function exchangeLesions(records: readonly ImageRecord[], random: Random): Map<string, ImageRecord> {
  const first = new Map<string, ImageRecord>();
  for (const record of records) if (!first.has(record.lesionId)) first.set(record.lesionId, record);
  const shuffled = random.shuffle([...first.values()]);
  return new Map([...first.keys()].map((lesion, i) => [lesion, shuffled[i]]));
}
