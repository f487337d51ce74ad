import { existsSync } from 'node:fs';
import { link, lstat, readdir, readFile, realpath, stat, symlink } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { Dataset, ImageRecord } from '../../data/dataset.js';
import { syntheticMarker } from '../../data/formats/syntheticMarker.js';
import { dataError, interruptedError, LesionlabError, runError } from '../../errors.js';
import {
  type LinkKind,
  manifestName,
  type OrganizedFile,
  type OrganizeManifest,
  sha256,
  undoUnfinished,
} from '../dataset/organize.js';
import { holdFolder } from '../files/lease/holdFolder.js';
import { isLeaseName } from '../files/lease/leaseFile.js';
import { makeFolders } from '../files/makeFolders.js';
import { syncFolder } from '../files/syncFolder.js';
import { isTemporaryName } from '../files/temporaryFiles.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';

/** How class folders are made. */
export interface OrganizeOptions {
  /** How the class folders hold the images; default `symbolic`. Images in zips are always copied. */
  readonly link?: LinkKind;
  /** Leave out images that have no file instead of stopping. */
  readonly excludeUnusable?: boolean;
}

/** What was made. */
export interface OrganizeSummary {
  readonly folder: string;
  readonly manifest: string;
  readonly images: number;
  /** Images a class, by class id. */
  readonly perClass: Readonly<Record<string, number>>;
  /** Images by how they were made. */
  readonly made: Readonly<Record<LinkKind, number>>;
  /** Images without a file, left out. */
  readonly excluded: readonly string[];
}

/** Without it nothing in the class folders would tell that nobody's skin is on these images. */
const markerText =
  'The images in this folder are synthetic: lesionlab drew them. They show nobody and train nothing of use.\n';

/** The manifest is brought up to date before this many files at a time, so that an interruption loses track of none. */
const batch = 256;

/**
 * Makes one folder a class with its images, by link or copy. Never overwrites: where a file of that name is there already,
 * nothing is made. What an earlier call made that was killed is taken back first.
 * @throws LesionlabError kind `data` where images are missing; kind `run` where the folder is in the way or can't be written
 */
export async function organizeStep(
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  dataset: Dataset,
  outFolder: string,
  options: OrganizeOptions = {},
): Promise<OrganizeSummary> {
  const isNew = await isMissing(outFolder);
  const note = (message: string) => progress.note(message);
  return await holdFolder(outFolder, { command: 'organize', note }, async () => {
    const takenBack = await undoUnfinished(outFolder, progress);
    return await organizeHeld({ progress, signal }, dataset, outFolder, options, isNew || takenBack);
  });
}

/** Whether there is no folder, or one that a call made which was killed right then. */
async function isMissing(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => undefined);
  return names === undefined || (names.length > 0 && names.every((name) => isLeaseName(name) || isTemporaryName(name)));
}

/** @param madeFolder whether the folder itself goes when all is taken back */
async function organizeHeld(
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
  dataset: Dataset,
  outFolder: string,
  options: OrganizeOptions,
  madeFolder: boolean,
): Promise<OrganizeSummary> {
  const { info, images } = dataset;
  const { records, excluded } = recordsWithFiles(dataset, options.excludeUnusable ?? false);
  const plan = records.map((record) => ({
    record,
    path: `${info.classes[record.label].id}/${fileNameOf(record, images.location(record.imageId))}`,
  }));
  await refuseConflicts(outFolder, [...plan.map(({ path }) => path), ...(info.synthetic ? [syntheticMarker] : [])]);

  const manifestPath = join(outFolder, manifestName);
  const files: OrganizedFile[] = [];
  const marker = new TextEncoder().encode(markerText);
  const folders: string[] = [];
  const save = (finished: boolean) => {
    const manifest: OrganizeManifest = {
      lesionlab: packageInfo.version,
      created: new Date().toISOString(),
      finished,
      dataset: info.name,
      synthetic: info.synthetic,
      classes: info.classes.map(({ id, name }) => ({ id, name })),
      madeFolder,
      folders,
      files,
    };
    return writeJson(manifestPath, manifest);
  };
  // The classes without images get their folder too: a list of folders is then the list of classes.
  folders.push(...info.classes.map(({ id }) => id).filter((id) => !existsSync(join(outFolder, id))));
  if (info.synthetic)
    files.push({ path: syntheticMarker, kind: 'copy', source: dataset.metadataFile, sha256: sha256(marker) });
  const others = files.length;
  await save(false);
  if (info.synthetic) await writeCopy(join(outFolder, syntheticMarker), marker);
  for (const id of folders) await makeFolder(join(outFolder, id));

  const maker = new FileMaker(dataset, options.link ?? 'symbolic', (reason) => progress.note(reason));
  const task = progress.start('Organizing images', plan.length);
  try {
    for (let first = 0; first < plan.length; first += batch) {
      if (signal.aborted)
        throw interruptedError(`Interrupted after ${first} of ${plan.length} images.`, {
          hint: `\`lesionlab organize --undo ${outFolder}\` removes them again.`,
        });
      const part = [];
      for (const { record, path } of plan.slice(first, first + batch)) part.push(await maker.prepare(record, path));
      const before = files.length;
      files.push(...part.map(({ file }) => file));
      await save(false);
      for (const [i, { file, bytes }] of part.entries()) {
        files[before + i] = await maker.make(file, bytes, join(outFolder, file.path));
        task.update(first + i + 1);
      }
    }
    // What the list says is finished is on the disk.
    for (const { id } of info.classes) await syncFolder(join(outFolder, id));
    await save(true);
  } finally {
    task.end();
  }
  const perClass = Object.fromEntries(info.classes.map(({ id }) => [id, 0]));
  for (const { label } of records) perClass[info.classes[label].id]++;
  const made = { symbolic: 0, hard: 0, copy: 0 };
  for (const { kind } of files.slice(others)) made[kind]++;
  return { folder: resolve(outFolder), manifest: manifestPath, images: plan.length, perClass, made, excluded };
}

