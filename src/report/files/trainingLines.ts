import { z } from 'zod';
import type { EpochRecord, StepRecord } from '../../training/events.js';
import type { TestLookEntry } from '../countTestLooks.js';
import type { LayerRow } from '../reportInput.js';
import { count, each, number, numberOrNull, text } from './numbers.js';

/** A line of metrics.jsonl. */
export const epochLine = z.looseObject({
  epoch: z.int().positive(),
  ...each(
    [
      'trainLoss',
      'trainAccuracy',
      'validationLoss',
      'validationAccuracy',
      'validationBalancedAccuracy',
      'learningRate',
      'seconds',
    ],
    number,
  ),
  // Of an epoch that took no time that a clock shows, none.
  imagesPerSecond: numberOrNull,
  validationRecall: z.record(text, numberOrNull).optional(),
}) as unknown as z.ZodType<EpochRecord>;

/** A line of steps.jsonl. */
export const stepLine = z.looseObject({
  step: count,
  ...each(['epoch', 'loss', 'accuracy', 'imagesPerSecond'], number),
}) as unknown as z.ZodType<StepRecord>;

/** A line of evaluation/test/log.jsonl; earlier versions wrote less. */
export const testLookLine = z.looseObject({
  checkpoint: text.optional(),
  epoch: numberOrNull.optional(),
  sha256: text.optional(),
  replaced: z.boolean().optional(),
  ...each(['images', 'accuracy', 'balancedAccuracy'], number.optional()),
}) as unknown as z.ZodType<TestLookEntry>;

/** layers.json. */
export const layersFile = z.array(
  z.looseObject({ name: text, type: text, outputShape: z.array(number), parameters: number, operations: number }),
) as unknown as z.ZodType<LayerRow[]>;
