import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LesionlabError, runError } from '../../errors.js';
import type { RunList, RunSummary } from '../../report/runSummary.js';
import { ownEntries } from '../files/lease/runEntries.js';
import { ablationFiles } from '../run/ablationFiles.js';
import { isRunConfig, type RunFolder, runFolderPaths } from '../run/runFolder.js';
import { findPlans } from './findPlans.js';
import { summariseRunFolder } from './summariseRunFolder.js';

/** The runs below one folder, named by their paths relative to it. */
export interface StudioRuns {
  /** Absolute path of what was named. */
  readonly folder: string;
  /** Whether that is a run itself, the only one that is shown. */
  readonly single: boolean;
  list(): Promise<RunList>;
  /**
   * @param id relative path with `/`
   * @throws LesionlabError code `no-run` for anything that is no run below the folder, links that lead out of it included
   */
  open(id: string): Promise<RunFolder>;
  /**
   * The page of an ablation below the folder.
   * @param id relative path of its folder with `/`
   * @throws LesionlabError code `no-file` for anything that is none, links that lead out of it included
   */
  ablationPage(id: string): Promise<string>;
}

/** Folders of runs may lie in folders, such as the folds of a cross-validation; deeper ones than this are not looked for. */
const deepest = 4;

/** What a run writes itself holds no other runs, nor does a folder of images. */
const withoutRuns = new Set<string>([...ownEntries, 'data', 'node_modules']);

/** @param path a folder with runs in it, or a run itself; need not exist yet */
export async function openStudioRuns(path: string): Promise<StudioRuns> {
  const folder = resolve(path);
  // A run that is named itself is the only one of its folder that is shown.
  const single = (await isRun(folder)) ? basename(folder) : undefined;
  const root = single === undefined ? folder : dirname(folder);
  const begins = (id: string) => single === undefined || id === single || id.startsWith(`${single}/`);

  async function open(id: string): Promise<RunFolder> {
    const names = id.split('/');
    if (names.every(isPlainName) && begins(id)) {
      const realRoot = await realpath(root).catch(() => root);
      const wanted = join(realRoot, ...names);
      // A link on the way makes the two differ.
      if ((await realpath(wanted).catch(() => null)) === wanted && (await isRun(wanted))) return runFolderPaths(wanted);
    }
    throw runError('no-run', `There is no run "${id}" in ${folder}.`, {
      hint: 'It may have been moved or removed since the page was opened: go back to the list of runs.',
    });
  }

  async function ablationPage(id: string): Promise<string> {
    const names = id.split('/');
    const path = join(await realpath(root).catch(() => root), ...names, basename(ablationFiles('')[1]));
    if (names.every(isPlainName) && begins(id) && (await realpath(path).catch(() => null)) === path) return path;
    throw runError('no-file', `There is no page of an ablation in "${id}".`, {
      hint: '`lesionlab ablate` writes it once all its trainings are done.',
    });
  }

  const findAblations = async () => {
    const found: string[] = [];
    for (const id of single === undefined ? await findPlans(root) : [])
      if (await ablationPage(id).catch(() => null)) found.push(id);
    return found;
  };

  return {
    folder,
    single: single !== undefined,
    open,
    ablationPage,
    async list() {
      const ids = single === undefined ? await findRuns(root, [], 0) : [single, ...(await findRuns(root, [single], 1))];
      const runs: RunSummary[] = [];
      const problems: RunList['problems'][number][] = [];
      for (const id of ids) {
        try {
          runs.push(await summariseRunFolder(await open(id), id));
        } catch (error) {
          if (!(error instanceof LesionlabError)) throw error;
          problems.push({ id, message: error.message, hint: error.hintFor('page') });
        }
      }
      const ablations = await findAblations();
      return {
        folder,
        runs: runs.sort((a, b) => (a.created < b.created ? 1 : -1)),
        problems,
        ...(ablations.length > 0 && { ablations }),
      };
    },
  };
}

/** A name that leads nowhere but into the folder it stands in. */
export const isPlainName = (name: string): boolean => !/^\.{0,2}$|[\\/\0]/.test(name);

const isRun = async (folder: string) =>
  (await stat(join(folder, 'config.json')).catch(() => null))?.isFile() === true &&
  (await isRunConfig(join(folder, 'config.json')));

/** Ids of the runs below a folder, not itself. Links are not followed. */
async function findRuns(root: string, names: readonly string[], depth: number): Promise<string[]> {
  if (depth >= deepest) return [];
  const entries = await readdir(join(root, ...names), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || withoutRuns.has(entry.name)) continue;
    const path = [...names, entry.name];
    if (await isRun(join(root, ...path))) found.push(path.join('/'));
    found.push(...(await findRuns(root, path, depth + 1)));
  }
  return found;
}
