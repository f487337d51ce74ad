import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runError } from '../../errors.js';

const names = ['preprocessor_config.json', 'config.json'];

/**
 * Texts of the files beside a model that may say how it wants its images, by name. Hugging Face's repositories have models in a folder `onnx` below
 * them.
 * @throws LesionlabError kind `run` where one is there and can't be read
 */
export async function readFilesBeside(model: string): Promise<Map<string, string>> {
  const own = dirname(model);
  const folders = basename(own) === 'onnx' ? [own, dirname(own)] : [own];
  const found = new Map<string, string>();
  for (const folder of folders)
    for (const name of names) {
      if (found.has(name)) continue;
      const path = join(folder, name);
      const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
        throw runError('file-unreadable', `${path} can't be read: ${cause.message}`, {
          hint: 'It says how the model wants its images: make it readable, or move it elsewhere.',
          cause,
        });
      });
      if (text !== undefined) found.set(name, text);
    }
  return found;
}
