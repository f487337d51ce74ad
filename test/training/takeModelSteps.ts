import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { findModel } from '../../src/models/index.js';
import type { OpenOptions, Runtime } from '../../src/runtime/index.js';
import { Trainer } from '../../src/training/trainer.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { noisyImages } from '../noise.js';

/** One case of modelSteps.json: what torchvision's model did in five steps from the same weights and images. */
export interface ModelRun {
  model: string;
  side: number;
  batch: number;
  optimizer: 'sgd' | 'adam';
  learningRate: number;
  losses: number[];
  lastLayer: number[];
  /** The first eight of each batch norm. */
  runningMeans: Record<string, number[]>;
  runningVariances: Record<string, number[]>;
}

export const modelRuns: ModelRun[] = JSON.parse(
  readFileSync(new URL('../fixtures/models/modelSteps.json', import.meta.url), 'utf8'),
).runs;

/** Takes the same five steps with `Trainer`, or the first of them. */
export async function takeModelSteps(runtime: Runtime, run: ModelRun, open: OpenOptions = {}, count = 5) {
  const size = { model: findModel(run.model), classCount: 7, imageSize: run.side };
  const options = {
    ...size,
    batchSize: run.batch,
    optimizer: { kind: run.optimizer, weightDecay: 0 },
    classWeights: [1.5, 1.0, 0.5, 4.5, 0.5, 0.1, 3.5],
    labelSmoothing: 0,
    weightAveraging: 0,
    dropout: false,
  };
  const trainer = await Trainer.open(runtime, options, noiseWeights(size), { threads: 1, ...open });
  const losses: number[] = [];
  for (let step = 0; step < count; step++) {
    const images = noisyImages(run.batch, run.side, 10 + step);
    const labels = Int32Array.from({ length: run.batch }, (_, i) => (3 * step + i) % 7);
    losses.push((await trainer.step(images, labels, run.learningRate)).loss);
  }
  await trainer.synchronise();
  const weights = trainer.evaluatedWeights();
  await trainer.close();
  return { losses, weights };
}

/** Largest relative difference between the losses of the steps taken. */
export const lossError = (run: ModelRun, losses: readonly number[]) =>
  Math.max(...losses.map((loss, i) => Math.abs(loss - run.losses[i]) / run.losses[i]));

/** Largest difference between running statistics, relative to the largest of each batch norm. */
export function statisticsError(run: ModelRun, weights: ReadonlyMap<string, { readonly data: Float32Array }>): number {
  let worst = 0;
  for (const [kind, norms] of [
    ['running_mean', run.runningMeans],
    ['running_var', run.runningVariances],
  ] as const) {
    for (const [norm, expected] of Object.entries(norms)) {
      const { data } = weights.get(`${norm}.${kind}`)!;
      const scale = Math.max(...expected.map(Math.abs));
      expected.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(data[i] - value) / scale);
      });
    }
  }
  return worst;
}

/** Five steps give PyTorch's losses, statistics and last layer. */
export async function expectSteps(runtime: Runtime, run: ModelRun): Promise<void> {
  const { losses, weights } = await takeModelSteps(runtime, run);
  const tolerance = run.optimizer === 'sgd' ? 1e-4 : 1e-3;
  expect(lossError(run, losses), 'losses').toBeLessThan(tolerance);
  expect(statisticsError(run, weights), 'statistics').toBeLessThan(tolerance);
  const last = [...weights].filter(([, { shape }]) => shape.length === 2 && shape[0] === 7).at(-1)!;
  run.lastLayer.forEach((weight, i) => {
    expect(last[1].data[i]).toBeCloseTo(weight, 4);
  });
  const counter = [...weights.keys()].find((key) => key.endsWith('num_batches_tracked'));
  expect(counter !== undefined).toBe(Object.keys(run.runningMeans).length > 0);
  if (counter) expect(weights.get(counter)!.data[0]).toBe(5);
}
