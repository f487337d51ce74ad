import { composed } from '../storedFile.js';

/** What tables call the column of the images' ids, in a few languages, the likeliest first. */
export const imageColumnNames: readonly string[] = [
  ...['image_id', 'image', 'isic_id', 'image_name', 'img_id', 'imageid', 'id', 'filename', 'file_name', 'file'],
  ...['filepath', 'image_path', 'path', 'img', 'name'],
  ...['bild', 'bild_id', 'bildname', 'datei', 'dateiname', 'imagen', 'immagine', 'fichier', 'afbeelding'],
];

/** How a table names an image: its id, and the folders that it puts before it. */
export interface NamedImage {
  readonly imageId: string;
  readonly folders: readonly string[];
}

// Also of formats that are not read: whoever converted the images may not have mended the table.
const ending = /\.(jpe?g|jpe|jfif|png|bmp|dib|tiff?|webp|avif|heic|heif|gif|dcm|dicom|jp2)$/i;

const withoutEnding = (name: string): string => (ending.test(name) ? name.replace(ending, '') : name);

/**
 * Image ids of a table's cells: the last part of a path, without an image's ending (`images/X.JPG`, `.\X.png` and `X` are all X). Where one
 * table names two images alike but for their folders, the folders stay part of their ids.
 */
export function nameImages(cells: readonly string[]): NamedImage[] {
  const named = cells.map(nameImage);
  const folderOf = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { imageId, folders } of named) {
    const path = folders.join('/');
    const first = folderOf.get(imageId);
    if (first === undefined) folderOf.set(imageId, path);
    else if (first !== path) ambiguous.add(imageId);
  }
  if (ambiguous.size === 0) return named;
  return named.map(({ imageId, folders }) => ({
    imageId: ambiguous.has(imageId) ? [...folders, imageId].join('/') : imageId,
    folders,
  }));
}

/** Most tables name no folders, and have hundreds of thousands of rows. */
const noFolders: readonly string[] = [];

function nameImage(cell: string): NamedImage {
  const path = composed(cell.trim());
  if (!/[/\\]/.test(path) && path !== '.' && path !== '..') return { imageId: withoutEnding(path), folders: noFolders };
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return { imageId: withoutEnding(parts.pop() ?? ''), folders: parts };
}

/** By what an image is looked up among files: the last part of its id without any image endings (`X.jpg.jpg` is X). */
export function imageKey(imageId: string): string {
  let key = composed(imageId.slice(imageId.lastIndexOf('/') + 1));
  while (ending.test(key)) key = withoutEnding(key);
  return key;
}

/**
 * By what the same photograph is known where datasets took it over under another name: its key without the mark of a reduced copy
 * (`ISIC_0000017_downsampled` of ISIC 2019 is `ISIC_0000017` of 2017).
 */
export const photographKey = (imageId: string): string => imageKey(imageId).replace(/_downsampled$/i, '');
