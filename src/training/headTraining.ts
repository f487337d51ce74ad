import { requireInteger, requireLabels, requireLength } from '../checks.js';
import { planEvaluationBatches } from '../data/augmentation/batches.js';
import { takeRows } from '../data/preparation/takeRows.js';
import { headOf, type ModelDefinition, openClassifier } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { copyRow, type FeatureTable, featureStatistics } from './featureTable.js';
import type { Recipe } from './recipe/config.js';
import { Trainer } from './trainer.js';
import type { TrainerOptions } from './trainerOptions.js';
import { scoreValidation, type ValidationResult } from './validate.js';

/**
 * Training of a head on features of a frozen trunk: the same trainer and the same loss, on a network that begins where the
 * trunk ends.
 */

/** Whether a recipe's `freeze` means that all but the head stays as it is. */
export const trainsHeadOnly = ({ training }: Pick<Recipe, 'training'>): boolean => training.freeze === 'backbone';

/** Opens a trainer of a model's head; its batches hold features [N, width]. @param weights of the whole model */
export function openHeadTrainer(
  runtime: Runtime,
  options: Omit<TrainerOptions, 'inputShape'>,
  width: number,
  weights: Weights,
  open: OpenOptions = {},
): Promise<Trainer> {
  requireInteger('width', width, { min: 1 });
  const head = { ...options, model: headOf(options.model), inputShape: [width], trainable: undefined };
  return Trainer.open(runtime, head, weights, open);
}

/** The weights with the statistics of features in the layer that standardises them, where the model has one. */
export function withFeatureStatistics(
  weights: Weights,
  { featureNorm }: ModelDefinition,
  table: FeatureTable,
): Weights {
  if (featureNorm === undefined) return weights;
  const { mean, variance } = featureStatistics(table);
  const shape = [table.width];
  return replaceWeights(
    weights,
    new Map([
      [`${featureNorm}.running_mean`, { data: mean, shape }],
      [`${featureNorm}.running_var`, { data: variance, shape }],
    ]),
  );
}

/** The weights of a whole model with those of its head replaced, in the model's order. */
export const replaceWeights = (whole: Weights, part: Weights): Weights =>
  new Map([...whole].map(([name, tensor]) => [name, part.get(name) ?? tensor]));

export interface HeadValidation {
  readonly model: ModelDefinition;
  /** Of the head at least. */
  readonly weights: Weights;
  readonly classCount: number;
  /** Features of the images as they are: view 0. */
  readonly table: FeatureTable;
  /** [count] */
  readonly labels: ArrayLike<number>;
  readonly classWeights: readonly number[];
  /** [count, width], encoded, where the model takes it. */
  readonly metadata?: Float32Array;
  /** See `validate`. */
  readonly answerWeights?: readonly number[];
}

const validationBatchSize = 256;

/** Evaluates a head on features; up to the last digits what `validate` finds for the whole network on the images. */
export async function validateHead(
  runtime: Runtime,
  { model, weights, classCount, table, labels, classWeights, answerWeights, metadata }: HeadValidation,
  open: OpenOptions = {},
): Promise<ValidationResult> {
  requireInteger('count', table.count, { min: 1 });
  requireLength('labels', labels, table.count, `one for each of ${table.count} images`);
  requireLabels('labels', labels, classCount);
  const batchSize = Math.min(validationBatchSize, table.count);
  const classifier = await openClassifier(
    runtime,
    {
      model: headOf(model),
      weights,
      classCount,
      imageSize: 1,
      inputShape: [table.width],
      batchSize,
      takesMetadata: true,
    },
    { ...open, mayDiverge: true },
  );
  const plan = planEvaluationBatches({ count: table.count, batchSize });
  const images = new Float32Array(batchSize * table.width);
  try {
    const batchAt = (step: number) => {
      const { rows, padding } = plan.batchRows(step);
      for (const [i, row] of rows.entries()) copyRow(table, 0, row, images, i);
      return {
        images,
        labels: Int32Array.from(rows, (row) => labels[row]),
        metadata: metadata && takeRows(metadata, metadata.length / table.count, rows),
        used: batchSize - padding,
      };
    };
    return await scoreValidation(classifier, classWeights, plan.steps, batchAt, answerWeights);
  } finally {
    await classifier.close();
  }
}
