import { createHash } from 'node:crypto';
import type { Dataset } from '../../data/dataset.js';
import { datasetHashText } from '../../data/datasetHashText.js';
import type { PreparedFile } from './preparedFile.js';

/** SHA-256 (hexadecimal) of `datasetHashText`: what config.json keeps as `data.sha256`. */
export function hashDataset(
  dataset: Pick<Dataset, 'info' | 'records'>,
  prepared: Pick<PreparedFile, 'checksum'>,
): string {
  const text = datasetHashText(dataset, (imageId) => prepared.checksum(imageId));
  return createHash('sha256').update(text).digest('hex');
}
