import { holdFolder } from '../files/lease/holdFolder.js';
import type { StepContext } from '../machine/stepContext.js';
import { openRunFolder, type RunFolder } from './runFolder.js';

/**
 * Opens the folder of a run and does work that writes into it, as the only process that does.
 * @param command as messages name it: `evaluate`
 * @throws LesionlabError kind `run` where there is no such run, or another process writes into it
 */
export async function holdRun<T>(
  { progress }: Pick<StepContext, 'progress'>,
  path: string,
  command: string,
  work: (folder: RunFolder) => Promise<T>,
): Promise<T> {
  const folder = await openRunFolder(path);
  return await holdFolder(folder.path, { command, note: (message) => progress.note(message) }, () => work(folder));
}

/** The same for a folder that may not be there yet, or holds several runs. */
export async function holdNewRun<T>(
  { progress }: Pick<StepContext, 'progress'>,
  path: string,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  return await holdFolder(path, { command, note: (message) => progress.note(message) }, work);
}
