import type { DataOptions, ImageRecord } from '../../data/dataset.js';
import { splitsCsv } from '../../data/groups/splitsCsv.js';
import type { JudgedConfig } from '../../training/recipe/judgedConfig.js';
import { evaluateSubgroups, type SubgroupEvaluation } from '../metrics/subgroups.js';
import type { Predictions } from '../predictions/predictions.js';
import { formatPredictionsCsv } from '../predictions/predictionsCsv.js';
import type { JudgedEvaluation } from './judge.js';
import type { JudgedAnswers } from './judgeAnswers.js';
import type { Truth } from './truth.js';
import type { Unit } from './units.js';

/** What a run folder says of a judgement besides its numbers. */
export interface JudgedRunFacts
  extends Pick<JudgedConfig, 'lesionlab' | 'created' | 'seed' | 'device' | 'threads' | 'versions'> {
  /** What the classifier is called. */
  readonly name: string;
  readonly judged: JudgedConfig['judged'];
  /** Where the truth lies, as the folder of the data. */
  readonly truthPath: string;
  readonly dataOptions?: DataOptions;
  readonly resamples?: number;
  /** Evaluates groups where more is known of the images than their records say. Default: by these alone. */
  readonly evaluateGroups?: (
    scored: Predictions,
    groups: {
      readonly columns: Truth['columns'];
      readonly records: readonly ImageRecord[];
      /** Metadata by the id of what is scored. */
      readonly recordsOf: (records: readonly ImageRecord[]) => ReadonlyMap<string, ImageRecord>;
    },
  ) => Promise<readonly SubgroupEvaluation[]>;
  /** SHA-256 of a text's bytes, in hexadecimal. */
  readonly hash: (text: string) => string | Promise<string>;
}

/** A judgement as a run folder holds it. */
export interface JudgedRun {
  readonly config: JudgedConfig;
  readonly splits: string;
  readonly evaluation: JudgedEvaluation;
  /** Of what counts once. */
  readonly predictions: Predictions;
  readonly subgroups: readonly SubgroupEvaluation[];
  /** Text of image-predictions.csv; null where images are what counts. */
  readonly imagePredictions: string | null;
}

/** Makes a run folder's contents of a judgement: the same in the terminal and in a page. */
export async function judgedRun(truth: Truth, judged: JudgedAnswers, facts: JudgedRunFacts): Promise<JudgedRun> {
  const { scored, images, setAside, assembled } = judged;
  const { name, truthPath, dataOptions, resamples, evaluateGroups, hash, ...rest } = facts;
  const evaluation: JudgedEvaluation = {
    ...judged.evaluation,
    split: 'test',
    judgement: { ...judged.evaluation.judgement, words: judged.words },
  };
  const fitOn = new Set(setAside?.imageIds);
  const inPart = new Set([...images.imageIds, ...fitOn]);
  const labelOf = new Map(assembled.predictions.imageIds.map((id, i) => [id, assembled.predictions.labels[i]]));
  const records = assembled.records
    .filter(({ imageId }) => inPart.has(imageId))
    .map((record): ImageRecord => ({ ...record, label: labelOf.get(record.imageId)! }));
  const splits = splitsCsv(
    records,
    records.map(({ imageId }) => (fitOn.has(imageId) ? 'validation' : 'test')),
    scored.classes,
  );
  const { id, name: dataName, synthetic, licence, citation } = truth.info;
  const unit = evaluation.judgement.unit.of;
  const recordsOf = (of: readonly ImageRecord[]) => recordsOfUnits(scored, of, unit);
  return {
    config: {
      ...rest,
      data: {
        folder: truthPath,
        metadataFile: truth.metadataFile,
        ...{ id, name: dataName, synthetic, licence, citation },
        classes: [...scored.classes],
        hasLesionIds: truth.hasLesionIds,
        images: records.length,
        lesions: new Set(records.map(({ lesionId }) => lesionId)).size,
        sha256: await hash(splits),
        ...(dataOptions && { options: dataOptions }),
        limit: null,
        excluded: [],
      },
      model: { id: name, parameters: null, weightsFile: null },
    },
    splits,
    evaluation,
    predictions: scored,
    subgroups: evaluateGroups
      ? await evaluateGroups(scored, { columns: truth.columns, records, recordsOf })
      : evaluateSubgroups(scored, recordsOf(records), { resamples, columns: truth.columns }),
    imagePredictions: unit === 'image' ? null : formatPredictionsCsv(images),
  };
}

/** Metadata by the id of what is scored; of a lesion or patient that of its first image. */
function recordsOfUnits(
  { imageIds }: Predictions,
  records: readonly ImageRecord[],
  unit: Unit,
): Map<string, ImageRecord> {
  const idOf = {
    image: ({ imageId }: ImageRecord) => imageId,
    lesion: ({ lesionId }: ImageRecord) => lesionId,
    patient: ({ patientId, lesionId }: ImageRecord) => patientId ?? lesionId,
  }[unit];
  const wanted = new Set(imageIds);
  const found = new Map<string, ImageRecord>();
  for (const record of records) {
    const id = idOf(record);
    if (wanted.has(id) && !found.has(id)) found.set(id, record);
  }
  return found;
}
