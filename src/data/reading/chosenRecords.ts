import { dataError } from '../../errors.js';
import type { ImageRecord, ImageTypeCount } from '../dataset.js';
import { composed } from '../storedFile.js';
import type { ParsedRecords } from './datasetFormat.js';

type Records = Pick<ParsedRecords, 'records' | 'outside'>;

/** Name of the column that tells kinds of images apart, in formats that know them: `dermoscopic`, `clinical: close-up`. */
export const imageTypeColumn = 'image_type';

/** Of which kind an image is, in lower case; undefined where the data doesn't say. */
function typeOf({ values }: ImageRecord): string | undefined {
  const type = values?.[imageTypeColumn];
  return type === null || type === undefined ? undefined : String(type).toLowerCase();
}

/** Kinds of images that records tell apart, the most frequent first. */
export function countImageTypes(records: readonly ImageRecord[]): ImageTypeCount[] {
  const counts = new Map<string, number>();
  for (const record of records) {
    const type = typeOf(record);
    if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, images]) => ({ type, images })).sort((a, b) => b.images - a.images);
}

/**
 * The records whose image is of one of the kinds asked for: `clinical` takes `clinical: close-up` and `clinical: overview`.
 * @param of which dataset, for messages
 * @throws LesionlabError kind `data` where the dataset tells no kinds apart, or has no image of one that was asked for
 */
export function ofImageTypes(
  { records, outside }: Records,
  imageTypes: readonly string[] | undefined,
  of: { readonly name: string; readonly metadataFile: string },
): Records {
  if (imageTypes === undefined) return { records, outside };
  const counts = countImageTypes(records);
  if (counts.length === 0)
    throw dataError(
      'no-image-types',
      `${of.metadataFile} does not say of which kind images are, so that ${imageTypes.join(' and ')} images can't be chosen (${of.name}).`,
      {
        hint: {
          terminal: 'Leave --image-type out: the dataset has no column image_type.',
          page: 'Take all kinds of images: the dataset has no column image_type.',
        },
      },
    );
  const matches = (type: string, wanted: string) => type === wanted || type.startsWith(`${wanted}:`);
  const wanted = imageTypes.map((type) => type.trim().toLowerCase());
  const unknown = wanted.filter((one) => !counts.some(({ type }) => matches(type, one)));
  if (unknown.length > 0)
    throw dataError('unknown-image-type', `${of.metadataFile} has no image of the kind ${unknown.join(' or ')}.`, {
      hint: `There are ${counts.map(({ type, images }) => `${type} (${images})`).join(', ')}.`,
    });
  const isWanted = (record: ImageRecord) => {
    const type = typeOf(record);
    return type !== undefined && wanted.some((one) => matches(type, one));
  };
  return { records: records.filter(isWanted), outside: outside?.filter(isWanted) };
}

/**
 * The records that have an image, and the ids of those that have none.
 * @throws LesionlabError kind `data` where none has one
 */
export function withImages(
  { records, outside }: Records,
  files: { has(imageId: string): boolean },
  metadataFile: string,
): Records & { readonly absent: readonly string[] } {
  const isThere = ({ imageId }: ImageRecord) => files.has(imageId) || files.has(composed(imageId));
  const there = records.filter(isThere);
  if (there.length === 0)
    throw dataError('no-images', `None of the ${records.length} images in ${metadataFile} is there.`, {
      hint: 'Put the images, or the zips that they came in, into the same folder as the metadata.',
    });
  const absent = [...records, ...(outside ?? [])].filter((record) => !isThere(record)).map(({ imageId }) => imageId);
  return { records: there, outside: outside?.filter(isThere), absent };
}
