import { renameSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { dataError, LesionlabError, runError } from '../../errors.js';
import type { Progress } from '../../progress.js';
import { checkLease } from '../files/lease/heldFolders.js';
import { holdFolder } from '../files/lease/holdFolder.js';
import { makeFolders } from '../files/makeFolders.js';
import { readJson } from '../files/readJson.js';
import { notWritten, writeJson } from '../files/writeFile.js';
import { formatBytes, formatDuration } from '../machine/formatQuantity.js';
import { type HttpClient, openHttpClient } from './httpClient.js';
import type { PartFile } from './partFile.js';
import type { RemoteFile } from './source.js';
import { type Patience, transferFile } from './transferFile.js';
import { type Verified, verifyFile } from './verifyFile.js';

/** What is kept of a file that was fetched, so that nobody need look through it again. */
const recordSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      url: z.string(),
      bytes: z.number(),
      sha256: z.string(),
      checkedBy: z.string(),
      downloaded: z.string(),
      /** When the file was last changed, in milliseconds: another time, and it is looked through anew. */
      changed: z.number(),
    }),
  ),
});
type DownloadRecord = z.infer<typeof recordSchema>;
type FileRecord = DownloadRecord['files'][string];

/** In the folder: what came from where, with its SHA-256. */
export const recordName = 'lesionlab-download.json';

