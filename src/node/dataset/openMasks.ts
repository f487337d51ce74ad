import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { sharedImageId } from '../../data/canonicalImageId.js';
import type { Dataset } from '../../data/dataset.js';
import { imageFiles, imageIdOf, maskedImageIdOfFile, type StoredFile } from '../../data/storedFile.js';
import { dataError } from '../../errors.js';
import { fileAt, listFolder } from '../files/folderFiles.js';
import { isZipName, OpenedFiles } from './openedFiles.js';

/**
 * A dataset with lesion masks from another place: pictures that are light inside the lesion, named as the image is, with or without `_mask`
 * or `_segmentation` behind it. Closing its images closes them too.
 * @param path a folder, its zips included, or one zip; the dataset as it is where undefined
 * @throws LesionlabError kind `data` where nothing is there, or no file is a mask of one of the images; the dataset is closed then
 */
export async function withMasks(dataset: Dataset, path: string | undefined): Promise<Dataset> {
  if (path === undefined) return dataset;
  const opened = new OpenedFiles();
  try {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      (cause: NodeJS.ErrnoException) => {
        throw dataError(
          'no-masks',
          cause.code === 'ENOENT' ? `There is no folder or zip ${path}.` : `Cannot read ${path}: ${cause.message}`,
          { hint: 'Name the folder or the zip with the lesion masks.', cause },
        );
      },
    );
    if (isFile && !isZipName(path))
      throw dataError('no-masks', `${path} is neither a folder nor a zip: masks are one file an image.`, {
        hint: 'Name the folder or the zip with the lesion masks.',
      });
    const loose = isFile ? [await fileAt(path)] : await listFolder(path);
    const files = await opened.unpack(isFile ? dirname(resolve(path)) : path, loose);
    const masks = matchMasks(dataset, files, path);
    const { images } = dataset;
    const close = async () => {
      await images.close();
      await opened.close();
    };
    return { ...dataset, images: { ...images, close }, masks: imageFiles(masks, async () => {}) };
  } catch (error) {
    await opened.close();
    await dataset.images.close();
    throw error;
  }
}

/** Masks by the ids of the images that they are of. */
function matchMasks({ records }: Dataset, files: readonly StoredFile[], path: string): Map<string, StoredFile> {
  const found = new Map<string, StoredFile>();
  for (const file of files) {
    const id = maskedImageIdOfFile(file) ?? imageIdOf(file.name);
    if (id !== undefined && !found.has(sharedImageId(id))) found.set(sharedImageId(id), file);
  }
  const matched = records.flatMap(({ imageId }): [string, StoredFile][] => {
    const file = found.get(sharedImageId(imageId));
    return file ? [[imageId, file]] : [];
  });
  if (matched.length > 0) return new Map(matched);
  const some = (ids: Iterable<string>) => [...ids].slice(0, 3).join(', ');
  throw dataError(
    'no-masks',
    found.size === 0
      ? `There is no picture in ${path} that could be a lesion mask.`
      : `None of the ${found.size.toLocaleString('en-US')} pictures in ${path} is a mask of one of the images: there are ${some([...files].flatMap(({ name }) => ((imageIdOf(name) ?? maskedImageIdOfFile({ folders: [], name })) ? [name] : [])))}, the images are ${some(records.map(({ imageId }) => imageId))}.`,
    { hint: 'Name a mask as its image is, with _mask or _segmentation behind it: ISIC_0024306_segmentation.png.' },
  );
}
