import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type LesionlabError, runError } from '../../errors.js';
import { makeFolders } from './makeFolders.js';

/**
 * Where prepared images are kept: `$LESIONLAB_CACHE`, else `lesionlab` below `$XDG_CACHE_HOME`, `%LOCALAPPDATA%` (Windows) or
 * `~/.cache`.
 */
export function defaultCacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (environment.LESIONLAB_CACHE) return environment.LESIONLAB_CACHE;
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'lesionlab');
  if (platform === 'win32' && environment.LOCALAPPDATA) return join(environment.LOCALAPPDATA, 'lesionlab', 'cache');
  return join(homedir(), '.cache', 'lesionlab');
}

/** Makes the cache folder. @throws LesionlabError kind `run`, at once, where it can't be made or written to */
export async function requireCacheFolder(folder: string = defaultCacheFolder()): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cacheNotWritable(folder, cause as Error);
  }
}

/** What is said where the cache can't be written. */
export function cacheNotWritable(folder: string, cause: Error): LesionlabError {
  return runError('cache-not-writable', `Cannot write prepared images to ${folder}: ${cause.message}`, {
    hint: 'Name a folder that you may write to in the environment variable LESIONLAB_CACHE.',
    cause,
  });
}
