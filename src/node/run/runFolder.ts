import { existsSync } from 'node:fs';
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runError, usageError } from '../../errors.js';
import type { RunConfig } from '../../training/recipe/config.js';
import {
  type AnyConfig,
  anyConfig,
  countFolds,
  type EnsembleConfig,
  isEnsemble,
  isJudged,
  type NetworkConfig,
} from '../../training/recipe/ensembleConfig.js';
import { isLeaseName } from '../files/lease/leaseFile.js';
import { runMarker } from '../files/lease/runEntries.js';
import { makeFolders } from '../files/makeFolders.js';
import { readJson } from '../files/readJson.js';
import { isTemporaryName } from '../files/temporaryFiles.js';
import { checkLooks, configuredEntries, markAsRun, removeRun } from './removeRun.js';
import { type RunFolder, runFolderPaths } from './runFolderPaths.js';

export { type EvaluationPaths, type RunFolder, runFolderPaths } from './runFolderPaths.js';

/**
 * Opens the folder of an earlier run.
 * @throws LesionlabError kind `run` where there is no such folder or it holds no run
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const folder = runFolderPaths(path);
  const kind = await kindOf(folder.path);
  if (kind === 'missing') throw runError('no-run-folder', `There is no run folder ${path}.`, { hint: beginHint });
  if (kind === 'file')
    throw runError('not-a-run', `${path} is a file; expected the folder of a run.`, { hint: beginHint });
  if (kind !== 'run' && kind !== 'unconfigured')
    throw runError('not-a-run', `${path} is not the folder of a run: it has no config.json.`, { hint: beginHint });
  return folder;
}

const beginHint = 'Give the folder that `lesionlab run <data> --run <folder>` wrote.';

export interface CreateRunFolderOptions {
  /** Go on with the run that the folder holds; a folder without one begins a new run. */
  readonly resume?: boolean;
  /** Remove what the earlier run wrote (and nothing else), but the log of looks at the test images, then begin anew. */
  readonly overwrite?: boolean;
}

/**
 * Refuses what `createRunFolder` would refuse, without changing anything: for looking at the folder first, then at the
 * data, and only then touching the folder.
 * @returns whether there is a run to resume
 */
export async function checkRunFolder(
  path: string,
  options: CreateRunFolderOptions = {},
): Promise<{ resumes: boolean }> {
  if (options.resume && options.overwrite)
    throw usageError(
      'resume-and-overwrite',
      'A run is either gone on with or replaced: resume and overwrite exclude each other.',
    );
  const root = resolve(path);
  const kind = await kindOf(root);
  if (kind === 'file') throw runError('not-a-folder', `${path} is a file; a run needs a folder.`);
  if (kind === 'run' && !options.resume && !options.overwrite)
    throw runError('run-exists', `${path} already holds a run.`, {
      hint: 'Use --resume to go on with it, --overwrite to replace it, or name another folder with --run.',
    });
  if (kind === 'other')
    throw runError('folder-in-use', `${path} is not empty and holds no run; lesionlab will not mix its files in.`, {
      hint: 'Name an empty or new folder with --run.',
    });
  if (kind === 'run' && options.resume) refuseWithoutConfig(path);
  if (options.overwrite) await checkLooks(runFolderPaths(root));
  await checkWritable(root, path);
  return { resumes: kind === 'run' && options.resume === true };
}

/** @throws LesionlabError kind `run` where a training was configured, and nobody knows how any more */
function refuseWithoutConfig(path: string): void {
  if (existsSync(join(path, 'config.json'))) return;
  const found = configuredEntries(path);
  if (found.length === 0) return;
  throw runError(
    'missing-config',
    `${path} holds what was trained (${found.join(', ')}), but no config.json that says how: it can't be gone on with.`,
    { hint: 'Put its config.json back, name another folder with --run, or begin anew with --overwrite.' },
  );
}

/**
 * Creates the folder of a run, or takes up an earlier one.
 * @throws LesionlabError kind `run` where the folder is in use or can't be written
 */
export async function createRunFolder(
  path: string,
  options: CreateRunFolderOptions = {},
): Promise<RunFolder & { readonly resumes: boolean }> {
  const { resumes } = await checkRunFolder(path, options);
  const folder = runFolderPaths(path);
  // What a call left that was killed before it was configured is of no run, and may be of other settings.
  if (options.overwrite || (await kindOf(folder.path)) === 'unconfigured') await removeRun(folder);
  await markAsRun(folder, { anew: !resumes });
  return { ...folder, resumes };
}

/**
 * Reads config.json, of a trained run or of an ensemble.
 * @throws LesionlabError kind `run` naming the file, and the fields that are wrong
 */
export async function readConfig(folder: RunFolder): Promise<AnyConfig> {
  return readJson(folder.config, anyConfig, {
    missing: 'The run was stopped before it was configured: begin it again with --overwrite.',
  });
}

