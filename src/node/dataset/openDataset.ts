import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { type DatasetFilesOptions, datasetFromFiles } from '../../data/formats/datasetFromFiles.js';
import type { FormatOptions } from '../../data/reading/datasetFormat.js';
import { isHdf5Name } from '../../data/reading/hdf5Images.js';
import { AmbiguousImages } from '../../data/reading/imageIndex.js';
import { composed, type StoredFile } from '../../data/storedFile.js';
import { LesionlabError } from '../../errors.js';
import { type FolderFile, fileAt, listFolder } from '../files/folderFiles.js';
import { isZipName, OpenedFiles } from './openedFiles.js';

/** What the caller knows about a dataset. */
export type OpenDatasetOptions = FormatOptions;

/**
 * Opens a dataset as downloaded, in one of the formats of data/formats/registry.ts: tables or class folders, with images and masks in folders
 * or still in zips. Reads no image; zips stay open until `images.close()`.
 * @param path the folder or zip (or HDF5 file of images), or one table in a folder (.csv, .tab, .tsv), whose images lie beside it or in folders below. A folder or zip of
 *   images alone takes its table from the folder that it lies in, or from the one above that
 * @throws LesionlabError kind `data` that names the file, row or image at fault
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const opened = new OpenedFiles();
  const close = () => opened.close();
  const openZips = (folder: string, loose: readonly FolderFile[]) => opened.unpack(folder, loose);
  const from = (root: string, files: readonly StoredFile[], more: DatasetFilesOptions = options) =>
    datasetFromFiles(root, files, more, close);
  try {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile && isTable(path)) {
      const folder = dirname(path);
      return await from(folder, await openZips(folder, await listFolder(folder)), {
        ...options,
        table: composed(basename(path)),
      });
    }
    const files = await openZips(
      path,
      isFile && (isZipName(path) || isHdf5Name(path)) ? [await fileAt(path)] : await listFolder(path),
    );
    try {
      return await from(path, files);
    } catch (error) {
      if (!(error instanceof LesionlabError) || !withoutMetadata.has(error.code)) throw error;
      return (
        (await fromTableAbove(path, files, (root, all) => from(root, all, { ...options, mustDescribe: true }))) ??
        // What a network is to be tested on may well be of one class.
        (options.anyDiagnosis ? await from(path, files, { ...options, oneClass: true }) : raise(error))
      );
    }
  } catch (error) {
    await close();
    throw error instanceof AmbiguousImages ? withChoice(error, path) : error;
  }
}

/** Says how a command is told which of the images to take. */
function withChoice(error: AmbiguousImages, path: string): LesionlabError {
  const { kind, code, message, details } = error;
  // A folder within a zip can't be given.
  const places = error.places.filter((place) => existsSync(place));
  const hint =
    places.length > 0
      ? `Give ${places.join(' or ')} in place of ${path}, to take the images from there: the table is looked for in the two folders above.`
      : 'Keep one version of each image.';
  return new LesionlabError(kind, code, message, { hint, details, cause: error });
}

/** A table that is named itself; within a folder Dataverse's name without an ending counts as well. */
const isTable = (path: string) => /\.(csv|tab|tsv)$/i.test(path);

/** Codes of errors that say that images are there and nothing tells their diagnoses. */
const withoutMetadata: ReadonlySet<string> = new Set(['no-metadata', 'splits-as-classes']);

/** The images of a folder or zip with a table that lies one or two folders above it; undefined where there is none that describes some of them. */
async function fromTableAbove(
  path: string,
  files: readonly StoredFile[],
  from: (root: string, files: readonly StoredFile[]) => Promise<Dataset>,
): Promise<Dataset | undefined> {
  let folder = resolve(path);
  for (let level = 0; level < 2 && dirname(folder) !== folder; level++) {
    folder = dirname(folder);
    const names = (await readdir(folder).catch(() => [])).filter((name) => isTable(name) || /metadata$/i.test(name));
    const paths = names.sort().map((name) => join(folder, name));
    const tables = await Promise.all(paths.map((table) => fileAt(table).catch(() => undefined)));
    const found = tables.filter((table) => table !== undefined);
    if (found.length === 0) continue;
    try {
      return await from(path, [...found, ...files]);
    } catch (error) {
      if (!(error instanceof LesionlabError) || !withoutMetadata.has(error.code)) throw error;
    }
  }
  return undefined;
}

function raise(error: Error): never {
  throw error;
}
