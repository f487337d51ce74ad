import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { defaultCacheFolder } from '../cacheFolder.js';
import { loadCheckpoint } from '../checkpointFile.js';
import { encodeModelFile, modelMetadata, readModelFile } from '../modelFile.js';
import { readCalibration } from '../runCalibration.js';
import type { RunFolder } from '../runFolder.js';
import { readOutOfDistribution } from '../runOutOfDistribution.js';
import { writeFileWhole } from '../writeFile.js';

/**
 * An ONNX file of a run's best checkpoint with the output that heat maps need, and what is known of its certainty in the metadata;
 * written into the cache folder, so that looking at a run never changes it. Without checkpoints, the run's own model.onnx where it has that output.
 * @returns path of the file
 * @throws LesionlabError kind `run` where the run has neither
 */
export async function ensureHeatMapModel(folder: RunFolder): Promise<string> {
  let checkpoint: Awaited<ReturnType<typeof loadCheckpoint>>;
  try {
    checkpoint = await loadCheckpoint(folder, 'best');
  } catch (error) {
    if (error instanceof LesionlabError && error.code === 'no-checkpoint' && existsSync(folder.model))
      if ((await readModelFile(folder.model)).metadata.gradCamLayer !== undefined) return folder.model;
    throw error;
  }
  const certainty = await readCalibration(folder, checkpoint);
  const outOfDistribution = await readOutOfDistribution(folder, checkpoint);
  const options = { certainty, outOfDistribution, gradCamLayer: true } as const;
  // The metadata names the checkpoint by its hash, and lesionlab's version.
  const metadata = modelMetadata(checkpoint, certainty, outOfDistribution);
  const key = createHash('sha256')
    .update(`heat maps ${JSON.stringify(metadata)}`)
    .digest('hex');
  const path = join(defaultCacheFolder(), 'studio', `${key.slice(0, 32)}.onnx`);
  if (!existsSync(path)) await writeFileWhole(path, encodeModelFile(checkpoint, options));
  return path;
}
