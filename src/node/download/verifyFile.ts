import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dataError, LesionlabError } from '../../errors.js';
import { FolderFile } from '../files/folderFiles.js';
import { openZip } from '../files/zipFiles.js';
import { downloadInterrupted } from './httpClient.js';
import type { RemoteFile } from './source.js';

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** Hears how many bytes were looked at. */
  readonly onBytes: (bytes: number) => void;
}

/** What a file on the disk was found to be. */
export interface Verified {
  readonly bytes: number;
  readonly sha256: string;
  /** What its contents were held against, in words. */
  readonly by: string;
}

/**
 * Holds a file's contents against what was published of it: size and checksum, or, of a zip without one, the checksum of every entry.
 * @throws LesionlabError kind `data` where they differ
 */
export async function verifyFile(file: RemoteFile, path: string, options: VerifyOptions): Promise<Verified> {
  const { size } = await stat(path);
  if (file.bytes !== undefined && size !== file.bytes)
    throw dataError('other-size', `${file.name} has ${size} bytes; ${file.bytes} were published.`);
  const { checksum } = file;
  const sha256 = createHash('sha256');
  const other = checksum?.algorithm === 'md5' ? createHash('md5') : undefined;
  let read = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal: options.signal })) {
      sha256.update(chunk);
      other?.update(chunk);
      read += chunk.length;
      options.onBytes(read);
    }
  } catch (error) {
    throw options.signal.aborted ? downloadInterrupted() : error;
  }
  const digest = sha256.digest('hex');
  if (checksum) {
    const found = other?.digest('hex') ?? digest;
    if (!found.startsWith(checksum.value)) {
      const name = checksum.algorithm === 'md5' ? 'MD5' : 'SHA-256';
      throw dataError(
        'wrong-checksum',
        `${file.name} is not the file that was published: its ${name} is ${found}, not ${checksum.value}.`,
      );
    }
    const part = checksum.value.length < found.length ? `the first ${checksum.value.length} digits of its ` : '';
    return { bytes: size, sha256: digest, by: `${part}${checksum.algorithm === 'md5' ? 'MD5' : 'SHA-256'}` };
  }
  if (!/\.zip$/i.test(file.name)) return { bytes: size, sha256: digest, by: 'its size' };
  await verifyEntries(file, path, options.signal);
  return { bytes: size, sha256: digest, by: 'the checksum of each file in it' };
}

async function verifyEntries(file: RemoteFile, path: string, signal: AbortSignal): Promise<void> {
  const zip = await openZip(new FolderFile(path, [], file.name, await stat(path)));
  try {
    for (const entry of zip.files) {
      if (signal.aborted) throw downloadInterrupted();
      await entry.read();
    }
  } catch (error) {
    if (error instanceof LesionlabError && error.kind === 'interrupted') throw error;
    throw dataError('damaged-zip', `${file.name} is damaged: ${(error as Error).message}`, { cause: error });
  } finally {
    await zip.close();
  }
}