export interface DownloadOptions extends Patience {
  /** Made where it is missing. */
  readonly folder: string;
  readonly files: readonly RemoteFile[];
  /** A server that has the same files, as `<mirror>/<name>`; they are checked as those of the official homes are. */
  readonly mirror?: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A file that is in the folder, whole and checked. */
export interface DownloadedFile extends FileRecord {
  readonly name: string;
  /** Whether it was there already. */
  readonly known: boolean;
}

/**
 * Brings files into a folder, each whole and checked or not at all; what is there already is not fetched again, and what was begun goes on. One process at a time
 * writes into the folder.
 * @throws LesionlabError kind `data` where a file can't be had, or is not what was published; kind `run` where the disk refuses; kind `interrupted`
 */
export async function downloadFiles(options: DownloadOptions): Promise<DownloadedFile[]> {
  const { folder, mirror } = options;
  const files = mirror === undefined ? options.files : options.files.map((file) => atMirror(file, mirror));
  try {
    await makeFolders(folder);
  } catch (cause) {
    throw notWritten(folder, cause as Error);
  }
  return await holdFolder(folder, { command: 'download' }, async () => {
    const client = openHttpClient({ seconds: options.stallSeconds });
    try {
      const record = await readRecord(folder);
      await requireSpace(folder, files, record);
      const done: DownloadedFile[] = [];
      for (const file of files) done.push(await bring(file, client, record, options));
      return done;
    } finally {
      await client.close();
    }
  });
}

const atMirror = (file: RemoteFile, mirror: string): RemoteFile => ({
  ...file,
  urls: [`${mirror.replace(/\/+$/, '')}/${encodeURIComponent(file.name)}`],
});

async function readRecord(folder: string): Promise<DownloadRecord> {
  const path = join(folder, recordName);
  if ((await sizeOf(path)) === undefined) return { files: {} };
  try {
    return await readJson(path, recordSchema);
  } catch {
    // All that is lost is that files are looked through again.
    return { files: {} };
  }
}

const sizeOf = async (path: string) => (await stat(path).catch(() => undefined))?.size;

/** @throws LesionlabError kind `run` where the disk has less room than what is still to come, as far as sizes are published */
async function requireSpace(folder: string, files: readonly RemoteFile[], record: DownloadRecord): Promise<void> {
  let needed = 0;
  for (const { name, bytes = record.files[name]?.bytes ?? 0 } of files) {
    const path = join(folder, name);
    const there = (await sizeOf(path)) ?? (await sizeOf(`${path}.part`)) ?? 0;
    needed += Math.max(0, bytes - there);
  }
  const { bavail, bsize } = await statfs(folder);
  if (needed > bavail * bsize) {
    throw runError(
      'no-space',
      `${formatBytes(needed)} are still to come, and the disk of ${folder} has room for ${formatBytes(bavail * bsize)}.`,
      { hint: 'Make room, or choose a folder on another disk with --to.' },
    );
  }
}

async function bring(
  file: RemoteFile,
  client: HttpClient,
  record: DownloadRecord,
  options: DownloadOptions,
): Promise<DownloadedFile> {
  const { folder, progress } = options;
  const path = join(folder, file.name);
  if ((await sizeOf(path)) !== undefined) return await takeWhatIsThere(file, path, record, options);
  for (let again = false; ; again = true) {
    const part = await transfer(file, path, client, options);
    let verified: Verified;
    try {
      verified = await verify(file, part.path, options);
    } catch (error) {
      if (!(error instanceof LesionlabError) || error.kind === 'interrupted') throw error;
      await part.remove();
      // Two tries on different servers' parts may not fit; two whole ones that are wrong are what the server has.
      if (!again) {
        progress.note(`${error.message} It is fetched once more.`);
        continue;
      }
      throw dataError(error.code, error.message, {
        hint: `Fetched twice. The file at ${file.urls[0]} may have been replaced, or something between changes it: open the address in a browser.`,
        cause: error,
      });
    }
    await keep(part, path);
    return { name: file.name, known: false, ...(await remember(file, part, path, verified, record, folder)) };
  }
}

async function takeWhatIsThere(
  file: RemoteFile,
  path: string,
  record: DownloadRecord,
  options: DownloadOptions,
): Promise<DownloadedFile> {
  const { size, mtimeMs } = await stat(path);
  const known = record.files[file.name];
  if (known && known.bytes === size && known.changed === mtimeMs) return { name: file.name, known: true, ...known };
  try {
    const verified = await verify(file, path, options);
    const entry = await remember(file, undefined, path, verified, record, options.folder);
    return { name: file.name, known: true, ...entry };
  } catch (error) {
    if (!(error instanceof LesionlabError) || error.kind !== 'data') throw error;
    throw dataError('other-file', `${path} is there already, and is another file: ${error.message}`, {
      hint: 'Move it away, or choose another folder with --to: nothing is overwritten.',
      cause: error,
    });
  }
}

async function transfer(
  file: RemoteFile,
  path: string,
  client: HttpClient,
  options: DownloadOptions,
): Promise<PartFile> {
  const { progress, signal } = options;
  const task = progress.start(`${file.name}, MB`, file.bytes && file.bytes / 1e6);
  let bytes = 0;
  const show = (detail = '') => task.update(Math.round(bytes / 1e5) / 10, detail);
  try {
    return await transferFile(file, path, {
      client,
      signal,
      ...patienceOf(options),
      onBytes(there) {
        bytes = there;
        show();
      },
      onRetry(why, seconds) {
        progress.note(`${why} Trying again in ${formatDuration(seconds)}.`);
      },
    });
  } finally {
    task.end();
  }
}

const patienceOf = ({ tries, firstPause, stallSeconds }: Patience): Patience => ({ tries, firstPause, stallSeconds });

async function verify(file: RemoteFile, path: string, { progress, signal }: DownloadOptions): Promise<Verified> {
  const task = progress.start(`Checking ${file.name}, MB`, ((await sizeOf(path)) ?? 0) / 1e6);
  try {
    return await verifyFile(file, path, { signal, onBytes: (bytes) => task.update(Math.round(bytes / 1e5) / 10) });
  } finally {
    task.end();
  }
}

async function keep(part: PartFile, path: string): Promise<void> {
  try {
    checkLease(path);
    renameSync(part.path, path);
  } catch (cause) {
    throw notWritten(path, cause as Error);
  }
  await part.forgetOrigin();
}

async function remember(
  file: RemoteFile,
  part: PartFile | undefined,
  path: string,
  { bytes, sha256, by }: Verified,
  record: DownloadRecord,
  folder: string,
): Promise<FileRecord> {
  const url = part?.origin?.url ?? file.urls[0];
  const { mtimeMs: changed } = await stat(path);
  const entry = { url, bytes, sha256, checkedBy: by, downloaded: new Date().toISOString(), changed };
  record.files[file.name] = entry;
  await writeJson(join(folder, recordName), record);
  return entry;
}
