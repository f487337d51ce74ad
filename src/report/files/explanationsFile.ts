import { z } from 'zod';
import { explanationMethods } from '../../explain/explainers/registry.js';
import { mean } from './numbers.js';

const localisation = z.looseObject({
  heatInside: z.number().nullable(),
  lesionShare: z.number().nullable(),
});

const order = z.looseObject({ deletion: mean, insertion: mean, firstFall: mean });

/** Whether the maps are worth anything, where that was checked. */
const check = z.looseObject({
  images: z.number(),
  faithfulness: z
    .looseObject({
      images: z.number(),
      emptyMaps: z.number(),
      firstShare: z.number(),
      map: order,
      random: order,
      rings: order,
      betterThan: z.looseObject({ random: order, rings: order }),
    })
    .nullable(),
  randomisation: z.array(z.looseObject({ share: z.number(), correlation: mean, emptyMaps: z.number() })),
  words: z.array(z.string()),
});

/** explanations.json, as far as a report takes it; file names are relative to the folder of explanations. */
export const explanationsFile = z.looseObject({
  layer: z.string().optional(),
  method: z.enum(explanationMethods).optional(),
  baseline: z.string().optional(),
  check: check.nullish(),
  images: z.array(
    z.looseObject({
      imageId: z.string(),
      dx: z.string(),
      predicted: z.string(),
      confidence: z.number(),
      explained: z.string().optional(),
      empty: z.looseObject({ before: z.boolean(), after: z.boolean() }).optional(),
      files: z.looseObject({
        original: z.string().optional(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
      /** Of the trained model; null without a mask. */
      localisation: localisation.nullish(),
    }),
  ),
  /** Means over all images with a mask, before and after training. */
  localisation: z
    .looseObject({
      before: localisation.nullish(),
      after: localisation.extend({ images: z.number() }),
    })
    .nullish(),
  masksLeftOut: z.array(z.looseObject({ imageId: z.string(), reason: z.string() })).optional(),
});
