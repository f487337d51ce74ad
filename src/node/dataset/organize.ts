import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { runError } from '../../errors.js';
import type { Progress } from '../../progress.js';
import { holdFolder } from '../files/lease/holdFolder.js';
import { readJson } from '../files/readJson.js';
import { writeJson } from '../files/writeFile.js';

/** Every way in which an image gets into its class folder. */
export const linkKinds = ['symbolic', 'hard', 'copy'] as const;
/** How an image gets into its class folder. */
export type LinkKind = (typeof linkKinds)[number];

/** Lists what organize made, so that it can be taken back exactly. */
export const manifestName = 'lesionlab-organize.json';

const organizedFile = z.object({
  /** Relative to the folder, with forward slashes. */
  path: z.string(),
  kind: z.enum(linkKinds),
  /** Where it came from: a path, or `archive.zip: entry`. */
  source: z.string(),
  /** Of a copy's content. */
  sha256: z.string().optional(),
});
/** A file that was made, and where it is from. */
export type OrganizedFile = z.infer<typeof organizedFile>;

const organizeManifest = z.object({
  lesionlab: z.string(),
  created: z.string(),
  /** False while files are being made, and for ever where that was interrupted. */
  finished: z.boolean(),
  dataset: z.string(),
  synthetic: z.boolean(),
  classes: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Whether the folder itself was made too. */
  madeFolder: z.boolean(),
  /** Class folders made, relative. */
  folders: z.array(z.string()),
  files: z.array(organizedFile),
});
/** What was made in a folder of classes; undoing goes by it. */
export type OrganizeManifest = z.infer<typeof organizeManifest>;

/** What undoing has removed. */
export interface UndoSummary {
  readonly folder: string;
  readonly removed: number;
  /** Files that somebody else had removed before. */
  readonly alreadyGone: number;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Removes what `organizeStep` made in a folder, by its manifest: files that are still as they were made, then the folders
 * that are empty without them. What was changed or added since stays.
 * @throws LesionlabError kind `run` where there is no manifest, or where changed files were kept (all are listed)
 */
export async function undoOrganize(folder: string, progress: Progress): Promise<UndoSummary> {
  const read = () =>
    readJson(join(folder, manifestName), organizeManifest, {
      missing: 'Give the folder that `lesionlab organize <data> --out <folder>` made.',
    });
  // Before the folder is held: for that it would be made.
  const { madeFolder } = await read();
  const note = (message: string) => progress.note(message);
  const undone = await holdFolder(folder, { command: 'organize --undo', note }, async () =>
    takeBack(folder, await read(), progress),
  );
  if (madeFolder) await removeIfEmpty(folder);
  return undone;
}

/**
 * The same for what a call made that ended in between; what is finished stays. The folder is held by whoever calls.
 * @returns whether the folder was made by that call
 */
export async function undoUnfinished(folder: string, progress: Progress): Promise<boolean> {
  const path = join(folder, manifestName);
  if (!existsSync(path)) return false;
  const manifest = await readJson(path, organizeManifest);
  if (manifest.finished) return false;
  progress.note(`An earlier call was ended while it filled ${folder}: what it made is taken back first.`);
  await takeBack(folder, manifest, progress);
  return manifest.madeFolder;
}

async function takeBack(folder: string, manifest: OrganizeManifest, progress: Progress): Promise<UndoSummary> {
  const manifestPath = join(folder, manifestName);
  for (const path of [...manifest.folders, ...manifest.files.map((file) => file.path)]) {
    if (!staysInside(folder, path))
      throw runError('bad-file', `${manifestPath} names ${path}, which is not inside ${folder}; nothing was removed.`);
  }
  const changed: { file: OrganizedFile; reason: string }[] = [];
  let removed = 0;
  let alreadyGone = 0;
  const task = progress.start('Removing', manifest.files.length);
  for (const [index, file] of manifest.files.entries()) {
    const reason = await differenceOf(join(folder, file.path), file, manifest.finished);
    if (reason === 'gone') alreadyGone++;
    else if (reason) changed.push({ file, reason });
    else {
      await unlink(join(folder, file.path));
      removed++;
    }
    task.update(index + 1);
  }
  task.end();
  for (const name of manifest.folders) await removeIfEmpty(join(folder, name));
  if (changed.length > 0) {
    // What is left stays undoable once it is as it was, or can be removed by hand.
    await writeJson(manifestPath, { ...manifest, files: changed.map(({ file }) => file) });
    throw runError('changed-files', `${changed.length} files were changed since they were made; they are kept.`, {
      details: changed.map(({ file, reason }) => `${file.path}: ${reason}`),
      hint: `${removed} unchanged files were removed. Look at the others, and remove them yourself if you don't need them.`,
    });
  }
  await rm(manifestPath);
  return { folder, removed, alreadyGone };
}

function staysInside(folder: string, path: string): boolean {
  const root = resolve(folder);
  return !isAbsolute(path) && resolve(root, path).startsWith(root + sep);
}

/** undefined where the file is as it was made, `gone` where there is none, else in words what is different. */
async function differenceOf(path: string, file: OrganizedFile, finished: boolean): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return 'gone';
  // Where no link can be made, a copy is; a call that was killed then had no time to say so.
  if (!finished && file.kind !== 'copy' && found.isFile() && (await isCopyOf(path, file))) return undefined;
  if (file.kind === 'symbolic') {
    if (!found.isSymbolicLink()) return 'no longer a link';
    return (await readlink(path)) === file.source ? undefined : 'links to something else';
  }
  if (!found.isFile()) return 'no longer a file';
  if (file.kind === 'hard') {
    const source = await stat(file.source).catch(() => undefined);
    const same = source !== undefined && source.ino === found.ino && source.dev === found.dev;
    return same ? undefined : 'no longer the same file as its source';
  }
  return sha256(await readFile(path)) === file.sha256 ? undefined : 'its content was changed';
}

async function isCopyOf(path: string, { source }: OrganizedFile): Promise<boolean> {
  const [own, other] = await Promise.all([path, source].map((file) => readFile(file).catch(() => undefined)));
  return own !== undefined && other !== undefined && own.equals(other);
}

async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names?.length === 0) await rmdir(folder);
}
