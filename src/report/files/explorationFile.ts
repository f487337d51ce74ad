import { z } from 'zod';
import type { Exploration } from '../../data/audit/exploration.js';
import { count, counts, number, numberOrNull, text, texts } from './numbers.js';

const valueCount = z.looseObject({ value: text, images: number, share: number });
const crossTable = z
  .looseObject({ values: texts, classes: texts, counts: z.array(z.array(number)) })
  .refine(
    ({ values, classes, counts: table }) =>
      table.length === values.length && table.every((row) => row.length === classes.length),
    { error: 'the counts are not one for each value and class' },
  );
const textOrNull = text.nullable();

/** exploration.json. */
export const explorationFile = z.looseObject({
  dataset: z.looseObject({
    id: text,
    name: text,
    synthetic: z.boolean(),
    licence: text.optional(),
    citation: text.optional(),
    url: text.optional(),
    metadataFile: text,
    hasLesionIds: z.boolean(),
    hasMasks: z.boolean(),
    classes: z.array(
      z.looseObject({
        id: text,
        name: text,
        description: text.optional(),
        malignant: z.boolean().optional(),
        positive: z.boolean().optional(),
      }),
    ),
  }),
  images: count,
  lesions: count,
  seed: number,
  classes: z
    .array(z.looseObject({ dx: text, name: text, images: count, lesions: count, share: number, weight: numberOrNull }))
    .min(1),
  sex: z.array(valueCount),
  localization: z.array(valueCount),
  dxType: z.array(valueCount),
  age: z
    .looseObject({
      bins: z.array(z.looseObject({ from: number, to: number, images: number })),
      images: number,
      missing: number,
      normal: z.looseObject({ mean: number, standardDeviation: number }).nullable(),
      median: numberOrNull,
    })
    .nullable(),
  imagesPerLesion: z.array(z.looseObject({ images: number, lesions: number })),
  diagnosisByLocalization: crossTable,
  diagnosisByAge: crossTable,
  diagnosisBySex: crossTable,
  diagnosisByDxType: crossTable,
  missingValues: z.array(z.looseObject({ column: text, missing: number, unknown: number, share: number })),
  sampleRows: z.array(
    z.looseObject({
      lesion_id: text,
      image_id: text,
      dx: text,
      dx_type: textOrNull,
      age: numberOrNull,
      sex: textOrNull,
      localization: textOrNull,
    }),
  ),
  sampleImages: z.array(z.looseObject({ dx: text, imageIds: texts })),
  audit: z.looseObject({
    rows: count,
    files: count,
    decoded: z.boolean(),
    unusable: count,
    counts,
    imageSizes: z.array(z.looseObject({ width: number, height: number, images: number })),
    findings: z.array(
      z.looseObject({ kind: text, severity: z.enum(['unusable', 'note']), imageIds: texts, message: text }),
    ),
  }),
}) as unknown as z.ZodType<Exploration>;
