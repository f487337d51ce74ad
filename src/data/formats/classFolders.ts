import { dataError } from '../../errors.js';
import type { ClassInfo, DatasetInfo, ImageRecord } from '../dataset.js';
import { imageIdOf, type StoredFile } from '../storedFile.js';
import { ham10000Classes } from './ham10000.js';

/** Class folders as found: what torchvision calls ImageFolder. */
export interface ClassFolders {
  readonly info: DatasetInfo;
  readonly records: ImageRecord[];
  readonly files: ReadonlyMap<string, StoredFile>;
}

// Folders that hold all images of a dataset, rather than those of one class.
const containerName =
  /^(.*[_\- ])?(images?|imgs?|photos?|pictures|input|masks?|segmentations?|part[_\- ]?\d+)([_\- ].*)?$/i;
const splitName = /^(train|training|val|valid|validation|test|testing)$/i;

/**
 * Recognises images in one folder a class and takes the folders' names as classes: in HAM10000's order where all are among
 * its codes, else in alphabetical order. Image ids are the file names, or the paths where a name occurs twice.
 * @param root for messages
 * @returns undefined where the images don't lie in at least two class folders
 * @throws LesionlabError kind `data` where the folders are splits, or not among the `classes` given
 */
export function readClassFolders(
  files: readonly StoredFile[],
  root: string,
  classes?: readonly ClassInfo[],
): ClassFolders | undefined {
  const images = files.filter(({ name }) => imageIdOf(name) !== undefined);
  const inFolders = images.filter(({ folders }) => folders.length > 0);
  if (inFolders.length * 2 <= images.length) return undefined;
  const depth = commonDepth(inFolders);
  const classOf = (file: StoredFile): string | undefined => file.folders[depth];
  const found = [...new Set(inFolders.map(classOf))].filter((name) => name !== undefined).sort();
  if (found.length < 2) return undefined;
  if (found.every((name) => splitName.test(name))) {
    throw dataError(
      'splits-as-classes',
      `The folders ${found.join(', ')} in ${root} look like splits, not like classes.`,
      {
        hint: 'Name the folder of one split, or put all images into one folder a class: lesionlab makes its own split.',
      },
    );
  }
  if (!classes && found.some((name) => containerName.test(name))) return undefined;

  const chosen = classes ?? classesNamed(found);
  const labels = new Map(chosen.map(({ id }, label) => [id, label] as const));
  const unknown = found.filter((name) => !labels.has(name));
  if (unknown.length > 0) {
    throw dataError('unknown-class', `${root}: no class is called ${unknown.join(', ')}.`, {
      hint: `Expected folders named ${chosen.map(({ id }) => id).join(', ')}.`,
    });
  }
  const labelled = inFolders.filter((file) => classOf(file) !== undefined);
  const names = labelled.map(({ name }) => imageIdOf(name)!);
  const unique = new Set(names).size === names.length;
  const byId = new Map<string, StoredFile>();
  const records = labelled.map((file, i): ImageRecord => {
    const imageId = unique ? names[i] : uniqueId([...file.folders.slice(depth), names[i]].join('/'), byId);
    byId.set(imageId, file);
    return { imageId, lesionId: imageId, label: labels.get(classOf(file)!)!, age: null };
  });
  const info: DatasetInfo = { id: 'image-folder', name: 'Class folders', classes: chosen, synthetic: false };
  return { info, records, files: byId };
}

/** HAM10000's classes where all names are among its codes, so that their order and plain names hold; else the names. */
function classesNamed(names: readonly string[]): readonly ClassInfo[] {
  const known = ham10000Classes.filter(({ id }) => names.includes(id));
  return known.length === names.length ? known : names.map((id) => ({ id, name: id }));
}

/** How many folders from the root all files have in common. */
function commonDepth(files: readonly StoredFile[]): number {
  let depth = 0;
  while (files.every(({ folders }) => folders.length > depth && folders[depth] === files[0].folders[depth])) depth++;
  return depth;
}

/** `a/1` a second time (`a/1.jpg` beside `a/1.png`) becomes `a/1-2`. */
function uniqueId(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  return id;
}
