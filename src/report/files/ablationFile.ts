import { z } from 'zod';
import type { AblationResult } from '../../evaluation/ablation/ablationResult.js';
import { choiceFigures } from '../../evaluation/ablation/choiceFigures.js';
import { count, each, number, text, texts } from './numbers.js';

const numbers = z.array(number);
const trainings = { runs: texts, seconds: numbers, epochs: z.array(count), answered: number };
const difference = z.looseObject({
  ...each(['value', 'difference', 'standardError', 'seedShare', 'pValue', 'pValueAlone', 'least'], number),
  // Of one seed without a doubt over lesions there are infinitely many, which JSON has no number for.
  freedom: number.nullable(),
  bySeed: numbers,
  interval: z.tuple([number, number]),
  verdict: z.enum(['helps', 'hurts', 'open']),
});

/** ablation.json. */
export const ablationFile = z.looseObject({
  lesionlab: text,
  data: z.looseObject({ id: text, name: text, synthetic: z.boolean(), images: count }),
  classes: z.array(z.looseObject({ id: text, name: text })),
  recipe: z.looseObject({ preset: text, overrides: texts, model: text }),
  splitSeed: count,
  seeds: z.array(count).min(1),
  figure: z.enum(choiceFigures),
  images: count,
  lesions: count,
  clusters: z.looseObject({ of: text, count }),
  prevalence: z.looseObject({ of: z.enum(['equal', 'data']), values: numbers }),
  level: number,
  resamples: count,
  baseline: z.looseObject({
    ...trainings,
    figures: z.looseObject(each(choiceFigures, z.looseObject({ value: number, bySeed: numbers }))),
  }),
  choices: z.array(
    z.looseObject({
      ...trainings,
      id: text,
      changes: texts,
      timeRatio: number,
      figures: z.looseObject(each(choiceFigures, difference)),
    }),
  ),
  notes: texts,
}) as unknown as z.ZodType<AblationResult>;
