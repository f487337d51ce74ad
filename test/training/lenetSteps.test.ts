import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeNetwork, models } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import type { Runtime } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { webRuntime } from '../../src/runtime/web.js';
import { Trainer } from '../../src/training/trainer.js';
import { wave } from '../wave.js';

interface Run {
  side: number;
  batch: number;
  optimizer: 'sgd' | 'adam' | 'adamw';
  learningRate: number;
  losses: number[];
  lastLayer: number[];
}
const { runs } = JSON.parse(readFileSync(new URL('../fixtures/lenetSteps.json', import.meta.url), 'utf8')) as {
  runs: Run[];
};

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

async function train(runtime: Runtime, run: Run, weightAveraging = 0) {
  const options = {
    model: models.lenet,
    classCount: 7,
    imageSize: run.side,
    batchSize: run.batch,
    optimizer: { kind: run.optimizer, weightDecay: run.optimizer === 'adamw' ? 0.05 : 0 },
    classWeights: [1.5, 1.0, 0.5, 4.5, 0.5, 0.1, 3.5],
    labelSmoothing: 0,
    weightAveraging,
  };
  const trainer = await Trainer.open(runtime, options, waveWeights(run.side), { threads: 1 });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    const images = wave(run.batch * 3 * run.side ** 2, 10 + step, 1.5);
    const labels = Int32Array.from({ length: run.batch }, (_, i) => (3 * step + i) % 7);
    losses.push((await trainer.step(images, labels, run.learningRate)).loss);
  }
  const lastLayer = [...trainer.store.parameters.views['fc3.weight'].data.slice(0, 20)];
  await trainer.close();
  return { losses, lastLayer };
}

const tolerance = (run: Run) => (run.optimizer === 'sgd' ? 1e-4 : 1e-3);
const label = (run: Run) => `${run.optimizer}, ${run.side} px, batch ${run.batch}`;

describe('five steps of LeNet equal PyTorch', () => {
  it.each(runs.map((run) => [label(run), run] as const))('%s', async (_, run) => {
    const found = await train(nodeRuntime, run);
    run.losses.forEach((loss, i) => {
      expect(Math.abs(found.losses[i] - loss) / loss).toBeLessThan(tolerance(run));
    });
    run.lastLayer.forEach((weight, i) => {
      expect(found.lastLayer[i]).toBeCloseTo(weight, 4);
    });
  });
});

describe('onnxruntime-web', () => {
  it('gives the same losses in WebAssembly', async () => {
    const run = runs[0];
    const { losses } = await train(webRuntime, run);
    run.losses.forEach((loss, i) => {
      expect(Math.abs(losses[i] - loss) / loss).toBeLessThan(1e-4);
    });
  });
});

describe('LeNet', () => {
  it("has the tutorial's number of parameters", () => {
    const network = describeNetwork({ model: models.lenet, classCount: 7, imageSize: 224 });
    expect(network.parameterCount).toBe(5_612_471);
    expect(network.layers.map(({ name }) => name)).toEqual([
      'conv1',
      'conv1.pool',
      'conv2',
      'conv2.pool',
      'fc1',
      'fc2',
      'fc3',
    ]);
  });
});
