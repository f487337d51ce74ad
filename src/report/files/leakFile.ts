import { z } from 'zod';
import type { LeakDemonstration } from '../../evaluation/outside/leakDemonstration.js';
import { each, imagesAndLesions, interval, number, numberOrNull, text, texts } from './numbers.js';

const leakNumber = z.looseObject({
  byImage: numberOrNull,
  byImageInterval: interval,
  byLesion: numberOrNull,
  byLesionInterval: interval,
  flattery: numberOrNull,
  flatteryInterval: interval,
});
const sight = z.looseObject({ images: number, accuracy: numberOrNull, interval });

/** leak.json. */
export const leakFile = z.looseObject({
  method: text,
  model: text,
  preset: text,
  overrides: texts,
  imageSize: number,
  epochs: number,
  seed: number,
  data: z.looseObject({ id: text, name: text, sha256: text, images: number, lesions: number }),
  byImageTest: imagesAndLesions,
  byLesionTest: imagesAndLesions,
  ...each(['accuracy', 'balancedAccuracy', 'macroAuroc'], leakNumber),
  classes: z.array(leakNumber.extend({ dx: text, name: text, byImageLesions: number, byLesionLesions: number })),
  seen: sight,
  unseen: sight,
}) as unknown as z.ZodType<LeakDemonstration>;
