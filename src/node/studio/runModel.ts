import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { defaultCacheFolder } from '../files/cacheFolder.js';
import { writeFileWhole } from '../files/writeFile.js';
import { encodeModelFile, modelMetadata } from '../prediction/encodeModelFile.js';
import { readModelFile } from '../prediction/modelFile.js';
import { readCalibration } from '../prediction/runCalibration.js';
import { readOutOfDistribution } from '../prediction/runOutOfDistribution.js';
import type { RunFolder } from '../run/runFolder.js';
import { loadRunModel } from '../run/runModel.js';

/**
 * An ONNX file of a run's best checkpoint with the output that heat maps need (an ensemble has none), and what is known of its certainty in the metadata;
 * written into the cache folder, so that looking at a run never changes it. Without checkpoints, the run's own model.onnx where it has that output.
 * @returns path of the file
 * @throws LesionlabError kind `run` where the run has neither
 */
export async function ensureHeatMapModel(folder: RunFolder): Promise<string> {
  let model: Awaited<ReturnType<typeof loadRunModel>>;
  try {
    model = await loadRunModel(folder);
  } catch (error) {
    if (error instanceof LesionlabError && error.code === 'no-checkpoint' && existsSync(folder.model))
      if ((await readModelFile(folder.model)).metadata.gradCamLayer !== undefined) return folder.model;
    throw error;
  }
  const certainty = await readCalibration(folder, model);
  const outOfDistribution = await readOutOfDistribution(folder, model.lead);
  const options = { certainty, outOfDistribution, gradCamLayer: model.members.length === 1 };
  // The metadata names the checkpoint by its hash, and lesionlab's version.
  const metadata = modelMetadata(model, certainty, outOfDistribution);
  const key = createHash('sha256')
    .update(`heat maps ${JSON.stringify(metadata)}`)
    .digest('hex');
  const path = join(defaultCacheFolder(), 'studio', `${key.slice(0, 32)}.onnx`);
  if (!existsSync(path)) await writeFileWhole(path, encodeModelFile(model, options));
  return path;
}
