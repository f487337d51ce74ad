import { sharedImageId } from '../../data/canonicalImageId.js';
import type { ImageRecord, SplitName } from '../../data/dataset.js';
import { dataError } from '../../errors.js';

/** An image that a teacher is known to have: its part there, and what it shows where ids of lesions and patients mean the same there and here. */
export interface TaughtImage {
  readonly imageId: string;
  readonly lesionId?: string;
  readonly patientId?: string;
  readonly split: SplitName;
}

/**
 * Makes sure that a teacher can't tell a student what it knows of images that the student is chosen or tested on: it has learned from none of the validation or
 * test images, nor from others of their lesions and patients, and no choice about it was made on test images.
 * @param splits of each record @param taught the teacher's images @param source of the teacher, for messages
 * @returns how many training images the teacher learned from itself; its answers about these are surer than about new ones
 * @throws LesionlabError kind `data` with the images that it knows
 */
export function requireUntaught(
  records: readonly ImageRecord[],
  splits: readonly SplitName[],
  taught: readonly TaughtImage[],
  source: string,
): { readonly own: number } {
  const learned = keysOf(taught.filter(({ split }) => split === 'train'));
  const chosen = keysOf(taught.filter(({ split }) => split === 'validation'));
  const isAmong = (keys: Set<string>, record: ImageRecord) =>
    [...keysOf([record], keys.size > 0)].some((key) => keys.has(key));
  const known = records.flatMap((record, i) => {
    if (splits[i] === 'train') return [];
    if (isAmong(learned, record))
      return [`${record.imageId}: ${splits[i]} here, the teacher learned from it or from its lesion`];
    return splits[i] === 'test' && isAmong(chosen, record)
      ? [`${record.imageId}: test here, the teacher was chosen by it or by its lesion`]
      : [];
  });
  if (known.length > 0)
    throw dataError(
      'teacher-knows-images',
      `The teacher ${source} knows ${known.length.toLocaleString('en')} images of the validation and test splits: what it tells of them would flatter the network.`,
      {
        details: known,
        hint: {
          terminal:
            'Take a teacher that was trained on the same training split (same data, --split-seed and --ratios), or on none of these images.',
          page: 'Take a teacher that was trained on the same training split, or on none of these images.',
        },
      },
    );
  return { own: records.filter((record, i) => splits[i] === 'train' && isAmong(learned, record)).length };
}

function keysOf(images: readonly Omit<TaughtImage, 'split'>[], needed = true): Set<string> {
  const keys = new Set<string>();
  if (!needed) return keys;
  for (const { imageId, lesionId, patientId } of images) {
    keys.add(`image ${sharedImageId(imageId)}`);
    if (lesionId !== undefined) keys.add(`lesion ${lesionId}`);
    if (patientId !== undefined) keys.add(`patient ${patientId}`);
  }
  return keys;
}
