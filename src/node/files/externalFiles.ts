import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { LesionlabError, runError } from '../../errors.js';
import { type ExternalFiles, listExternalFiles } from '../../graph/index.js';

/**
 * Reads the files in which an ONNX model keeps its weights, from the model's own folder; those that are not there are left out, and so
 * is everything where the bytes are no model: what uses them says so.
 * @param path of the model @param bytes its contents
 * @throws LesionlabError kind `run` where a name or a link leads out of the folder, or a file can't be read
 */
export async function readExternalFiles(path: string, bytes: Uint8Array): Promise<ExternalFiles> {
  const files = new Map<string, Uint8Array>();
  for (const location of listLocations(path, bytes)) {
    const file = join(dirname(path), location);
    try {
      const folder = await realpath(dirname(path));
      const real = await realpath(file);
      if (!real.startsWith(folder.endsWith(sep) ? folder : folder + sep))
        throw runError('external-location', `${file} is a link to ${real}, outside the folder of ${path}.`, {
          hint: 'Put the file itself beside the model.',
        });
      files.set(location, await readFile(real));
    } catch (cause) {
      if (cause instanceof LesionlabError) throw cause;
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw runError(
        'external-weights',
        `Cannot read ${file}, which holds the weights of ${path}: ${(cause as Error).message}`,
        {
          hint: 'Put the file beside the model, where you may read it.',
          cause,
        },
      );
    }
  }
  return files;
}

function listLocations(path: string, bytes: Uint8Array): readonly string[] {
  try {
    return listExternalFiles(bytes, path);
  } catch (error) {
    if (error instanceof LesionlabError && error.code === 'model-damaged') return [];
    throw error;
  }
}