/**
 * Reads config.json of a run that has networks, its own or its members'.
 * @throws LesionlabError kind `run` as `readConfig` does, and where the folder judges somebody else's classifier
 */
export async function readNetworkConfig(folder: RunFolder): Promise<NetworkConfig> {
  const config = await readConfig(folder);
  if (!isJudged(config)) return config;
  throw runError(
    'is-judged',
    `${folder.path} judges ${config.judged.file}, which somebody else made: it holds no network.`,
    {
      hint: `Judge it again with \`lesionlab evaluate ${config.judged.file} ... --run ${folder.path} --overwrite\`, or name a run that was trained.`,
    },
  );
}

/**
 * Reads config.json of a run that was trained, and so has checkpoints of its own.
 * @throws LesionlabError kind `run` as `readConfig` does, and where the folder holds an ensemble
 */
export async function readTrainedConfig(folder: RunFolder): Promise<RunConfig> {
  const config = await readNetworkConfig(folder);
  if (!isEnsemble(config)) return config;
  throw runError('is-ensemble', `${folder.path} holds an ensemble, which has no network of its own.`, {
    hint: `Name one of its members: ${config.ensemble.members.map(({ run }) => resolve(folder.path, run)).join(', ')}.`,
  });
}

/**
 * Reads config.json of a run that answers with several networks.
 * @throws LesionlabError kind `run` as `readConfig` does, and where the folder holds something else
 */
export async function readEnsembleConfig(folder: RunFolder): Promise<EnsembleConfig> {
  const config = await readNetworkConfig(folder);
  if (isEnsemble(config)) return config;
  throw runError('no-ensemble', `${folder.path} holds one network; expected an ensemble of several.`, {
    hint: 'Name another folder with --run, or replace it with --overwrite.',
  });
}

/** Name of the evaluation of folds that answer together: each image by the network that did not learn from its lesion. */
export const outOfFold = 'out-of-fold';

/**
 * Refuses to look at a run's own images where every one of them taught some of its networks.
 * @throws LesionlabError kind `run`
 */
export function refuseFolds(folder: Pick<RunFolder, 'path'>, config: AnyConfig): void {
  const folds = countFolds(config);
  if (folds === null) return;
  throw runError(
    'all-learned',
    `${folder.path} answers with the networks of ${folds} folds: each of its own images taught some of them, so that answers on these would say nothing.`,
    {
      hint: 'What is known of it is in its report (evaluation/out-of-fold): each image by the network that did not learn from its lesion. Try it on other images: `lesionlab evaluate <run> --data <other data>`.',
    },
  );
}

/** `unconfigured`: marked as a run's, but without what a run is told by, or anything that took work to make. */
type FolderKind = 'missing' | 'file' | 'empty' | 'unconfigured' | 'run' | 'other';

async function kindOf(root: string): Promise<FolderKind> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(root)).isDirectory();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return 'missing';
    // Some part of the path above is a file.
    if (code === 'ENOTDIR') return 'missing';
    throw runError('not-readable', `Cannot read ${root}: ${(cause as Error).message}`, { cause });
  }
  if (!isFolder) return 'file';
  const names = await readdir(root).catch((cause: Error) => {
    throw runError('not-readable', `Cannot read ${root}: ${cause.message}`, { cause });
  });
  if (names.includes(runMarker)) return configuredEntries(root).length > 0 ? 'run' : 'unconfigured';
  if (names.includes('config.json') && (await isRunConfig(join(root, 'config.json')))) return 'run';
  // A process that was killed at once leaves no more than the beginning of its first file.
  return names.every((name) => isTemporaryName(name) || isLeaseName(name)) ? 'empty' : 'other';
}

/** Any program may have a config.json; a run's says which lesionlab wrote it. */
export async function isRunConfig(path: string): Promise<boolean> {
  try {
    return typeof JSON.parse(await readFile(path, 'utf8')).lesionlab === 'string';
  } catch {
    return false;
  }
}

/** Looks at the nearest folder that exists, since the ones below it will be made. */
async function checkWritable(root: string, named: string): Promise<void> {
  let nearest = root;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    if (!(await stat(nearest)).isDirectory())
      throw runError('not-writable', `Cannot make the run folder ${named}: ${nearest} is a file.`, {
        hint: 'Name a folder on a disk with space that you may write to.',
      });
    await access(nearest, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'LesionlabError') throw cause;
    throw runError('not-writable', `Cannot make the run folder ${named}: ${(cause as Error).message}`, {
      hint: 'Name a folder on a disk with space that you may write to.',
      cause,
    });
  }
}

/** Makes a folder inside a run, whole path. @throws LesionlabError kind `run` where it can't be made */
export async function makeFolder(path: string): Promise<string> {
  await makeFolders(path).catch((cause: Error) => {
    throw runError('not-writable', `Cannot make the folder ${path}: ${cause.message}`, { cause });
  });
  return path;
}
