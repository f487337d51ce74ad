import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { runError } from '../../errors.js';

/**
 * SHA-256 of a file, in hexadecimal.
 * @throws LesionlabError kind `run` where it can't be read
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((cause: NodeJS.ErrnoException) => {
    throw runError(
      'not-readable',
      `Cannot read ${path}: ${cause.code === 'ENOENT' ? 'no such file' : cause.message}.`,
      {
        hint: 'Check the path.',
        cause,
      },
    );
  });
  return hash.digest('hex');
}
