import type { ImageRecord } from '../../data/dataset.js';
import { type MetadataValues, metadataValues } from '../../data/preparation/metadataInput.js';
import { comparePredictions } from '../../evaluation/comparison/comparePredictions.js';
import type { MetadataGain } from '../../evaluation/comparison/metadataGain.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { Random } from '../../random.js';
import { isEnsemble } from '../../training/recipe/ensembleConfig.js';
import type { SizedImages } from '../dataset/sizedImages.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunModel } from '../run/runModel.js';
import { predictRecords } from './predictRecords.js';

/**
 * A network's predictions with all that it is told of images beside its own where it is told nothing, and where one column after the other is exchanged between lesions
 * (Breiman 2001, permutation importance). Nothing for ensembles and for networks that are told nothing.
 * @param predictions of the records, by the model, told all @throws LesionlabError kind `interrupted` once the signal is aborted
 */
export async function gainOfMetadata(
  context: StepContext,
  { config, members }: Pick<RunModel, 'config' | 'members'>,
  data: SizedImages,
  records: readonly ImageRecord[],
  predictions: Predictions,
  resamples?: number,
): Promise<{ readonly metadata?: MetadataGain }> {
  const encoding = members[0].checkpoint.config.metadata;
  if (isEnsemble(config) || !encoding) return {};
  const { seed } = context;
  const compare = (other: Predictions) => comparePredictions(other, predictions, { seed, resamples });
  const untold = await predictRecords(context, { members }, data, records, 'Looking at images alone', null);
  const columns: MetadataGain['columns'][number][] = [];
  for (const { name } of encoding.columns) {
    const others = exchangeLesions(records, new Random(seed, 'metadata-permutation', name));
    const told = (record: ImageRecord): MetadataValues => ({
      ...metadataValues(record, encoding),
      [name]: metadataValues(others.get(record.lesionId)!, encoding)[name],
    });
    const exchanged = await predictRecords(
      context,
      { members },
      data,
      records,
      `With the ${name} of other lesions`,
      told,
    );
    columns.push({ name, comparison: compare(exchanged) });
  }
  return { metadata: { comparison: compare(untold), columns } };
}

/** A record of another lesion for each lesion, each used once. */
function exchangeLesions(records: readonly ImageRecord[], random: Random): Map<string, ImageRecord> {
  const first = new Map<string, ImageRecord>();
  for (const record of records) if (!first.has(record.lesionId)) first.set(record.lesionId, record);
  const shuffled = random.shuffle([...first.values()]);
  return new Map([...first.keys()].map((lesion, i) => [lesion, shuffled[i]]));
}
