import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { runError } from '../../errors.js';
import { readJson } from './readJson.js';
import { isTemporaryName } from './temporaryFiles.js';
import { removeWhole, writeFileWhole, writeJson } from './writeFile.js';

const listSchema = z.looseObject({ files: z.array(z.string()) });

/**
 * Writes files into a folder of their own, and a list of them; what the list of an earlier writing names and this one doesn't is removed, and nothing else.
 * @param list name of the list, by which the folder is known as its own
 * @param files by path, relative with slashes
 * @returns the paths written, the list last
 * @throws LesionlabError kind `run` where the folder holds other files and no list, or can't be written
 */
export async function writeOwnFiles(
  folder: string,
  list: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<string[]> {
  const listPath = join(folder, list);
  const before = await ownFiles(folder, list);
  const now = files.map(({ path }) => path);
  // Whoever is interrupted leaves a folder that says what is its own.
  await writeJson(listPath, { files: [...new Set([...before, ...now])] });
  for (const { path, text } of files) await writeFileWhole(join(folder, path), text);
  for (const path of before.filter((name) => !now.includes(name))) await removeWhole(join(folder, path));
  await writeJson(listPath, { files: now });
  return [...now.map((path) => join(folder, path)), listPath];
}

/**
 * What an earlier writing left in a folder; empty where it is new or empty.
 * @throws LesionlabError kind `run` where the folder is not its own
 */
export async function ownFiles(folder: string, list: string): Promise<string[]> {
  const listPath = join(folder, list);
  if (existsSync(listPath)) {
    const { files } = await readJson(listPath, listSchema);
    // A list that was changed must not lead out of its folder.
    return files.filter((path) => !isAbsolute(path) && !path.split(/[\\/]/).includes('..'));
  }
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw runError('not-a-folder', `${folder} cannot be written into: ${cause.message}`, {
      hint: 'Name a new or empty folder.',
      cause,
    });
  });
  if (names.every(isTemporaryName)) return [];
  throw runError('folder-in-use', `${folder} holds other files; lesionlab will not mix its own in.`, {
    hint: 'Name a new or empty folder, or the one that was written before.',
  });
}
