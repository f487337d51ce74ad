import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { LesionlabError, runError, usageError } from '../../errors.js';
import {
  type EnsembleConfig,
  type EnsembleMember,
  isEnsemble,
  leadingMember,
  type NetworkConfig,
} from '../../training/recipe/ensembleConfig.js';
import { type Checkpoint, type CheckpointName, loadCheckpoint } from './checkpointFile.js';
import { openRunFolder, type RunFolder, readNetworkConfig } from './runFolder.js';

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
  readonly name: CheckpointName | 'ensemble';
  /** Epochs that went into the weights, from 1; null where that is not known, or of an ensemble. */
  readonly epoch: number | null;
  /**
   * SHA-256 of the checkpoint file, in hexadecimal; of an ensemble, over its members' and their weights. What was learned from a model's
   * predictions is of these weights alone.
   */
  readonly sha256: string;
  /** The run's. */
  readonly config: NetworkConfig;
  /** At least one. */
  readonly members: readonly ModelMember[];
  /** The member with the largest weight, the first of several: its pictures and its out-of-distribution score are the model's. */
  readonly lead: Checkpoint;
}

/**
 * Loads what a run predicts with.
 * @param name of the checkpoint, where the run was trained; default `best`
 * @throws LesionlabError as `loadCheckpoint` does; kind `run` where a member of an ensemble is gone or has changed; kind `usage` where `last` is
 *   asked of an ensemble
 */
export async function loadRunModel(folder: RunFolder, name: CheckpointName = 'best'): Promise<RunModel> {
  const config = await readNetworkConfig(folder);
  if (!isEnsemble(config)) return singleModel(folder, await loadCheckpoint(folder, name));
  if (name !== 'best')
    throw usageError('checkpoint-of-ensemble', `${folder.path} is an ensemble: it has no ${name} checkpoint.`, {
      hint: `Leave --checkpoint out, or make another ensemble with \`lesionlab ensemble ... --checkpoint ${name}\`.`,
    });
  const used = config.ensemble.members.filter(({ weight }) => weight > 0);
  const members: ModelMember[] = [];
  for (const member of used) members.push(await loadMember(folder, config, member));
  const sha256 = hashMembers(used);
  const lead = leadingMember(members).checkpoint;
  return { name: 'ensemble', epoch: null, sha256, config, members, lead };
}

/** A checkpoint as a model of one member. */
export function singleModel(folder: RunFolder, checkpoint: Checkpoint): RunModel {
  const { name, epoch, sha256, config } = checkpoint;
  return { name, epoch, sha256, config, members: [{ folder, checkpoint, weight: 1 }], lead: checkpoint };
}

/** Identifies an ensemble's weights: the checkpoints with any share in it, and their shares. */
export const hashMembers = (members: readonly Pick<EnsembleMember, 'sha256' | 'weight'>[]): string =>
  createHash('sha256')
    .update(JSON.stringify(members.filter(({ weight }) => weight > 0).map(({ sha256, weight }) => [sha256, weight])))
    .digest('hex');

/** Absolute path of a member's folder. @param run as config.json has it */
export const memberPath = ({ path }: Pick<RunFolder, 'path'>, run: string): string => resolve(path, run);

async function loadMember(
  folder: RunFolder,
  config: EnsembleConfig,
  { run, checkpoint: name, sha256, weight }: EnsembleMember,
): Promise<ModelMember> {
  const path = memberPath(folder, run);
  const hint = 'Put the member back as it was, or make the ensemble again with --overwrite.';
  let member: RunFolder;
  let checkpoint: Checkpoint;
  try {
    member = await openRunFolder(path);
    checkpoint = await loadCheckpoint(member, name);
  } catch (cause) {
    if (!(cause instanceof LesionlabError) || cause.kind !== 'run') throw cause;
    throw runError('ensemble-member', `A member of the ensemble in ${folder.path} can't be used: ${cause.message}`, {
      hint,
      cause,
    });
  }
  if (checkpoint.sha256 !== sha256)
    throw runError(
      'ensemble-member-changed',
      `${checkpoint.path} has changed since the ensemble in ${folder.path} was made: its SHA-256 is ${checkpoint.sha256}, config.json says ${sha256}.`,
      { hint },
    );
  const ids = (of: NetworkConfig) => of.data.classes.map(({ id }) => id).join(' ');
  if (ids(checkpoint.config) !== ids(config))
    throw runError(
      'ensemble-member-changed',
      `${member.config} has the classes ${ids(checkpoint.config)}; expected ${ids(config)}.`,
      { hint },
    );
  return { folder: member, checkpoint, weight };
}
