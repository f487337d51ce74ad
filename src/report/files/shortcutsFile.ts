import { z } from 'zod';
import { changeIds } from '../../explain/shortcuts/registry.js';
import { interval, number, numberOrNull, text, texts } from './numbers.js';

const change = z.looseObject({
  before: numberOrNull,
  after: numberOrNull,
  difference: numberOrNull,
  interval,
  afterInterval: interval,
});

/** What a report takes of shortcuts.json. */
export const shortcutsFile = z.looseObject({
  images: text,
  count: number,
  lesions: number,
  comparisons: z.array(
    z.looseObject({
      change: z.enum(changeIds),
      balancedAccuracy: change,
      macroAuroc: change,
      answerProbability: change,
      sameAnswer: z.looseObject({ share: number, interval }),
      classes: z.array(z.looseObject({ dx: text, name: text, probability: change })),
    }),
  ),
  words: texts,
});
