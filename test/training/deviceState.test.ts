import { describe, expect, it } from 'vitest';
import { findModel, initialWeights } from '../../src/models/index.js';
import { withMetadata } from '../../src/models/withMetadata.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import type { OptimizerOptions } from '../../src/training/optimisation/optimizers.js';
import { decaysOnlyWeights } from '../../src/training/optimisation/parameterRuns.js';
import { type StepOptions, Trainer } from '../../src/training/trainer.js';
import type { TrainerOptions } from '../../src/training/trainerOptions.js';
import { noisyImages } from '../noise.js';

const labels = Int32Array.of(0, 1, 2, 1);

function openTrainer(model: string, side: number, changes: Partial<TrainerOptions>) {
  const size = { model: changes.model ?? findModel(model), classCount: 3, imageSize: side };
  const options: TrainerOptions = {
    ...size,
    batchSize: 4,
    optimizer: { kind: 'adam', weightDecay: 0 },
    classWeights: [1, 2, 0.5],
    labelSmoothing: 0.1,
    weightAveraging: 0.9,
    seed: 3,
    ...changes,
  };
  return Trainer.open(nodeRuntime, options, initialWeights(size, 0), { threads: 1 });
}

/** Losses and everything that is learned, of steps with the state here and with the state there. */
async function takeBoth(
  model: string,
  side: number,
  changes: Partial<TrainerOptions>,
  steps: number,
  more: (step: number) => StepOptions,
) {
  const found = [];
  for (const updatesThere of [false, true]) {
    const trainer = await openTrainer(model, side, { ...changes, updatesThere });
    const losses: number[] = [];
    for (let i = 0; i < steps; i++)
      losses.push((await trainer.step(noisyImages(4, side, i), labels, 1e-3 * (i + 1), more(i))).loss);
    await trainer.synchronise();
    found.push({ losses, state: trainer.readState(), weights: trainer.evaluatedWeights() });
    await trainer.close();
  }
  return found;
}

async function expectSame(
  model: string,
  side: number,
  changes: Partial<TrainerOptions>,
  steps = 4,
  more = (_step: number): StepOptions => ({}),
) {
  const [here, there] = await takeBoth(model, side, changes, steps, more);
  there.losses.forEach((loss, i) => {
    expect(Math.abs(loss - here.losses[i]) / here.losses[i]).toBeLessThan(1e-4);
  });
  expect([...there.state.keys()]).toEqual([...here.state.keys()]);
  for (const part of ['state', 'weights'] as const) {
    // A bias before a batch norm has a gradient of noise alone: what is far below all others of its kind says nothing.
    const kindOf = (name: string) => (name.includes('/') ? name.split('/')[0] : name.split('.').at(-1)!);
    const largest = new Map<string, number>();
    const sizeOf = (data: Float32Array) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [name, { data }] of here[part])
      largest.set(kindOf(name), Math.max(largest.get(kindOf(name)) ?? 0, sizeOf(data)));
    for (const [name, { data }] of here[part]) {
      const differences = data.map((value, i) => value - there[part].get(name)!.data[i]);
      const scale = Math.max(sizeOf(data), 1e-3 * largest.get(kindOf(name))!, 1e-30);
      expect(sizeOf(differences) / scale, name).toBeLessThan(1e-2);
    }
  }
}

describe('a training whose state stays where the graph runs learns as one whose state is here', () => {
  const grouped: Partial<OptimizerOptions> = {
    learningRateFactor: (name) => (name.startsWith('fc') ? 2 : 0.5),
    decays: decaysOnlyWeights,
    gradientClipping: 0.5,
  };
  it.each([
    ['sgd', { kind: 'sgd', weightDecay: 0.1, ...grouped }],
    ['adam', { kind: 'adam', weightDecay: 0.1, ...grouped }],
    ['adamw', { kind: 'adamw', weightDecay: 0.1, ...grouped }],
    ['sgd alone', { kind: 'sgd', weightDecay: 0 }],
  ] as const)('%s', (_, optimizer) => expectSame('lenet', 32, { optimizer }));

  it('with the mean of the last steps’ weights', () =>
    expectSame('lenet', 32, { weightAveraging: 0, averagedTail: 0.5 }, 5, () => ({ tail: 2 })));

  it('with a teacher and mixed images', () =>
    expectSame('lenet', 32, { distillation: { share: 0.6, temperature: 3 }, cutmix: 1 }, 4, (step) => ({
      teacher: Array.from({ length: 12 }, (_, i) => ((i + step) % 3 === 0 ? 0.8 : 0.1)),
    })));

  it('with metadata, of all images or of none', () => {
    const model = withMetadata(findModel('lenet'), {
      columns: [{ name: 'age', kind: 'number', mean: 50, std: 10 }],
    });
    return expectSame('lenet', 32, { model }, 4, (step) =>
      step === 2 ? {} : { metadata: Float32Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? i - step : 0)) },
    );
  });

  it('with batch norms, dropout and frozen stages', () =>
    expectSame(
      'mobilenet_v2',
      32,
      { optimizer: { kind: 'sgd', weightDecay: 0 }, trainable: (name) => !/^features\.\d\./.test(name) },
      // Norms over four values make much of the last digit, in which both lowerings differ: from the second step on they part.
      1,
    ));
});

describe('what lies there', () => {
  it('is not read before it was fetched, and goes on from a saved state', async () => {
    const trainer = await openTrainer('lenet', 32, { updatesThere: true });
    const step = async () => (await trainer.step(noisyImages(4, 32, trainer.steps), labels, 1e-3)).loss;
    await step();
    expect(() => trainer.readState()).toThrow(/synchronise/);
    await trainer.synchronise();
    const state = new Map(
      [...trainer.readState()].map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
    );
    const next = await step();
    trainer.restoreState(state, 1);
    expect(await step()).toBe(next);
    await trainer.close();
  });

  it('stays as it was where a loss is no number', async () => {
    const trainer = await openTrainer('lenet', 32, { updatesThere: true });
    const before = new Map([...trainer.evaluatedWeights()].map(([name, { data }]) => [name, data.slice()]));
    const { loss } = await trainer.step(noisyImages(4, 32, 0).fill(Number.NaN), labels, 1e-3);
    expect(loss).toBeNaN();
    await trainer.synchronise();
    for (const [name, { data }] of trainer.evaluatedWeights()) expect(data, name).toEqual(before.get(name));
    await trainer.close();
  });

  it('sends images and a few numbers a step, and the loss and the logits back', async () => {
    const trainer = await openTrainer('lenet', 32, { updatesThere: true });
    const { traffic } = trainer.session;
    const before = { ...traffic };
    await trainer.step(noisyImages(4, 32, 0), labels, 1e-3);
    const [images, targets, rates, logits, loss] = [4 * 3 * 32 * 32, 4 * 3, 4, 4 * 3, 1];
    expect(traffic.up - before.up).toBe(4 * (images + targets + rates));
    expect(traffic.down - before.down).toBe(4 * (logits + loss));
    await trainer.close();
  });
});
