import { createHash } from 'node:crypto';
import type { Dataset } from '../../data/dataset.js';
import { datasetHashText } from '../../data/datasetHashText.js';
import type { PreparedFile } from './preparedFile.js';

/** Whether a dataset is the one of a hash; version 0.1 took ids as file names had them, which macOS decomposes. */
export const hasHash = (
  dataset: Pick<Dataset, 'info' | 'records'>,
  prepared: Pick<PreparedFile, 'checksum'>,
  sha256: string,
): boolean => (['NFC', 'NFD'] as const).some((form) => hashDataset(dataset, prepared, form) === sha256);

/** SHA-256 (hexadecimal) of `datasetHashText`: what config.json keeps as `data.sha256`. */
export function hashDataset(
  dataset: Pick<Dataset, 'info' | 'records'>,
  prepared: Pick<PreparedFile, 'checksum'>,
  form?: 'NFC' | 'NFD',
): string {
  const text = datasetHashText(dataset, (imageId) => prepared.checksum(imageId), form);
  return createHash('sha256').update(text).digest('hex');
}
