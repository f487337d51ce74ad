import type { ImageRecord } from '../../data/dataset.js';
import { takeRows } from '../../data/preparation/takeRows.js';
import type { LookAnswers } from '../../evaluation/answers/classifyImages.js';
import { type LookPlace, type PredictPreparedOptions, tellRecords } from '../../evaluation/answers/predictPrepared.js';
import { type Classifier, headOf, openClassifier } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { StepContext } from '../machine/stepContext.js';
import type { Checkpoint } from '../run/checkpointFile.js';
import type { ImageFeatures } from './imageFeatures.js';
import { predictionBatchSize } from './predictionBatches.js';

/** What is wanted of a network's looks at images besides its predictions. */
export interface WantedOfLooks {
  /** Whose looks. */
  readonly of: Checkpoint;
  /** What it sees and says at the first look. */
  readonly firstLook: boolean;
  /** What it would say if it were told other things of the records beside their pixels: see `PredictPreparedOptions.told`. */
  readonly tellings: readonly PredictPreparedOptions['told'][];
}

/** What a network says of records by one look at each, as it is, and what its head took then. */
export interface FirstLook {
  /** [N * K] */
  readonly probabilities: Float32Array;
  readonly features: ImageFeatures;
}

/** What was wanted. */
export interface KeptLooks {
  readonly firstLook: FirstLook | undefined;
  /** [N * K] for each telling: the mean over all looks. */
  readonly retold: readonly Float32Array[];
}

/** Hears a network's looks: what the head takes of an image is the same whatever it is told beside it, so that only the head is asked again. */
export function keepLooks(
  { device, threads }: Pick<StepContext, 'device' | 'threads'>,
  { of: { model, weights, config }, firstLook, tellings }: WantedOfLooks,
  records: readonly ImageRecord[],
): { onLook: NonNullable<PredictPreparedOptions['onLook']>; kept: () => KeptLooks; close: () => Promise<void> } {
  const classCount = config.data.classes.length;
  const once = new Float32Array(firstLook ? records.length * classCount : 0);
  const tables = tellings.map((told) => tellRecords(config.metadata, records, told));
  const sums = tellings.map(() => new Float64Array(records.length * classCount));
  let looked = 1;
  let features: ImageFeatures = { width: 0, values: new Float32Array() };
  let head: Classifier | undefined;

  function see(answers: LookAnswers, { first, count }: LookPlace, width: number): void {
    once.set(answers.probabilities.subarray(0, count * classCount), first * classCount);
    if (features.width === 0) features = { width, values: new Float32Array(records.length * width) };
    features.values.set(answers.features!.subarray(0, count * width), first * width);
  }

  async function retell(answers: LookAnswers, { first, count, rows }: LookPlace, width: number): Promise<void> {
    const size = { model: headOf(model), weights, classCount, imageSize: config.preprocessing.imageSize };
    const asked = { ...size, inputShape: [width], batchSize: predictionBatchSize, takesMetadata: true };
    head ??= await openClassifier(nodeRuntime, asked, { device, threads });
    for (const [t, table] of tables.entries()) {
      const told = table && takeRows(table, table.length / records.length, rows);
      const { probabilities } = await head.classify(answers.features!, told);
      for (let i = 0; i < count * classCount; i++) sums[t][first * classCount + i] += probabilities[i];
    }
  }

  return {
    async onLook(answers, at) {
      const width = answers.features!.length / predictionBatchSize;
      looked = at.looks;
      if (firstLook && at.look === 0) see(answers, at, width);
      if (tellings.length > 0) await retell(answers, at, width);
    },
    kept: () => ({
      firstLook: firstLook ? { probabilities: once, features } : undefined,
      retold: sums.map((sum) => Float32Array.from(sum, (value) => value / looked)),
    }),
    close: async () => await head?.close(),
  };
}
