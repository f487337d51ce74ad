import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { usageError } from '../../errors.js';
import { describeNetwork } from '../../models/index.js';
import type { EnsembleMember } from '../../training/recipe/ensembleConfig.js';
import { copyFolderWhole } from '../files/writeFile.js';
import { type CheckpointName, loadCheckpoint } from './checkpointFile.js';
import { openRunFolder, type RunFolder, runFolderPaths } from './runFolder.js';
import type { ModelMember } from './runModel.js';

/** A run that is to answer together with others. */
export type OpenedMember = Omit<ModelMember, 'weight'>;

/** Which runs, and the folder that is to be theirs together. */
export interface AskedMembers {
  readonly members: readonly string[];
  readonly run: string;
  readonly checkpoint?: CheckpointName;
}

/** What can be seen without opening anything. @throws LesionlabError kind `usage` for fewer than two members, or one given twice */
export function refuseRepetition({ members, run }: AskedMembers): void {
  if (members.length < 2)
    throw usageError('one-member', 'An ensemble needs at least two runs.', {
      hint: 'Name another: `lesionlab ensemble runs/first runs/second --run runs/ensemble`.',
    });
  const paths = members.map((member) => runFolderPaths(member).path);
  const twice = members.find((_, m) => paths.indexOf(paths[m]) < m);
  if (twice !== undefined)
    throw usageError('member-twice', `${twice} is named twice.`, { hint: 'Name each run once.' });
  if (paths.includes(runFolderPaths(run).path))
    throw usageError('ensemble-in-member', `${run} is a member, and cannot be the ensemble's folder.`, {
      hint: 'Name another folder with --run.',
    });
}

/** Opens each with the checkpoint that is asked for. @throws LesionlabError as `loadCheckpoint` does */
export async function openMembers({ members, checkpoint = 'best' }: AskedMembers): Promise<OpenedMember[]> {
  const opened: OpenedMember[] = [];
  for (const path of members) {
    const folder = await openRunFolder(path);
    opened.push({ folder, checkpoint: await loadCheckpoint(folder, checkpoint) });
  }
  return opened;
}

/** What config.json says of a member, but how well it does. @param folder of the ensemble */
export function describeMember(
  folder: RunFolder,
  { folder: { path }, checkpoint: { name, sha256, model, config } }: OpenedMember,
  weight: number,
): EnsembleMember {
  const { seed, preprocessing, recipe, data } = config;
  const size = { model, classCount: data.classes.length, imageSize: preprocessing.imageSize };
  return {
    run: relative(folder.path, path).split(sep).join('/'),
    checkpoint: name,
    sha256,
    model: model.id,
    parameters: describeNetwork(size).parameterCount,
    seed,
    preprocessing,
    testTimeAugmentation: recipe.evaluation.testTimeAugmentation,
    weight,
  };
}

/** The data is theirs together: what one of them has of its exploration is what the folder of all is given. @param folder of the ensemble */
export async function copyExploration(folder: RunFolder, members: readonly OpenedMember[]): Promise<void> {
  const explored = members.find((member) => existsSync(member.folder.exploration));
  if (explored) await copyFolderWhole(explored.folder.exploration, folder.exploration);
}
