import { dataError } from '../../errors.js';
import type { ClassInfo, ImageRecord } from '../dataset.js';
import { folderRole } from '../folderNames.js';
import type { DatasetFormat, FormatCandidate, FormatOptions, ParsedRecords } from '../reading/datasetFormat.js';
import type { DatasetSource } from '../reading/datasetSource.js';
import { splitOfName } from '../reading/splitNames.js';
import { composed, imageIdOfFile, isCommonImage, type StoredFile, unreadImageIdOf } from '../storedFile.js';
import { ham10000Classes } from './ham10000.js';

/** Images in one folder a class: what torchvision calls ImageFolder. */
export const classFolders: DatasetFormat = {
  card: {
    id: 'image-folder',
    name: 'Class folders',
    layout:
      'One folder of images for each class, named as the class is called, or such folders below folders named train, validation and test; deeper folders and zips count as well.',
    classes: null,
    groups: 'None: each image counts as a lesion of its own, and only identical files are kept together.',
    officialSplits: 'Folders of splits that the class folders lie in, where there are some.',
    ownData: true,
  },
  columns: [],
  find: (source) => findFolders(source, classFolders),
};

/**
 * Class folders as a candidate of a format, none where there are fewer than two.
 * @param isOf whether the folders' names are those of the format; any are where left out
 */
export function findFolders(
  source: DatasetSource,
  format: DatasetFormat,
  isOf: (names: readonly string[]) => boolean = () => true,
): FormatCandidate[] {
  const found = findSplitFolders(source) ?? findClassFolders(source);
  if (found.names.length < 2 || !isOf(found.names)) return [];
  return [
    {
      format,
      imageIds: async () => found.images.map(({ name }) => name),
      read: async (options) => readClassFolders(source, found, options),
    },
  ];
}

/**
 * The one folder that all images lie in, or parts of it, as a class of its own: nothing to train on, but data that another network can be tested on.
 * Undefined where its name says that it holds a split or images of any kind.
 */
export function oneClassFolder(source: DatasetSource): (FormatCandidate & { readonly name: string }) | undefined {
  const found = findOneClass(source);
  return (
    found && {
      format: classFolders,
      name: found.names[0],
      imageIds: async () => found.images.map(({ name }) => name),
      read: async (options) => readClassFolders(source, found, options),
    }
  );
}

function findOneClass(source: Pick<DatasetSource, 'images'>): FoundFolders | undefined {
  const { names, depth } = findClassFolders(source);
  const severalClasses = names.length > 1 && names.some((name) => folderRole(name) !== 'images');
  if (severalClasses || depth === 0) return undefined;
  const images = imagesInFolders(source);
  const name = images[0].folders[depth - 1];
  return folderRole(name) === undefined ? { names: [name], images, depth: depth - 1 } : undefined;
}

interface FoundFolders {
  /** Names of the class folders, in alphabetical order. */
  readonly names: readonly string[];
  /** Images in them, those of formats that are not read too: they are listed as unusable rather than passed over. */
  readonly images: readonly StoredFile[];
  /** How many folders lie above the class folders. */
  readonly depth: number;
  /** How many lie above the folders of splits that the class folders lie in, if they do. */
  readonly splitDepth?: number;
}

/** Class folders that lie in folders of splits; undefined where the folders inside are no classes, or a folder's name says no split of the three. */
function findSplitFolders(source: Pick<DatasetSource, 'images'>): FoundFolders | undefined {
  const { names: splits, images, depth } = findClassFolders(source);
  if (splits.length < 2 || !splits.every((name) => folderRole(name) === 'split' && splitOfName(name) !== undefined))
    return undefined;
  if (new Set(splits.map(splitOfName)).size < 2 || images.some(({ folders }) => folders.length <= depth + 1))
    return undefined;
  const names = [...new Set(images.map(({ folders }) => folders[depth + 1]))].sort();
  if (names.length < 2 || names.some((name) => folderRole(name) !== undefined)) return undefined;
  return { names, images, depth: depth + 1, splitDepth: depth };
}

/** The folders that would be classes, whatever they are called; no names where the images don't lie in folders. */
export function findClassFolders(source: Pick<DatasetSource, 'images'>): FoundFolders {
  const inFolders = imagesInFolders(source);
  // A class may be all in a format that is not read; but a logo in a folder beside the one of all classes makes that no class.
  const readable = foldersOf(inFolders.filter((file) => imageIdOfFile(file) !== undefined));
  return readable.names.length > 1 ? foldersOf(inFolders, readable.above) : foldersOf(inFolders);
}

/** @param above folders that all of the classes lie in; default those that all files have in common */
function foldersOf(
  files: readonly StoredFile[],
  above = commonFolders(files),
): FoundFolders & { readonly above: readonly string[] } {
  const depth = above.length;
  const images = files.filter(
    ({ folders }) => folders.length > depth && above.every((name, level) => folders[level] === name),
  );
  const names = [...new Set(images.map(({ folders }) => folders[depth]))].sort();
  return { names, images, depth, above };
}

/** Whether every folder's name could be that of a diagnosis: none says that it holds a split, or images of any kind. */
export const namesClasses = (source: Pick<DatasetSource, 'images'>): boolean =>
  findClassFolders(source).names.every((name) => folderRole(name) === undefined);

