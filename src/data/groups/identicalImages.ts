import { interruptedError } from '../../errors.js';
import { type Progress, silentProgress } from '../../progress.js';
import type { ImageFiles } from '../dataset.js';
import { mapConcurrently } from '../mapConcurrently.js';

/** What the core needs of an AbortSignal. */
export interface Interruption {
  readonly aborted: boolean;
}

/** Files that are read at a time. */
const atATime = 4;

/** @throws LesionlabError kind `interrupted` once the signal is aborted */
export function throwIfInterrupted(signal: Interruption | undefined, what: string): void {
  if (signal?.aborted) throw interruptedError(`Interrupted while ${what}.`);
}

/**
 * Finds images whose files are the same byte by byte. Reads only files that have their size (and, in zips, their CRC-32) in
 * common with another; empty and unreadable files are no one's twin.
 * @param progress hears how many of the files that have their size in common with another are compared
 * @returns sets of two or more image ids, in the order of `imageIds`
 */
export async function findIdenticalImages(
  images: ImageFiles,
  imageIds: readonly string[] = images.imageIds,
  signal?: Interruption,
  progress: Progress = silentProgress,
): Promise<string[][]> {
  const sets: string[][] = [];
  const candidates = groupBy(
    imageIds.filter((id) => images.has(id) && images.byteLength(id) > 0),
    (id) => images.byteLength(id),
  );
  const task = progress.start(
    'Comparing image files',
    candidates.reduce((sum, sameSize) => sum + sameSize.length, 0),
  );
  let done = 0;
  try {
    for (const sameSize of candidates) {
      const marks = await mapConcurrently(sameSize, atATime, async (id) => {
        const mark = await contentMark(images, id, signal);
        task.update(++done);
        return mark;
      });
      // Checksums are only comparable with each other: where some files have none, all are hashed.
      const comparable = marks.every(isChecksum) || !marks.some(isChecksum);
      const hashes = comparable
        ? marks
        : await mapConcurrently(sameSize, atATime, (id) => hashFile(images, id, signal));
      for (const alike of groupBy(sameSize, (_, i) => hashes[i]))
        sets.push(...(await sameBytes(images, alike, signal)));
    }
  } finally {
    task.end();
  }
  const first = new Set(sets.map(([id]) => id));
  const position = new Map<string, number>();
  for (const [i, id] of imageIds.entries()) if (first.has(id)) position.set(id, i);
  return sets.sort((a, b) => position.get(a[0])! - position.get(b[0])!);
}

const isChecksum = (fingerprint: string) => fingerprint.startsWith('crc32-');

/** A checksum where there is one (a zip's, a remembered one, or one that reading gives), else a hash. */
async function contentMark(images: ImageFiles, id: string, signal: Interruption | undefined): Promise<string> {
  if (isChecksum(images.fingerprint(id))) return images.fingerprint(id);
  throwIfInterrupted(signal, 'comparing image files');
  const bytes = await readOrNothing(images, id);
  if (isChecksum(images.fingerprint(id))) return images.fingerprint(id);
  return bytes ? contentHash(bytes) : `unreadable ${id}`;
}

async function hashFile(images: ImageFiles, id: string, signal: Interruption | undefined): Promise<string> {
  throwIfInterrupted(signal, 'comparing image files');
  const bytes = await readOrNothing(images, id);
  return bytes ? contentHash(bytes) : `unreadable ${id}`;
}

/** Compares bytes, of the few whose checksum or hash is the same. */
async function sameBytes(
  images: ImageFiles,
  alike: readonly string[],
  signal: Interruption | undefined,
): Promise<string[][]> {
  throwIfInterrupted(signal, 'comparing image files');
  const first = await readOrNothing(images, alike[0]);
  const same = [alike[0]];
  for (const id of alike.slice(1)) {
    const bytes = await readOrNothing(images, id);
    if (first && bytes && first.length === bytes.length && first.every((byte, i) => byte === bytes[i])) same.push(id);
  }
  return same.length > 1 ? [same] : [];
}

async function readOrNothing(images: ImageFiles, imageId: string): Promise<Uint8Array | undefined> {
  try {
    return await images.read(imageId);
  } catch {
    return undefined;
  }
}

/** Groups of two or more items that have a key in common, items and groups in order. */
function groupBy<T>(items: readonly T[], keyOf: (item: T, index: number) => string | number): T[][] {
  const groups = new Map<string | number, T[]>();
  for (const [i, item] of items.entries()) {
    const key = keyOf(item, i);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Two lanes of FNV-1a, 64 bits: only a sieve, equality is checked byte by byte. */
function contentHash(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i], 0x01000193);
    b = Math.imul(b ^ bytes[i], 0x85ebca6b);
  }
  return `${a}/${b}`;
}
