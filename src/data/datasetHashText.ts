import type { Dataset } from './dataset.js';

/**
 * What a dataset's hash is taken over: image ids, class codes and the CRC-32 of the images' files, in the order of the records. The
 * same for zips and for what they unpack to, whatever the files' dates.
 * @param checksum CRC-32 of an image's file, 8 hexadecimal digits
 * @param form Unicode form of the ids; version 0.1 kept that of the file names, which macOS decomposes
 */
export function datasetHashText(
  { info, records }: Pick<Dataset, 'info' | 'records'>,
  checksum: (imageId: string) => string,
  form: 'NFC' | 'NFD' = 'NFC',
): string {
  return records
    .map(
      ({ imageId, label }) =>
        `${JSON.stringify([imageId.normalize(form), info.classes[label].id.normalize(form), checksum(imageId)])}\n`,
    )
    .join('');
}
