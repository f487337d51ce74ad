import type { Dataset, ImageFiles, ImageRecord } from '../../src/data/dataset.js';
import { ham10000Info } from '../../src/data/formats/ham10000.js';
import { Random } from '../../src/random.js';

/** Image files in memory; ids of `files` are listed in their order. */
export function filesInMemory(files: ReadonlyMap<string, Uint8Array>): ImageFiles {
  return {
    imageIds: [...files.keys()],
    has: (id) => files.has(id),
    location: (id) => `memory/${id}.jpg`,
    byteLength: (id) => files.get(id)!.length,
    fingerprint: (id) => `size-${files.get(id)!.length}`,
    read: async (id) => files.get(id)!,
    close: async () => {},
  };
}

/** Every image a file of its own, four bytes with its position. */
export function distinctFiles(records: readonly ImageRecord[]): Map<string, Uint8Array> {
  return new Map(records.map(({ imageId }, i) => [imageId, Uint8Array.of(i >> 16, (i >> 8) & 255, i & 255, 7)]));
}

export function datasetOf(records: readonly ImageRecord[], files = distinctFiles(records)): Dataset {
  return {
    info: ham10000Info,
    records,
    images: filesInMemory(files),
    metadataFile: 'memory/metadata.csv',
    hasLesionIds: true,
  };
}

/** Records with the given numbers of lesions by class, each of 1 to `most` images, in random order. */
export function randomRecords(lesionsByClass: readonly number[], most: number, seed: number): ImageRecord[] {
  const random = new Random(seed, 'records');
  const records: ImageRecord[] = [];
  let lesion = 0;
  for (const [label, lesions] of lesionsByClass.entries()) {
    for (let i = 0; i < lesions; i++) {
      const lesionId = `L${lesion++}`;
      const images = 1 + Math.floor(most * random.next() ** 3);
      for (let image = 0; image < images; image++) {
        records.push({ imageId: `${lesionId}-${image}`, lesionId, label, age: 50 });
      }
    }
  }
  return random.shuffle(records);
}
