import { z } from 'zod';

/**
 * Parts of the files of a run folder. Objects may hold more than is named: later versions write more. What earlier versions did not write may be
 * missing, and has the right form where it is there.
 */
export const number = z.number();
export const numberOrNull = z.number().nullable();
export const text = z.string();
export const texts = z.array(z.string());
export const count = z.int().nonnegative();
export const interval = z.tuple([z.number(), z.number()]).nullable();
/** Counts by class id, say. */
export const counts = z.record(z.string(), z.number());
export const bySplit = z.looseObject({ train: number, validation: number, test: number });
/** What a resampled mean comes to. */
export const mean = z.looseObject({ mean: numberOrNull, interval });
export const imagesAndLesions = z.looseObject({ images: number, lesions: number });

/** Every name with the same form. */
export const each = <const Names extends readonly string[], Schema extends z.ZodType>(names: Names, schema: Schema) =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<Names[number], Schema>;
