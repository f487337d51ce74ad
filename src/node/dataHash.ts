import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';
import type { PreparedFile } from './preparedFile.js';

/**
 * SHA-256 (hexadecimal) over image ids, class codes and the CRC-32 of the images' files, in the order of the records: what
 * config.json keeps as `data.sha256`. The same for zips and for what they unpack to, whatever the files' dates.
 */
export function hashDataset(
  { info, records }: Pick<Dataset, 'info' | 'records'>,
  prepared: Pick<PreparedFile, 'checksum'>,
): string {
  const hash = createHash('sha256');
  for (const { imageId, label } of records)
    hash.update(`${JSON.stringify([imageId, info.classes[label].id, prepared.checksum(imageId)])}\n`);
  return hash.digest('hex');
}
