import { readClassFolders } from '../data/classFolders.js';
import type { ClassInfo, Dataset, DatasetInfo } from '../data/dataset.js';
import { ham10000Info, isic2018Info, syntheticInfo, syntheticMarker } from '../data/ham10000.js';
import { ham10000Records, isic2018Records, type ParsedRecords, recogniseTable } from '../data/metadataFormats.js';
import { parseTable, tableColumns } from '../data/metadataTable.js';
import { imageFiles, imageIdOf, maskedImageIdOf, type StoredFile } from '../data/storedFile.js';
import { dataError } from '../errors.js';
import { listFolder } from './folderFiles.js';
import { openZip, type ZipArchive } from './zipFiles.js';

export interface OpenDatasetOptions {
  /** Classes to use instead of those that the format or the class folders imply. */
  readonly classes?: readonly ClassInfo[];
}

/**
 * Opens a dataset as downloaded: HAM10000's metadata, ISIC 2018's ground truth, or class folders, with images and masks in
 * folders or still in zips. Reads no image; zips stay open until `images.close()`.
 * @throws LesionlabError kind `data` that names the file, row or image at fault
 */
export async function openDataset(folder: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
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
    if (files.length === 0) {
      throw dataError('empty-folder', `${folder} is empty.`, { hint: downloadHint });
    }
    return await datasetOf(folder, files, options, close);
  } catch (error) {
    await close();
    throw error;
  }
}

const downloadHint =
  'Put HAM10000_metadata.csv (or .tab) and the images or their zips into it, or images in one folder a class.';

async function datasetOf(
  folder: string,
  files: readonly StoredFile[],
  { classes }: OpenDatasetOptions,
  close: () => Promise<void>,
): Promise<Dataset> {
  const tables = await findTables(files);
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

  const metadata = await chooseMetadata(tables, new Set(images.map(({ name }) => imageIdOf(name)!)), classes);
  if (metadata) {
    const { table, info, records, hasLesionIds } = metadata;
    if (records.length === 0) {
      throw dataError('no-rows', `${table.location} has a header but no rows.`, { hint: 'Download it again.' });
    }
    if (images.length === 0) {
      throw dataError(
        'no-images',
        `There is no JPEG or PNG in ${folder} or in its zips, but ${table.location} lists ${records.length} images.`,
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
  const inClasses = readClassFolders(files, folder, classes);
  if (inClasses) {
    const { info, records, files: byId } = inClasses;
    return {
      info: described(info),
      records,
      images: imageFiles(byId, close),
      masks,
      metadataFile: folder,
      hasLesionIds: false,
    };
  }
  throw dataError(
    'no-metadata',
    `Found no metadata in ${folder}: no table with the columns image_id and dx, no ISIC 2018 ground truth, and no class folders.`,
    { hint: downloadHint },
  );
}

interface FoundTable {
  readonly file: StoredFile;
  readonly kind: ReturnType<typeof recogniseTable>;
  readonly columns: readonly string[];
}

/** Dataverse hands out HAM10000_metadata without an ending, too. */
const tableName = /\.(csv|tab|tsv)$|metadata$/i;

/** All tables of a known kind; only the beginning of each file is read, since others may be large. */
async function findTables(files: readonly StoredFile[]): Promise<FoundTable[]> {
  const tables: FoundTable[] = [];
  for (const file of files) {
    if (!tableName.test(file.name)) continue;
    const columns = tableColumns(new TextDecoder().decode(await file.readHead(1 << 14)));
    const kind = recogniseTable(columns);
    if (kind !== 'other') tables.push({ file, kind, columns });
  }
  return tables;
}

interface ChosenMetadata extends ParsedRecords {
  readonly table: StoredFile;
  readonly info: DatasetInfo;
}

/**
 * Where a folder holds several tables (HAM10000's and that of its test set, or a copy in another format), the one that
 * describes most of the images wins; among equals HAM10000's format, which says more, then the order of the paths.
 */
async function chooseMetadata(
  tables: readonly FoundTable[],
  imageIds: ReadonlySet<string>,
  classes: readonly ClassInfo[] | undefined,
): Promise<ChosenMetadata | undefined> {
  const candidates = tables.filter(({ kind }) => kind === 'ham10000' || kind === 'isic2018');
  candidates.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'ham10000' ? -1 : 1));
  let best: FoundTable | undefined;
  let mostImages = -1;
  for (const candidate of candidates) {
    const images = candidates.length === 1 ? 0 : await describedImages(candidate, imageIds);
    if (images > mostImages) [best, mostImages] = [candidate, images];
  }
  if (!best) return undefined;
  const table = await readTable(best.file);
  if (best.kind === 'ham10000') return { table: best.file, info: ham10000Info, ...ham10000Records(table, classes) };

  let groupings: StoredFile | undefined;
  let mostGrouped = 0;
  for (const candidate of tables.filter(({ kind }) => kind === 'isic2018-groupings')) {
    const images = await describedImages(
      candidate,
      new Set(table.rows.map(({ cells }) => cells[table.columns.indexOf('image')])),
    );
    if (images > mostGrouped) [groupings, mostGrouped] = [candidate.file, images];
  }
  const parsed = isic2018Records(table, groupings && (await readTable(groupings)), classes);
  return { table: best.file, info: isic2018Info, ...parsed };
}

async function describedImages(table: FoundTable, imageIds: ReadonlySet<string>): Promise<number> {
  const { rows, columns } = await readTable(table.file);
  const column = table.kind === 'ham10000' ? columns.indexOf('image_id') : columns.indexOf('image');
  return rows.filter(({ cells }) => imageIds.has(cells[column])).length;
}

const readTable = async (file: StoredFile) => parseTable(new TextDecoder().decode(await file.read()), file.location);

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
