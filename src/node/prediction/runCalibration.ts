import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Calibration } from '../../evaluation/certainty/evaluateCalibration.js';
import { fitCalibration } from '../../evaluation/certainty/fitCalibration.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import { readJson } from '../files/readJson.js';
import { writeJson } from '../files/writeFile.js';
import type { RunFolder } from '../run/runFolder.js';
import type { RunModel } from '../run/runModel.js';

/** calibration.json: what the validation split says about a checkpoint's certainty. */
const calibrationSchema = z.object({
  /** Of the checkpoint file: other weights need another calibration. */
  sha256: z.string(),
  /** Validation images that it was fitted on. */
  images: z.int().min(1),
  temperature: z.number().positive(),
  /** Mean negative log-likelihood (nats) of those images, before and after scaling. */
  lossBefore: z.number(),
  lossAfter: z.number(),
  conformal: z.array(
    z.object({
      level: z.number().gt(0).lt(1),
      thresholds: z.array(z.number().min(0)),
      images: z.array(z.int().min(0)),
      // Calibrations of version 0.1 don't have them; they follow from level and images.
      imagesNeeded: z.int().optional(),
      tooFewImages: z.array(z.string()).optional(),
    }),
  ),
  /** Calibrations of earlier versions lack it. */
  priorShift: z
    .object({ factors: z.array(z.number().positive()).readonly(), lossBefore: z.number(), lossAfter: z.number() })
    .optional(),
});
export type RunCalibration = z.infer<typeof calibrationSchema> & Calibration;

/**
 * The calibration of a checkpoint that a run holds.
 * @returns null where there is none, or it is of other weights
 * @throws LesionlabError kind `run` naming the file where it can't be used
 */
export async function readCalibration(
  folder: RunFolder,
  { sha256 }: Pick<RunModel, 'sha256'>,
): Promise<RunCalibration | null> {
  if (!existsSync(folder.calibration)) return null;
  const calibration = await readJson(folder.calibration, calibrationSchema);
  return calibration.sha256 === sha256 ? calibration : null;
}

/**
 * The calibration of a run's model; fitted on the validation split and written where the run has none yet.
 * @param predictValidation the model's predictions of that split, null where it has no images
 * @returns null where there is none, and nothing to fit one on
 * @throws LesionlabError as `predictRecords` does
 */
export async function ensureCalibration(
  folder: RunFolder,
  model: Pick<RunModel, 'sha256'>,
  predictValidation: (() => Promise<Predictions>) | null,
): Promise<RunCalibration | null> {
  const known = await readCalibration(folder, model);
  if (known) return known;
  if (!predictValidation) return null;
  const predictions = await predictValidation();
  const calibration = { sha256: model.sha256, ...fitCalibration(predictions) };
  await writeJson(folder.calibration, calibration);
  return calibration;
}
