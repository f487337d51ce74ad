import { dataError } from '../../errors.js';
import type { Dataset, DatasetInfo } from '../dataset.js';
import { imageFiles, imageIdOf, maskedImageIdOf, type StoredFile } from '../storedFile.js';
import { readClassFolders } from './classFolders.js';
import { chooseMetadata, findTables, onlyTable, type TableOptions } from './datasetTables.js';
import { syntheticInfo, syntheticMarker } from './ham10000.js';

export interface DatasetFilesOptions extends TableOptions {
  /** Name of the one table at the root to read; whichever describes most images where left out. */
  readonly table?: string;
}

const downloadHint =
  'Put HAM10000_metadata.csv (or .tab) and the images or their zips into it, or images in one folder a class.';

/**
 * Makes a dataset of files, wherever they lie: HAM10000's metadata, ISIC 2018's ground truth, or class folders, with images and
 * masks. Reads tables and no image.
 * @param root of the files, for messages @param files loose ones before those in zips, each in the order of their paths
 * @param close closes what the files are read from
 * @throws LesionlabError kind `data` that names the file, row or image at fault
 */
export async function datasetFromFiles(
  root: string,
  files: readonly StoredFile[],
  { table: chosenTable, ...options }: DatasetFilesOptions,
  close: () => Promise<void>,
): Promise<Dataset> {
  if (files.length === 0) throw dataError('empty-folder', `${root} is empty.`, { hint: downloadHint });
  const { classes } = options;
  const tables = onlyTable(await findTables(files), files, chosenTable);
  const images = files.filter(({ name }) => imageIdOf(name) !== undefined);
  const masksById = new Map<string, StoredFile>();
  for (const file of files) {
    const imageId = maskedImageIdOf(file.name);
    if (imageId !== undefined && !masksById.has(imageId)) masksById.set(imageId, file);
  }
  const masks = masksById.size > 0 ? imageFiles(masksById, async () => {}) : undefined;
  const synthetic = files.some(({ name }) => name === syntheticMarker);
  const described = (info: DatasetInfo): DatasetInfo => {
    const withClasses = classes ? { ...info, classes } : info;
    return synthetic ? syntheticInfo(withClasses) : withClasses;
  };

  const metadata = await chooseMetadata(tables, new Set(images.map(({ name }) => imageIdOf(name)!)), options);
  if (metadata) {
    const { table, info, records, hasLesionIds } = metadata;
    if (records.length === 0) {
      throw dataError('no-rows', `${table.location} has a header but no rows.`, { hint: 'Download it again.' });
    }
    if (images.length === 0) {
      throw dataError(
        'no-images',
        `There is no JPEG or PNG in ${root} or in its zips, but ${table.location} lists ${records.length} images.`,
        {
          hint: 'Put the images, or the zips that they came in, into the same folder as the metadata.',
        },
      );
    }
    const byId = filesById(images, new Set(records.map(({ imageId }) => imageId)));
    return {
      info: described(info),
      records,
      images: imageFiles(byId, close),
      masks,
      metadataFile: table.location,
      hasLesionIds,
    };
  }

  const headless = tables.find(({ kind }) => kind === 'ham10000-without-dx');
  if (headless) {
    throw dataError(
      'no-dx-column',
      `${headless.file.location} has no column dx; found ${headless.columns.join(', ')}.`,
      {
        hint: 'The diagnosis of each image stands in dx; download the metadata again if it went missing.',
      },
    );
  }
  const inClasses = readClassFolders(files, root, classes);
  if (inClasses) {
    const { info, records, files: byId } = inClasses;
    return {
      info: described(info),
      records,
      images: imageFiles(byId, close),
      masks,
      metadataFile: root,
      hasLesionIds: false,
    };
  }
  throw dataError(
    'no-metadata',
    `Found no metadata in ${root}: no table with the columns image_id and dx, no ISIC 2018 ground truth, and no class folders.`,
    { hint: downloadHint },
  );
}

/**
 * Files by image id. An image may be there twice (in a zip and unpacked, in Kaggle's two copies of each folder); the first
 * one counts, since loose files come before zipped ones.
 * @throws LesionlabError kind `data` where the two are not the same size: it would not be clear which one is meant
 */
function filesById(images: readonly StoredFile[], wanted: ReadonlySet<string>): Map<string, StoredFile> {
  const byId = new Map<string, StoredFile>();
  const conflicts: string[] = [];
  for (const file of images) {
    const imageId = imageIdOf(file.name)!;
    const earlier = byId.get(imageId);
    if (!earlier) byId.set(imageId, file);
    else if (wanted.has(imageId) && earlier.byteLength !== file.byteLength) {
      conflicts.push(`image ${imageId} is there twice and differs: ${earlier.location} and ${file.location}`);
    }
  }
  if (conflicts.length > 0) {
    const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : '';
    throw dataError('ambiguous-image', `${conflicts[0][0].toUpperCase()}${conflicts[0].slice(1)}${more}.`, {
      hint: 'Keep one version of each image in the folder.',
      details: conflicts,
    });
  }
  return byId;
}
