import type { Dataset } from './dataset.js';

/**
 * What a dataset's hash is taken over: image ids, class codes and the CRC-32 of the images' files, in the order of the records. The
 * same for zips and for what they unpack to, whatever the files' dates.
 * @param checksum CRC-32 of an image's file, 8 hexadecimal digits
 */
export function datasetHashText(
  { info, records }: Pick<Dataset, 'info' | 'records'>,
  checksum: (imageId: string) => string,
): string {
  return records
    .map(({ imageId, label }) => `${JSON.stringify([imageId, info.classes[label].id, checksum(imageId)])}\n`)
    .join('');
}
