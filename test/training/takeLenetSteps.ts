import { readFileSync } from 'node:fs';
import { describeNetwork, models } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import type { OpenOptions, Runtime } from '../../src/runtime/index.js';
import { Trainer } from '../../src/training/trainer.js';
import { wave } from '../wave.js';

/** One case of lenetSteps.json: what PyTorch's LeNet did in five steps from the same weights and images. */
export interface LenetRun {
  side: number;
  batch: number;
  optimizer: 'sgd' | 'adam' | 'adamw';
  learningRate: number;
  losses: number[];
  lastLayer: number[];
}

export const lenetRuns: LenetRun[] = JSON.parse(
  readFileSync(new URL('../fixtures/lenetSteps.json', import.meta.url), 'utf8'),
).runs;

function waveWeights(side: number): Weights {
  const { parameters } = describeNetwork({ model: models.lenet, classCount: 7, imageSize: side });
  return new Map(
    parameters.map(({ name, shape }, phase) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const fan = shape.length > 1 ? count / shape[0] : 25;
      return [name, { data: wave(count, phase, 1.5 / Math.sqrt(fan)), shape }];
    }),
  );
}

/** Takes the same five steps with `Trainer`. */
export async function takeLenetSteps(runtime: Runtime, run: LenetRun, open: OpenOptions = {}) {
  const options = {
    model: models.lenet,
    classCount: 7,
    imageSize: run.side,
    batchSize: run.batch,
    optimizer: { kind: run.optimizer, weightDecay: run.optimizer === 'adamw' ? 0.05 : 0 },
    classWeights: [1.5, 1.0, 0.5, 4.5, 0.5, 0.1, 3.5],
    labelSmoothing: 0,
    weightAveraging: 0,
  };
  const trainer = await Trainer.open(runtime, options, waveWeights(run.side), { threads: 1, ...open });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const images = wave(run.batch * 3 * run.side ** 2, 10 + step, 1.5);
    const labels = Int32Array.from({ length: run.batch }, (_, i) => (3 * step + i) % 7);
    losses.push((await trainer.step(images, labels, run.learningRate)).loss);
  }
  await trainer.synchronise();
  const lastLayer = [...trainer.store.parameters.views['fc3.weight'].data.slice(0, 20)];
  await trainer.close();
  return { losses, lastLayer };
}
