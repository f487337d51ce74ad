import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';

/**
 * SHA-256 (hexadecimal) over image ids, class codes and file fingerprints, in the order of the records: what config.json keeps
 * as `data.sha256`. Reads no image. An image without a file counts as such.
 */
export function hashDataset({ info, records, images }: Pick<Dataset, 'info' | 'records' | 'images'>): string {
  const hash = createHash('sha256');
  for (const { imageId, label } of records) {
    const fingerprint = images.has(imageId) ? images.fingerprint(imageId) : null;
    hash.update(`${JSON.stringify([imageId, info.classes[label].id, fingerprint])}\n`);
  }
  return hash.digest('hex');
}
