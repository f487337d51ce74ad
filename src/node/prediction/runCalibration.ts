import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Calibration } from '../../evaluation/certainty/evaluateCalibration.js';
import { fitCalibration } from '../../evaluation/certainty/fitCalibration.js';
import { readJson } from '../files/readJson.js';
import { writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import type { RunData } from '../run/runData.js';
import type { RunFolder } from '../run/runFolder.js';
import type { RunModel } from '../run/runModel.js';
import { predictRecords } from './predictRecords.js';

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
 * @returns null where the run has no validation images
 * @throws LesionlabError as `predictRecords` does
 */
export async function ensureCalibration(
  context: StepContext,
  folder: RunFolder,
  model: RunModel,
  data: RunData,
): Promise<RunCalibration | null> {
  const known = await readCalibration(folder, model);
  if (known) return known;
  const records = data.splits.validation;
  if (records.length === 0) return null;
  const predictions = await predictRecords(context, model, data, records, 'Calibrating on validation images');
  const calibration = { sha256: model.sha256, ...fitCalibration(predictions) };
  await writeJson(folder.calibration, calibration);
  return calibration;
}