/** None where most images lie in no folder. */
function imagesInFolders({ images: { images, unread } }: Pick<DatasetSource, 'images'>): StoredFile[] {
  const all = [...images, ...unread];
  const inFolders = all.filter(({ folders }) => folders.length > 0);
  return inFolders.length * 2 > all.length ? inFolders : [];
}

/**
 * Takes the folders' names as classes: in HAM10000's order where all are among its codes, else in alphabetical order. Image ids are the
 * file names, or the paths where a name occurs twice.
 * @throws LesionlabError kind `data` where the folders hold splits or parts of the images, or are not among the `classes` given
 */
function readClassFolders(source: DatasetSource, found: FoundFolders, { classes }: FormatOptions): ParsedRecords {
  const { names, images, depth, splitDepth } = found;
  const { root } = source;
  const given = classes && new Set(classes.map(({ id }) => composed(id)));
  // Whoever names the classes knows which folders they are.
  if (!given || !names.every((name) => given.has(name))) refuseOtherFolders(root, found);
  const chosen = classes ?? classesNamed(names);
  const labels = new Map(chosen.map(({ id }, label) => [composed(id), label] as const));
  const isKnown = (file: StoredFile) => labels.has(file.folders[depth]);
  // Version 0.1 passed over folders with nothing that it could read.
  const own = images.filter((file) => isKnown(file) || isCommonImage(file.name));
  const unknown = new Set(own.filter((file) => !isKnown(file)).map(({ folders }) => folders[depth]));
  if (unknown.size > 0) {
    throw dataError('unknown-class', `${root}: no class is called ${[...unknown].sort().join(', ')}.`, {
      hint: `Expected folders named ${chosen.map(({ id }) => id).join(', ')}.`,
    });
  }
  const files = nameFiles(own, splitDepth ?? depth);
  const records = [...files].map(
    ([imageId, file]): ImageRecord => ({
      imageId,
      lesionId: imageId,
      label: labels.get(file.folders[depth])!,
      age: null,
      ...(splitDepth !== undefined && { officialSplit: splitOfName(file.folders[splitDepth]) }),
    }),
  );
  return { classes: chosen, records, files, hasLesionIds: false };
}

/** Files by image id: their names, or their paths from the class on where a name occurs twice. */
function nameFiles(images: readonly StoredFile[], depth: number): Map<string, StoredFile> {
  const readable = images.flatMap((file) => imageIdOfFile(file) ?? []);
  const unique = new Set(readable).size === readable.length;
  const files = new Map<string, StoredFile>();
  for (const file of images) {
    const id = imageIdOfFile(file) ?? unreadImageIdOf(file)!;
    const plain = unique && !files.has(id);
    files.set(plain ? id : uniqueId([...file.folders.slice(depth), id].join('/'), files), file);
  }
  return files;
}

/** @throws LesionlabError kind `data` where names say that the folders are no classes */
function refuseOtherFolders(root: string, { names, images, depth }: FoundFolders): void {
  const splits = names.filter((name) => folderRole(name) === 'split');
  if (splits.length > 0) {
    const inside = foldersInside(images, depth, splits);
    throw dataError(
      'splits-as-classes',
      `The folders ${names.join(', ')} in ${root} look like splits, not like classes${
        splits.length < names.length ? ` (${splits.join(', ')})` : ''
      }${inside.length > 0 ? `: inside them are folders ${inside.join(', ')}` : ''}.`,
      {
        hint: 'Name the folder of one split in place of the whole, or put all images into one folder a class: lesionlab makes its own split, with identical images on one side.',
      },
    );
  }
  const parts = firstOf(names.filter((name) => folderRole(name) !== undefined));
  if (parts.length > 0)
    throw dataError(
      'no-metadata',
      `Found no metadata in ${root}: no table with the columns image_id and dx, and no class folders, since ${parts.join(', ')} ${
        parts.length === 1 ? 'is named as a folder' : 'are named as folders'
      } of images, not of a diagnosis.`,
      {
        hint: 'Where a table that lies there has the diagnoses, `lesionlab describe <folder>` proposes what its columns mean. Else add it; or, if each folder holds one diagnosis, give each the name of the diagnosis.',
      },
    );
}

/** Names of the folders inside some folders, if they are few. */
function foldersInside(images: readonly StoredFile[], depth: number, names: readonly string[]): string[] {
  const inner = images.flatMap(({ folders }) => (names.includes(folders[depth]) ? (folders[depth + 1] ?? []) : []));
  return firstOf([...new Set(inner)].sort());
}

/** The first few names of a list. */
const firstOf = (names: readonly string[]): string[] =>
  names.length > 10 ? [...names.slice(0, 10), '...'] : [...names];

/** HAM10000's classes where all names are among its codes, so that their order and plain names hold; else the names. */
function classesNamed(names: readonly string[]): readonly ClassInfo[] {
  const known = ham10000Classes.filter(({ id }) => names.includes(id));
  return known.length === names.length ? known : names.map((id) => ({ id, name: id }));
}

/** The folders from the root on that all files have in common. */
function commonFolders(files: readonly StoredFile[]): readonly string[] {
  const [first, ...others] = files.map(({ folders }) => folders);
  const end = first?.findIndex((name, level) => others.some((folders) => folders[level] !== name)) ?? 0;
  return end < 0 ? first : (first?.slice(0, end) ?? []);
}

/** `a/1` a second time (`a/1.jpg` beside `a/1.png`) becomes `a/1-2`. */
function uniqueId(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  return id;
}
