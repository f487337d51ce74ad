import { LesionlabError } from '../../errors.js';
import { imageIdOfFile, listImages, type StoredFile, unreadImageIdOf } from '../storedFile.js';
import { imageKey, type NamedImage, photographKey } from './imageIds.js';

/** Images of a dataset's files by name. */
export interface ImageIndex {
  /** Readable ones, in the order of the files. */
  readonly images: readonly StoredFile[];
  /** Images in formats that are not read. */
  readonly unread: readonly StoredFile[];
  has(imageId: string): boolean;
  /**
   * Files by image id: those of the images that are named, and the others by their own names.
   * @throws LesionlabError kind `data` where one of those named is there twice and differs: it would not be clear which is meant
   */
  match(named: readonly NamedImage[]): Map<string, StoredFile>;
}

/** @param within folder or zip (see `placeOf`) that images are to be taken from, where they are in several */
export function indexImages(files: readonly StoredFile[], within?: string): ImageIndex {
  const inPlace = within === undefined ? files : files.filter((file) => isWithin(placeOf(file), within));
  const { images, unread } = listImages(inPlace);
  const byKey = groupByKey(images, (file) => imageIdOfFile(file)!);
  const unreadByKey = groupByKey(unread, (file) => unreadImageIdOf(file)!);

  const named = (key: string) => byKey.get(key) ?? unreadByKey.get(key);
  const candidatesOf = ({ imageId, folders }: NamedImage): readonly StoredFile[] => {
    // A reduced copy may be there as the whole image.
    const found = named(imageKey(imageId)) ?? named(photographKey(imageId)) ?? [];
    // Its folder is all that tells it from another image of that name.
    const needsFolder = imageId.includes('/');
    if (folders.length === 0 || (found.length < 2 && !needsFolder)) return found;
    const most = Math.max(...found.map((file) => commonEnd(file.folders, folders)));
    return needsFolder && most === 0 ? [] : found.filter((file) => commonEnd(file.folders, folders) === most);
  };

  return {
    images,
    unread,
    has: (imageId) => byKey.has(imageKey(imageId)) || byKey.has(photographKey(imageId)),
    match(named) {
      const idOf = new Map<StoredFile, string>();
      const conflicts: Conflict[] = [];
      for (const image of named) {
        const [first, ...others] = candidatesOf(image);
        if (!first || (idOf.has(first) && imageKey(image.imageId) !== imageIdOfFile(first))) continue;
        // Kaggle's two copies of each folder, or a zip beside what it unpacks to: the first counts, loose files before zipped ones.
        const other = others.find(({ byteLength }) => byteLength !== first.byteLength);
        if (other) conflicts.push({ imageId: image.imageId, files: [first, other] });
        idOf.set(first, image.imageId);
      }
      if (conflicts.length > 0) throw new AmbiguousImages(conflicts);
      const byId = new Map<string, StoredFile>();
      const taken = new Set([...idOf.values()].map(imageKey));
      for (const file of [...images, ...unread]) {
        const id = idOf.get(file);
        if (id !== undefined) byId.set(id, file);
        else {
          // A second copy of an image that is named is no image of its own.
          const own = imageIdOfFile(file);
          if (own !== undefined && !taken.has(imageKey(own)) && !byId.has(own)) byId.set(own, file);
        }
      }
      return byId;
    },
  };
}

function groupByKey(files: readonly StoredFile[], idOf: (file: StoredFile) => string): Map<string, StoredFile[]> {
  const groups = new Map<string, StoredFile[]>();
  for (const file of files) {
    const key = imageKey(idOf(file));
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return groups;
}

/** How many folders two paths have in common, from their ends. */
function commonEnd(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < Math.min(a.length, b.length) && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
}

/** The folder, zip, or folder in a zip that a file lies in, as messages name it. */
export function placeOf({ location, archive }: Pick<StoredFile, 'location' | 'archive'>): string {
  if (archive !== undefined && !/[/\\]/.test(location.slice(archive.length))) return archive;
  return location.replace(/[/\\]?[^/\\]*$/, '') || '.';
}

const isWithin = (place: string, whole: string): boolean =>
  place === whole || whole === '.' || ['/', '\\', ': '].some((separator) => place.startsWith(whole + separator));

interface Conflict {
  readonly imageId: string;
  readonly files: readonly [StoredFile, StoredFile];
}

/** Images are there twice and differ; `places` are the folders or zips to choose from, none where no choice of one tells them apart. */
export class AmbiguousImages extends LesionlabError {
  readonly places: readonly string[];

  constructor(conflicts: readonly Conflict[]) {
    const places = placesToChoose(conflicts);
    const [{ imageId, files }] = conflicts;
    const both = files.map(withSize).join(' and ');
    const message =
      conflicts.length === 1
        ? `Image ${imageId} is there twice and differs: ${both}.`
        : `${conflicts.length} images are there twice and differ, ${imageId} first: ${both}.`;
    super('data', 'ambiguous-image', message, {
      hint:
        places.length > 0 ? `Take the images from ${places.join(' or ')} alone.` : 'Keep one version of each image.',
      details: conflicts.map((conflict) => `image ${conflict.imageId}: ${conflict.files.map(withSize).join(' and ')}`),
    });
    this.places = places;
  }
}

const withSize = ({ location, byteLength }: StoredFile) => `${location} (${byteLength} bytes)`;

/** Where the versions of the images lie, each by the outermost folder or zip that holds only one of them. */
function placesToChoose(conflicts: readonly Conflict[]): string[] {
  const places = new Set<string>();
  for (const { files } of conflicts) {
    const [a, b] = files.map((file) => (placeOf(file) === '.' ? [] : placeOf(file).split(/(: |[/\\])/)));
    let same = 0;
    while (same < Math.min(a.length, b.length) && a[same] === b[same]) same++;
    // One lies above the other, or both in one folder: the upper can't be named without the lower.
    for (const path of [a, b])
      if (path.length > same) places.add(path.slice(0, path[same].length > 1 ? same + 1 : same + 2).join(''));
  }
  return [...places];
}
