import { readFile } from 'node:fs/promises';
import { LesionlabError, runError } from '../../errors.js';
import type { TrainPosition } from '../../training/events.js';
import { writeFileWhole } from '../files/writeFile.js';
import { type CheckpointName, loadCheckpoint } from '../run/checkpointFile.js';
import type { RunFolder } from '../run/runFolder.js';

/**
 * Looks at the checkpoints of a training that is gone on with, and makes those again that are missing or damaged: the last one out of the saved state,
 * the best one where it is the last, too.
 * @param encodeLast makes the bytes of the last checkpoint @returns what was made again
 * @throws LesionlabError kind `run` where the best one is damaged, and of an earlier epoch than the saved state
 */
export async function mendCheckpoints(
  folder: RunFolder,
  { epoch, stepsInEpoch, bestEpoch }: TrainPosition,
  encodeLast: () => Uint8Array,
): Promise<CheckpointName[]> {
  const mended: CheckpointName[] = [];
  if (await findDamage(folder, 'last')) {
    await writeFileWhole(folder.lastCheckpoint, encodeLast());
    mended.push('last');
  }
  if (bestEpoch === 0) return mended;
  const damage = await findDamage(folder, 'best');
  if (!damage) return mended;
  if (bestEpoch !== epoch || stepsInEpoch > 0)
    throw runError(
      'checkpoint-lost',
      `The best checkpoint, of epoch ${bestEpoch}, can't be made again from where the training stands (epoch ${epoch}): ${damage.message}`,
      {
        hint: 'Put the file back from a copy, use the last checkpoint (--checkpoint last), or train again with --overwrite.',
        cause: damage,
      },
    );
  await writeFileWhole(folder.bestCheckpoint, await readFile(folder.lastCheckpoint));
  return [...mended, 'best'];
}

/** Why a checkpoint can't be used; undefined where it can. */
async function findDamage(folder: RunFolder, name: CheckpointName): Promise<LesionlabError | undefined> {
  try {
    await loadCheckpoint(folder, name);
    return undefined;
  } catch (error) {
    if (error instanceof LesionlabError && error.kind === 'run') return error;
    throw error;
  }
}
