import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { datasetFromFiles } from '../../data/formats/datasetFromFiles.js';
import type { TableOptions } from '../../data/formats/datasetTables.js';
import type { StoredFile } from '../../data/storedFile.js';
import { listFolder } from '../files/folderFiles.js';
import { openZip, type ZipArchive } from '../files/zipFiles.js';

export type OpenDatasetOptions = TableOptions;

/**
 * Opens a dataset as downloaded: HAM10000's metadata, ISIC 2018's ground truth, or class folders, with images and masks in
 * folders or still in zips. Reads no image; zips stay open until `images.close()`.
 * @param path the folder, or one table in it (.csv, .tab, .tsv), whose images lie beside it or in folders below
 * @throws LesionlabError kind `data` that names the file, row or image at fault
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const isTable = tableEnding.test(path) && (await isFile(path));
  const folder = isTable ? dirname(path) : path;
  const archives: ZipArchive[] = [];
  const close = async () => {
    await Promise.all(archives.map((archive) => archive.close()));
  };
  try {
    const loose = await listFolder(folder);
    const files: StoredFile[] = [...loose];
    for (const file of loose) {
      if (!/\.zip$/i.test(file.name)) continue;
      const archive = await openZip(file);
      archives.push(archive);
      files.push(...archive.files);
    }
    return await datasetFromFiles(folder, files, { ...options, table: isTable ? basename(path) : undefined }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** A table that is named itself; within a folder Dataverse's name without an ending counts as well. */
const tableEnding = /\.(csv|tab|tsv)$/i;

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
