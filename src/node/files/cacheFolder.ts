import { homedir } from 'node:os';
import { join } from 'node:path';

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
