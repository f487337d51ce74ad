import { expect, it } from 'vitest';
import type { ImageRecord } from '../../../src/data/dataset.js';
import type { MetadataEncoding } from '../../../src/data/preparation/metadataInput.js';

import { initialWeights, models } from '../../../src/models/index.js';
import { withMetadata } from '../../../src/models/withMetadata.js';
import { extractFeatures } from '../../../src/node/prediction/imageFeatures.js';
import { predictByMember } from '../../../src/node/prediction/predictRecords.js';
import type { Checkpoint } from '../../../src/node/run/checkpointFile.js';
import { silentProgress } from '../../../src/progress.js';

const side = 16;
const encoding: MetadataEncoding = {
  columns: [
    { name: 'age', kind: 'number', mean: 50, std: 15 },
    { name: 'sex', kind: 'text', values: ['female', 'male'] },
  ],
};
const classes = ['a', 'b', 'c'].map((id) => ({ id, name: id }));
const size = { model: withMetadata(models.lenet, encoding), classCount: 3, imageSize: side };
const context = { progress: silentProgress, signal: new AbortController().signal, threads: 1, device: 'cpu' as const };

/** More than a batch, so that the last one is not full. */
const records = Array.from({ length: 37 }, (_, i) => ({
  ...{ imageId: `image ${i}`, lesionId: `lesion ${i}`, label: i % 3 },
  ...{ age: 20 + i, sex: i % 2 ? 'male' : 'female', localization: 'back' },
})) as unknown as ImageRecord[];

const pixelsOf = (index: number) => Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7 + index * 31) % 256);
const prepared = {
  imageSize: side,
  imageIds: records.map(({ imageId }) => imageId),
  read: (index: number, target: Uint8Array, offset = 0) => target.set(pixelsOf(index), offset),
};
const images = { prepared, preparedIndex: (id: string) => Number(id.split(' ')[1]) };
const data = { ...images, sizedFor: async () => images } as never;

const checkpointWith = (testTimeAugmentation: string) =>
  ({
    ...size,
    weights: initialWeights(size, 3),
    path: 'best.safetensors',
    config: {
      data: { classes },
      metadata: encoding,
      recipe: { evaluation: { testTimeAugmentation } },
      preprocessing: { imageSize: side, fit: 'squash', mean: [0.5, 0.4, 0.6], std: [0.2, 0.3, 0.25] },
    },
  }) as unknown as Checkpoint;

it('keeps what looking again would give: at images as they are, their features, and answers to other tellings', async () => {
  const checkpoint = checkpointWith('flips');
  const older = (record: ImageRecord) => ({ age: record.age! + 40, sex: record.sex });
  const wanted = { of: checkpoint, firstLook: true, tellings: [null, older] };
  const label = 'Looking';
  const { parts, kept } = await predictByMember(context, [{ checkpoint }], data, records, label, undefined, wanted);
  const again = async (told: typeof older | null | undefined, views = 'flips') =>
    (await predictByMember(context, [{ checkpoint: checkpointWith(views) }], data, records, label, told)).parts[0]
      .probabilities;
  const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    expect(a.length).toBe(b.length);
    return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
  };
  expect(largest(parts[0].probabilities, await again(undefined))).toBe(0);
  expect(largest(kept!.firstLook!.probabilities, await again(undefined, 'none'))).toBeLessThan(1e-6);
  expect(largest(kept!.retold[0], await again(null))).toBeLessThan(1e-6);
  expect(largest(kept!.retold[1], await again(older))).toBeLessThan(1e-6);
  // They do differ from what it says otherwise.
  expect(largest(kept!.retold[0], kept!.retold[1])).toBeGreaterThan(1e-4);
  const sets = [{ count: records.length, label, pixelsOf }];
  const [features] = await extractFeatures(context, checkpoint, sets);
  expect(kept!.firstLook!.features.width).toBe(features.width);
  expect(largest(kept!.firstLook!.features.values, features.values)).toBeLessThan(1e-5);
});

it('asks for nothing besides where nothing is wanted', async () => {
  const { kept } = await predictByMember(context, [{ checkpoint: checkpointWith('none') }], data, records, 'Looking');
  expect(kept).toBeUndefined();
});