function recordsWithFiles({ records, images }: Dataset, exclude: boolean) {
  const missing = records.filter(({ imageId }) => !images.has(imageId)).map(({ imageId }) => imageId);
  if (missing.length === 0) return { records, excluded: [] };
  if (!exclude || missing.length === records.length)
    throw dataError('missing-images', `${missing.length} of ${records.length} images have no file.`, {
      details: missing,
      hint: 'Check that all folders or zips of images are there, or go on without these with --exclude-unusable.',
    });
  return { records: records.filter(({ imageId }) => images.has(imageId)), excluded: missing };
}

/** Ids may be paths where a dataset of class folders uses a name twice. */
const fileNameOf = ({ imageId }: ImageRecord, location: string) =>
  imageId.replace(/[/\\]/g, '_') + extname(location).toLowerCase();

async function refuseConflicts(outFolder: string, paths: readonly string[]): Promise<void> {
  if (await exists(join(outFolder, manifestName)))
    throw runError('already-organized', `${outFolder} was organized before.`, {
      hint: `Take that back first (\`lesionlab organize --undo ${outFolder}\`), or name another folder.`,
    });
  const conflicts: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) conflicts.push(`${path}: two images would have this name`);
    seen.add(path);
    if (await exists(join(outFolder, path))) conflicts.push(`${path}: exists already`);
  }
  if (conflicts.length > 0)
    throw runError('would-overwrite', `${conflicts.length} files of ${outFolder} are in the way; nothing was made.`, {
      details: conflicts,
      hint: 'Name an empty or new folder.',
    });
}

async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await makeFolders(path);
  } catch (cause) {
    throw runError('not-writable', `Cannot make the folder ${path}: ${(cause as Error).message}`, {
      hint: 'Name a folder on a disk with space that you may write to.',
      cause,
    });
  }
}

/** Makes one file after the other; where a link isn't possible it copies from then on, and says so once for each reason. */
class FileMaker {
  readonly #dataset: Dataset;
  #kind: LinkKind;
  readonly #note: (reason: string) => void;
  #saidZips = false;

  constructor(dataset: Dataset, kind: LinkKind, note: (reason: string) => void) {
    this.#dataset = dataset;
    this.#kind = kind;
    this.#note = note;
  }

  async prepare(record: ImageRecord, path: string): Promise<{ file: OrganizedFile; bytes?: Uint8Array }> {
    const source = this.#dataset.images.location(record.imageId);
    if (this.#kind !== 'copy') {
      if (await isFile(source)) return { file: { path, kind: this.#kind, source: await realpath(source) } };
      if (!this.#saidZips) this.#note('Images inside zips cannot be linked to: they are copied.');
      this.#saidZips = true;
    }
    const bytes = await this.#dataset.images.read(record.imageId);
    return { file: { path, kind: 'copy', source, sha256: sha256(bytes) }, bytes };
  }

  async make(file: OrganizedFile, bytes: Uint8Array | undefined, target: string): Promise<OrganizedFile> {
    try {
      if (file.kind === 'symbolic') await symlink(file.source, target);
      else if (file.kind === 'hard') await link(file.source, target);
      else await writeCopy(target, bytes!);
      return file;
    } catch (cause) {
      const { code, message } = (cause instanceof LesionlabError ? cause.cause : cause) as NodeJS.ErrnoException;
      if (file.kind !== 'copy' && code !== undefined && ['EPERM', 'EXDEV', 'ENOTSUP', 'EMLINK'].includes(code)) {
        if (this.#kind !== 'copy')
          this.#note(`A ${file.kind} link can't be made here (${code}): images are copied instead.`);
        this.#kind = 'copy';
        const content = await readFile(file.source);
        return this.make({ ...file, kind: 'copy', sha256: sha256(content) }, content, target);
      }
      throw runError('not-writable', `Cannot make ${target}: ${message}`, {
        hint: 'What was made so far can be taken back with `lesionlab organize --undo`.',
        cause,
      });
    }
  }
}

/** Writes a new file whole. @throws Error with the code EEXIST where there is one */
async function writeCopy(target: string, bytes: Uint8Array): Promise<void> {
  if (await exists(target))
    throw Object.assign(new Error(`EEXIST: file already exists, '${target}'`), { code: 'EEXIST' });
  await writeFileWhole(target, bytes);
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
