import { z } from 'zod';
import type { ExternalEvaluation } from '../../evaluation/outside/externalEvaluation.js';
import { evaluationShape } from './evaluationFile.js';
import { bySplit, imagesAndLesions, interval, number, numberOrNull, text, texts } from './numbers.js';

const difference = z.looseObject({
  internal: numberOrNull,
  external: numberOrNull,
  difference: numberOrNull,
  interval,
});
const comparison = z
  .looseObject({
    method: text,
    level: number,
    resamples: number,
    seed: number,
    internal: imagesAndLesions,
    external: imagesAndLesions,
    classes: texts,
    balancedAccuracy: difference,
    accuracy: difference,
    macroAuroc: difference,
    recall: z.array(difference.extend({ dx: text, internalLesions: number, externalLesions: number })),
  })
  .nullable();

/** evaluation.json of data from outside. */
export const externalFile = evaluationShape.and(
  z.looseObject({
    external: z.looseObject({
      source: text,
      dataset: text,
      map: z.record(text, text.nullable()),
      leftOut: z.array(z.looseObject({ id: text, images: number })),
      restricted: texts.nullable().optional(),
      excluded: texts,
      hasLesionIds: z.boolean(),
      overlap: z.looseObject({ identical: bySplit.nullable(), sameId: bySplit }),
      options: z.looseObject({ imageTypes: texts.optional(), allowMissing: z.boolean().optional() }).optional(),
      notes: texts,
    }),
    comparison,
    restricted: evaluationShape.and(z.looseObject({ comparison })).nullable(),
  }),
) as unknown as z.ZodType<ExternalEvaluation>;
