import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import { mapConcurrently } from '../../../src/data/mapConcurrently.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import {
  generateSyntheticDataset,
  type SyntheticOptions,
  syntheticNotice,
  syntheticTable,
} from '../../../src/data/synthetic/index.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import type { CallContext } from '../browser/workerCalls.js';
import { crc32 } from './crc32.js';
import type { ImagePool } from './imagePool.js';

/**
 * Paints synthetic images, as the files of a folder in HAM10000's layout; they stay in memory (about 60 kB each).
 * @throws LesionlabError kind `usage` for too few images; kind `interrupted`
 */
export async function paintSyntheticFiles(
  options: SyntheticOptions,
  pool: ImagePool,
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
): Promise<StoredFile[]> {
  const dataset = generateSyntheticDataset(options);
  const { rows } = dataset;
  const task = progress.start('Painting synthetic images', rows.length);
  let done = 0;
  try {
    const images = await mapConcurrently(rows, pool.inFlight, async ({ imageId }, index) => {
      throwIfInterrupted(signal, 'painting synthetic images');
      const bytes = await pool.run('paint', { options, index });
      task.update(++done);
      return memoryFile(['HAM10000_images'], `${imageId}.png`, bytes);
    });
    return [
      memoryFile([], 'HAM10000_metadata.csv', toUtf8(syntheticTable(rows))),
      memoryFile([], 'SYNTHETIC.txt', toUtf8(syntheticNotice(dataset.options))),
      ...images,
    ];
  } finally {
    task.end();
  }
}

function memoryFile(folders: readonly string[], name: string, bytes: Uint8Array): StoredFile {
  // A copy: readers may give its memory to a worker.
  const read = async () => bytes.slice();
  return {
    folders,
    name,
    location: [...folders, name].join('/'),
    byteLength: bytes.length,
    fingerprint: `crc32-${crc32(bytes)}-${bytes.length}`,
    read,
    readHead: read,
  };
}
