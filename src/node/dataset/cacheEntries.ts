import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheNotWritable, defaultCacheFolder } from '../files/cacheFolder.js';
import { entriesInUse } from '../files/cacheLease.js';
import { contentMemoryFolder } from '../files/contentMemory.js';
import { isAbandoned, isTemporaryName, temporarySuffix } from '../files/temporaryFiles.js';
import { openPreparedFile } from './preparedFile.js';

/** What a file of the cache is. */
export type CacheKind =
  | 'prepared-images'
  | 'image-table'
  | 'features'
  | 'studio-model'
  | 'file-contents'
  | 'earlier-version'
  | 'unfinished';

/** A file of the cache. */
export interface CacheEntry {
  /** Path in the cache folder. */
  readonly name: string;
  readonly kind: CacheKind;
  /** In words. */
  readonly what: string;
  readonly bytes: number;
  /** When it was made, and last used: milliseconds since 1970. */
  readonly made: number;
  readonly lastUsed: number;
  /** Whether a process that runs is using it, or writing it. */
  readonly inUse: boolean;
}

/** Which entries are to go; all that aren't in use where nothing is said. */
export interface PruneChoice {
  /** Those that weren't used for so many days. */
  readonly olderThan?: number;
  /** Those that weren't used for longest, until the others take so many bytes at most. */
  readonly maxSize?: number;
}

const base = '[0-9a-f]{16}-[0-9a-f]{16}';
const kinds: readonly (readonly [RegExp, CacheKind, string])[] = [
  [new RegExp(`^${base}-[a-z0-9-]+\\.u8$`), 'prepared-images', 'prepared images'],
  [new RegExp(`^${base}\\.images$`), 'image-table', 'what is known of images'],
  [/^[0-9a-f]{32}\.features$/, 'features', 'features of a frozen network'],
  [/^studio\/[0-9a-f]{32}\.onnx$/, 'studio-model', "a run's model for the studio"],
  [new RegExp(`^${contentMemoryFolder}/[0-9a-f]{16}\\.txt$`), 'file-contents', 'checksums of files in a folder'],
  [
    /^[0-9a-f]{32}\.(u8|json|u8\.[0-9a-f]+\.tmp)$/,
    'earlier-version',
    'of an earlier version, which this one does not read',
  ],
];

/**
 * What the cache holds, those that were used last first. Files that are not lesionlab's are not listed.
 * @throws LesionlabError kind `run` where the folder can't be read
 */
export async function listCache(folder: string = defaultCacheFolder()): Promise<CacheEntry[]> {
  const used = entriesInUse(folder);
  const entries: CacheEntry[] = [];
  for (const below of ['', 'studio', contentMemoryFolder]) {
    for (const name of await namesIn(join(folder, below))) {
      const path = join(folder, below, name);
      const found = await stat(path).catch(() => undefined); // Another process may have just removed it.
      if (!found?.isFile()) continue;
      const entry = await describe(path, below === '' ? name : `${below}/${name}`, found, used);
      if (entry) entries.push(entry);
    }
  }
  return entries.sort((a, b) => b.lastUsed - a.lastUsed || (a.name < b.name ? -1 : 1));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cacheNotWritable(folder, cause as Error);
  }
}

async function describe(
  path: string,
  name: string,
  { size: bytes, mtimeMs, atimeMs }: Stats,
  used: ReadonlySet<string>,
): Promise<CacheEntry | undefined> {
  const times = { bytes, made: mtimeMs, lastUsed: Math.max(atimeMs, mtimeMs) };
  if (isTemporaryName(basename(name))) {
    const inUse = !(await isAbandoned(dirname(path), basename(name)));
    return {
      name,
      kind: 'unfinished',
      what: inUse ? 'being written' : 'left by a process that ended',
      ...times,
      inUse,
    };
  }
  const known = kinds.find(([pattern]) => pattern.test(name));
  if (!known) return undefined;
  const [, kind, what] = known;
  return {
    name,
    kind,
    what: kind === 'prepared-images' ? describePrepared(path) : what,
    ...times,
    inUse: used.has(name),
  };
}

function describePrepared(path: string): string {
  try {
    const { description, close } = openPreparedFile(path);
    close();
    const { images, imageSize, fit } = description;
    return `${images} images at ${imageSize} px (${fit})`;
  } catch {
    return 'prepared images, damaged';
  }
}

/** What would go, without removing it. @param now milliseconds since 1970 */
export function chooseForPruning(
  entries: readonly CacheEntry[],
  { olderThan, maxSize }: PruneChoice,
  now: number,
): CacheEntry[] {
  const free = entries.filter(({ inUse }) => !inUse);
  const isWaste = ({ kind }: CacheEntry) => kind === 'unfinished' || kind === 'earlier-version';
  const chosen = new Set(free.filter(isWaste));
  if (olderThan === undefined && maxSize === undefined) for (const entry of free) chosen.add(entry);
  if (olderThan !== undefined)
    for (const entry of free) if (now - entry.lastUsed > olderThan * 86_400_000) chosen.add(entry);
  if (maxSize !== undefined) {
    let bytes = entries.reduce((sum, entry) => sum + (chosen.has(entry) ? 0 : entry.bytes), 0);
    // What is known of images is small, and dear to find out again.
    const rank = ({ kind }: CacheEntry) => (kind === 'image-table' ? 1 : 0);
    for (const entry of [...free].sort((a, b) => rank(a) - rank(b) || a.lastUsed - b.lastUsed)) {
      if (bytes <= maxSize) break;
      if (chosen.has(entry)) continue;
      chosen.add(entry);
      bytes -= entry.bytes;
    }
  }
  // Pixels mean nothing without what is known of their images.
  const kept = new Set(entries.filter((entry) => !chosen.has(entry)).map(({ name }) => name.slice(0, 33)));
  return [...chosen].filter(({ kind, name }) => kind !== 'image-table' || !kept.has(name.slice(0, 33)));
}

/**
 * Removes entries, but for those that a process has begun to use meanwhile.
 * @returns what is gone
 * @throws LesionlabError kind `run` where they can't be removed
 */
export async function removeEntries(
  entries: readonly CacheEntry[],
  folder: string = defaultCacheFolder(),
): Promise<CacheEntry[]> {
  const gone: CacheEntry[] = [];
  for (const entry of entries) {
    try {
      const path = join(folder, entry.name);
      const aside = join(dirname(path), `.${basename(path)}.${temporarySuffix(randomBytes(4).toString('hex'))}`);
      await rename(path, aside);
      // Whoever opens it marks it first: either this is seen here, or the file was gone when it was to be opened.
      if (entriesInUse(folder).has(entry.name)) await rename(aside, path);
      else {
        await rm(aside);
        gone.push(entry);
      }
    } catch (cause) {
      // Another process was quicker.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cacheNotWritable(folder, cause as Error);
    }
  }
  return gone;
}
