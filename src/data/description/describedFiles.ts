import { dataError, type LesionlabError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { type ImageIndex, indexImages } from '../reading/imageIndex.js';
import type { MetadataTable } from '../reading/metadataTable.js';
import type { StoredFile } from '../storedFile.js';
import type { DatasetDescription } from './descriptionSchema.js';
import { filePattern, pathOf } from './filePatterns.js';
import { badDescription, type DescriptionFile } from './readDescription.js';

/** A description beside the files that it is about. */
export interface DescribedFiles extends DescriptionFile {
  readonly source: DatasetSource;
  /** Folders that the description lies in: paths begin there. */
  readonly above: readonly string[];
  readonly images: ImageIndex;
  /** What is wrong at a key, with its line. */
  fault(path: string, text: string, hint?: string): LesionlabError;
}

/** @param above folders that the description lies in */
export function describedFiles(
  written: DescriptionFile,
  above: readonly string[],
  source: DatasetSource,
): DescribedFiles {
  return {
    ...written,
    source,
    above,
    images: chooseImages(written.description, above, source),
    fault: (path, text, hint) => badDescription(written, [{ path, text }], hint),
  };
}

/** Images but for those that the description ignores, and those beside the folder that it lies in. */
function chooseImages(
  { ignore = [] }: DatasetDescription,
  above: readonly string[],
  { images }: DatasetSource,
): ImageIndex {
  const ignored = ignore.map((pattern) => filePattern(pattern, above));
  const isTaken = (file: StoredFile) =>
    above.every((name, level) => file.folders[level] === name) && !ignored.some((matches) => matches(file));
  return indexImages([...images.images, ...images.unread].filter(isTaken));
}

/**
 * Files of a pattern: one, or with a * all, in the order of their paths; of one path in a folder and in a zip the first.
 * @throws LesionlabError kind `data` where there is none
 */
export function findFiles(
  { source: { files, root }, above, fault }: DescribedFiles,
  pattern: string,
  key: string,
): StoredFile[] {
  // A file without a folder is meant to lie beside the description, unless it only lies elsewhere.
  const matches = filePattern(pattern, above);
  const found = files.filter(matches);
  const beside = found.filter(({ folders }) => folders.length === above.length);
  const several = pattern.includes('*');
  const chosen = several || beside.length === 0 ? found : beside;
  const byPath = new Map<string, StoredFile>();
  for (const file of chosen) if (!byPath.has(pathOf(file))) byPath.set(pathOf(file), file);
  const unique = [...byPath.values()];
  if (unique.length === 0) {
    const paths = files.map((file) => pathOf(file)).filter((path) => !/\.(jpe?g|png|bmp|tiff?|webp)$/i.test(path));
    const near = nearestName(pattern, paths);
    throw fault(
      key,
      `there is no file ${pattern} in ${root}${near ? `; did you mean ${near}?` : `; there are ${some(paths)}`}`,
    );
  }
  if (!several && unique.length > 1)
    throw fault(
      key,
      `there are ${unique.length} files ${pattern}: ${some(unique.map(pathOf))}; give its path, or a * for all of them`,
    );
  return unique;
}

const some = (names: readonly string[]): string =>
  names.length === 0
    ? 'no others than images'
    : names.length <= 6
      ? names.join(', ')
      : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;

/**
 * The place of a column in a table.
 * @throws LesionlabError kind `data` where it has none of the name
 */
export function columnIndex(
  { fault }: Pick<DescribedFiles, 'fault'>,
  table: MetadataTable,
  name: string,
  key: string,
): number {
  const index = table.columns.indexOf(columnName(name));
  if (index >= 0) return index;
  const near = nearestName(name, table.columns);
  throw fault(
    key,
    `there is no column ${name} in ${table.file}${near ? `; did you mean ${near}?` : `; its columns are ${table.columns.map((column) => column || '(no name)').join(', ')}`}`,
  );
}

/** As tables have their names: in lower case, composed. */
export const columnName = (name: string): string => name.trim().toLowerCase().normalize('NFC');

/** @throws LesionlabError kind `data` where there is no readable image */
export function requireImages({ images, source: { root }, file }: DescribedFiles): void {
  if (images.images.length + images.unread.length > 0) return;
  throw dataError('no-images', `There is no image in ${root} or in its zips, but ${file} describes some.`, {
    hint: 'Put the images, or the zips that they came in, into the same folder; `ignore` leaves images out.',
  });
}
