import { BlobWriter, configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import { throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import type { CallContext } from '../browser/workerCalls.js';

// Called in a worker already.
configure({ useWebWorkers: false, useCompressionStream: true });

export interface ZipContent {
  /** With slashes. */
  readonly path: string;
  read(): Promise<Uint8Array> | Uint8Array;
}

/** Packs files into a zip, one after the other. @throws LesionlabError kind `interrupted` */
export async function writeZip(
  files: readonly ZipContent[],
  { progress, signal }: Pick<CallContext, 'progress' | 'signal'>,
): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter('application/zip'), { keepOrder: true });
  const task = progress.start('Packing', files.length);
  try {
    for (const [i, { path, read }] of files.entries()) {
      throwIfInterrupted(signal, 'packing files');
      // Images are packed already.
      const level = /\.(png|jpe?g|webp|avif)$/i.test(path) ? 0 : undefined;
      await zip.add(path, new Uint8ArrayReader(await read()), { level });
      task.update(i + 1);
    }
    return await zip.close();
  } finally {
    task.end();
  }
}
