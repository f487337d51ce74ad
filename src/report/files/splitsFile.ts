import { z } from 'zod';
import type { SplitsSummary } from '../../data/groups/splitsJson.js';
import { bySplit, count, counts, number, text, texts } from './numbers.js';

const group = z.looseObject({ groups: number, onTwoSides: number, which: texts.optional() });
const byId = group.extend({ imagesWithout: number });
const looked = z.union([group, z.literal('not looked for')]);

/** splits.json. */
export const splitsFile = z.looseObject({
  seed: number,
  ratios: bySplit,
  images: bySplit,
  shares: bySplit,
  lesions: bySplit,
  counts: z.looseObject({ train: counts, validation: counts, test: counts }),
  sha256: text,
  leakage: z.looseObject({ lesions: count, images: count }),
  proof: z.looseObject({ patients: byId, lesions: byId, listed: group, identical: looked, near: looked }).optional(),
  linked: z.array(texts),
  near: z
    .array(
      z.looseObject({
        imageIds: texts,
        likeness: z.looseObject({ whole: number, detail: number }),
        differ: texts,
      }),
    )
    .optional(),
  rule: z.looseObject({ kind: text }).optional(),
  leftOut: texts.optional(),
  hasLesionIds: z.boolean().default(true),
}) as unknown as z.ZodType<SplitsSummary>;
