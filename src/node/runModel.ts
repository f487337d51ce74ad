import { type Checkpoint, type CheckpointName, loadCheckpoint } from './checkpointFile.js';
import type { RunFolder } from './runFolder.js';

/** A network of a run's model, with its share in the answer. */
export interface ModelMember {
  /** Whose network it is: the run itself, or another one. */
  readonly folder: RunFolder;
  readonly checkpoint: Checkpoint;
  /** What its probabilities are multiplied by, above 0; the weights of a model sum to 1. */
  readonly weight: number;
}

/** What a run predicts with. Its probabilities are the weighted mean of its members', each with its own preprocessing and augmentation. */
export interface RunModel {
  readonly name: CheckpointName;
  /** Epochs that went into the weights, from 1; null where that is not known. */
  readonly epoch: number | null;
  /** SHA-256 of the weights, in hexadecimal: what was learned from a run's predictions is of these weights alone. */
  readonly sha256: string;
  /** The run's. */
  readonly config: Checkpoint['config'];
  /** At least one. */
  readonly members: readonly ModelMember[];
  /** The member with the largest weight, the first of several. */
  readonly lead: Checkpoint;
}

/**
 * Loads what a run predicts with.
 * @throws LesionlabError as `loadCheckpoint` does
 */
export async function loadRunModel(folder: RunFolder, name: CheckpointName = 'best'): Promise<RunModel> {
  return singleModel(folder, await loadCheckpoint(folder, name));
}

/** A checkpoint as a model of one member. */
export function singleModel(folder: RunFolder, checkpoint: Checkpoint): RunModel {
  const { name, epoch, sha256, config } = checkpoint;
  return { name, epoch, sha256, config, members: [{ folder, checkpoint, weight: 1 }], lead: checkpoint };
}
