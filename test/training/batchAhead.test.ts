import { describe, expect, it } from 'vitest';
import { initialWeights, models } from '../../src/models/index.js';
import type { DeviceTensor, Runtime, Session, TensorLike } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { train } from '../../src/training/train.js';
import { Trainer } from '../../src/training/trainer.js';
import { wave } from '../wave.js';

const [batchSize, side, steps] = [4, 16, 6];
const size = { model: models.lenet, classCount: 3, imageSize: side };

class Uploaded implements DeviceTensor {
  constructor(
    readonly data: Float32Array,
    readonly shape: readonly number[],
    readonly close: () => void,
  ) {}
}

/** The CPU as a device that computes for a while and takes uploads meanwhile, as a graphics card in a page does. */
function slowDevice(log: string[]): Runtime {
  const numbers = new Map<Uploaded, number>();
  const wrap = (session: Session): Session => ({
    ...session,
    upload({ data, shape }: TensorLike) {
      const number = numbers.size + 1;
      log.push(`upload ${number}`);
      // What is uploaded is not touched by what becomes of the array.
      const there: Uploaded = new Uploaded((data as Float32Array).slice(), shape, () =>
        log.push(`given back ${number}`),
      );
      numbers.set(there, number);
      return there;
    },
    async runThere(feeds) {
      if (!('images' in feeds)) return await session.runThere(feeds);
      const { images } = feeds;
      log.push(images instanceof Uploaded ? `step with upload ${numbers.get(images)}` : 'step with data');
      const { data, shape } = images as TensorLike;
      const found = await session.runThere({ ...feeds, images: { data, shape } });
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push('step is over');
      return found;
    },
  });
  return { ...nodeRuntime, open: async (model, options) => wrap(await nodeRuntime.open(model, options)) };
}

async function losses(runtime: Runtime, settings: { readonly mixup?: number } = {}, end = steps): Promise<number[]> {
  const options = {
    ...size,
    ...settings,
    ...{ batchSize, labelSmoothing: 0, weightAveraging: 0, seed: 5, updatesThere: true },
    optimizer: { kind: 'adam', weightDecay: 0 } as const,
    classWeights: [1, 1, 1],
  };
  const trainer = await Trainer.open(runtime, options, initialWeights(size, 0), { threads: 1 });
  const found: number[] = [];
  try {
    let step = 0;
    const plan = { batchSize, stepsPerEpoch: steps, epochEnd: () => steps, batchRows: () => ({}) };
    const events = train({
      trainer,
      training: {
        ...{ epochs: 1, earlyStopping: 0, learningRate: 1e-3, schedule: 'constant', warmUp: 0 },
        ...{ stepEpochs: 1, stepFactor: 1, checkpoint: 'balanced-accuracy' },
      } as never,
      classIds: ['a', 'b', 'c'],
      plan: plan as never,
      batches: {
        async next() {
          const images = wave(batchSize * 3 * side * side, step, 1.5);
          const labels = Int32Array.from({ length: batchSize }, (_, i) => (step + i) % 3);
          return { step: step++, epoch: 0, indices: Int32Array.from([0, 1, 2, 3]), images, labels };
        },
        // Whoever gives a batch back may see it overwritten.
        recycle: ({ images }) => images.fill(Number.NaN),
      },
      recordsPerEpoch: steps,
      validate: async () => {
        throw new Error('the steps are over');
      },
      shouldStop: () => found.length >= end,
    });
    for await (const event of events) if (event.type === 'step') found.push(event.record.loss);
  } catch (error) {
    if ((error as Error).message !== 'the steps are over') throw error;
  } finally {
    await trainer.close();
  }
  return found;
}

describe('the next batch', () => {
  it('is uploaded while the step before is computed, and each is taken once and given back', async () => {
    const log: string[] = [];
    const found = await losses(slowDevice(log));
    expect(found).toHaveLength(steps);
    const later = Array.from({ length: steps - 1 }, (_, i) => [
      `upload ${i + 1}`,
      'step is over',
      ...(i > 0 ? [`given back ${i}`] : []),
      `step with upload ${i + 1}`,
    ]).flat();
    expect(log).toEqual(['step with data', ...later, 'step is over', `given back ${steps - 1}`]);
  });

  it.each([{}, { mixup: 0.4 }])('gives the losses that it gives without: %j', async (settings) => {
    expect(await losses(slowDevice([]), settings)).toEqual(await losses(nodeRuntime, settings));
  });

  it('is given back where the training is stopped before its step', async () => {
    const log: string[] = [];
    await losses(slowDevice(log), {}, 3);
    const uploads = log.filter((line) => line.startsWith('upload'));
    expect(log.filter((line) => line.startsWith('given back'))).toHaveLength(uploads.length);
  });
});
