import { describe, expect, it } from 'vitest';
import { findModel, initialWeights, openClassifier } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { drawMix, mixBatch } from '../../src/training/optimisation/mixBatch.js';
import { drawMixShare, mixRows } from '../../src/training/optimisation/mixup.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainerOptions } from '../../src/training/trainerOptions.js';
import { buildTrainingGraph } from '../../src/training/trainingGraph.js';
import { noisyImages } from '../noise.js';

const size = { model: findModel('mobilenet_v2'), classCount: 3, imageSize: 32 };
const weights = initialWeights(size, 0);
const options: TrainerOptions = {
  ...size,
  batchSize: 4,
  optimizer: { kind: 'adam', weightDecay: 0 },
  classWeights: [1, 1, 1],
  labelSmoothing: 0,
  weightAveraging: 0.9,
  seed: 3,
};
const labels = Int32Array.of(0, 1, 2, 1);
const openTrainer = (changes: Partial<TrainerOptions> = {}, from: Weights = weights) =>
  Trainer.open(nodeRuntime, { ...options, ...changes }, from, { threads: 1 });

async function takeSteps(trainer: Trainer, count: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < count; i++) {
    losses.push((await trainer.step(noisyImages(4, 32, trainer.steps), labels, 1e-3)).loss);
  }
  return losses;
}

describe('state', () => {
  it('goes on as if it had not been interrupted: statistics, average, and dropout of the same seed', async () => {
    const straight = await openTrainer();
    await takeSteps(straight, 2);
    // What was read must not change with the next step.
    const state = new Map(
      [...straight.readState()].map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
    );
    const expected = await takeSteps(straight, 2);
    const end = straight.evaluatedWeights();
    await straight.close();

    const resumed = await openTrainer({}, initialWeights(size, 1));
    resumed.restoreState(state, 2);
    expect(await takeSteps(resumed, 2)).toEqual(expected);
    for (const [name, { data }] of resumed.evaluatedWeights()) {
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(end.get(name)!.data.buffer)), name).toBe(0);
    }
    await resumed.close();
    expect(end.get('features.0.1.num_batches_tracked')!.data[0]).toBe(4);
  });

  it('of another model is refused', async () => {
    const trainer = await openTrainer();
    const state = new Map([...trainer.readState()].filter(([name]) => name !== 'statistics/features.18.1.running_var'));
    expect(() => trainer.restoreState(state, 1)).toThrow(
      /"features.18.1.running_var": expected 1280 numbers of shape \[1280\]/,
    );
    await trainer.close();
  });
});

it('says what a batch weighs: the sum of the class weights of its labels', async () => {
  const trainer = await openTrainer({ classWeights: [0.5, 2, 8] });
  expect((await trainer.step(noisyImages(4, 32, 0), labels, 1e-3)).weight).toBe(0.5 + 2 + 8 + 2);
  await trainer.close();
});

describe('a rehearsal', () => {
  it.each([
    ['adam', {}],
    ['adamw, decay, clipping', { optimizer: { kind: 'adamw', weightDecay: 0.1, gradientClipping: 1 } }],
    ['sgd, decay into the gradients, mixup', { optimizer: { kind: 'sgd', weightDecay: 0.1 }, mixup: 0.4 }],
    ['a teacher', { distillation: { share: 0.5, temperature: 2 }, weightAveraging: 0 }],
  ] as [string, Partial<TrainerOptions>][])('leaves nothing behind: %s', async (_, changes) => {
    const teacher = new Float32Array(12).fill(1 / 3);
    const [straight, rehearsed] = [await openTrainer(changes), await openTrainer(changes)];
    for (const round of [1, 2]) await rehearsed.rehearse(noisyImages(4, 32, 90 + round), labels);
    for (const trainer of [straight, rehearsed])
      for (let i = 0; i < 2; i++) await trainer.step(noisyImages(4, 32, i), labels, 1e-3, { teacher });
    const [expected, found] = [straight, rehearsed].map((trainer) => [
      ...trainer.readState(),
      ...trainer.evaluatedWeights(),
    ]);
    expect(found.length).toBe(expected.length);
    for (const [i, [name, { data }]] of expected.entries())
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(found[i][1].data.buffer)), name).toBe(0);
    await expect(rehearsed.rehearse(noisyImages(4, 32, 1), labels)).rejects.toThrow('before the first step');
    await straight.close();
    await rehearsed.close();
  });
});

describe('mixup', () => {
  const lossOf = async (changes: Partial<TrainerOptions>, images: Float32Array, of: Int32Array) => {
    const trainer = await openTrainer({ dropout: false, ...changes });
    const { loss } = await trainer.step(images, of, 1e-3);
    await trainer.close();
    return loss;
  };

  it('trains on mixed images', async () => {
    const same = Int32Array.of(1, 1, 1, 1);
    const given = noisyImages(4, 32, 0);
    const mixed = given.slice();
    mixRows(mixed, 4, drawMixShare(1, 3, 0));
    // Labels that are all alike stay as they are when mixed.
    expect(await lossOf({ mixup: 1 }, given, same)).toBe(await lossOf({}, mixed.slice(), same));
    expect(given).toEqual(mixed);
  });

  it('mixes labels by the same share', async () => {
    // The loss is linear in the targets: on mixed images it is the mean of both labels' losses.
    const share = drawMixShare(1, 3, 0);
    const mixed = noisyImages(4, 32, 0);
    mixRows(mixed, 4, share);
    const own = await lossOf({}, mixed.slice(), labels);
    const other = await lossOf({}, mixed.slice(), labels.toReversed());
    const loss = await lossOf({ mixup: 1 }, noisyImages(4, 32, 0), labels);
    expect(loss).toBeCloseTo(share * own + (1 - share) * other, 5);
    expect(Math.abs(loss - own)).toBeGreaterThan(1e-3);
  });
});

it('trains on images that exchanged squares', async () => {
  const same = Int32Array.of(1, 1, 1, 1);
  const trainer = await openTrainer({ dropout: false, cutmix: 1 });
  const given = noisyImages(4, 32, 0);
  const { loss } = await trainer.step(given, same, 1e-3);
  await trainer.close();
  const cut = noisyImages(4, 32, 0);
  mixBatch(cut, new Float32Array(12), 4, drawMix({ cutmix: 1 }, { seed: 3, step: 0, imageSize: 32 })!);
  expect(given).toEqual(cut);
  const plain = await openTrainer({ dropout: false });
  expect((await plain.step(cut, same, 1e-3)).loss).toBe(loss);
  await plain.close();
});

describe('dropout', () => {
  it('follows the seed, drops its share, and can be switched off', async () => {
    const lossOf = async (changes: Partial<TrainerOptions>) => {
      const trainer = await openTrainer(changes);
      const [loss] = await takeSteps(trainer, 1);
      await trainer.close();
      return loss;
    };
    const [first, again, other, without] = [
      await lossOf({}),
      await lossOf({}),
      await lossOf({ seed: 4 }),
      await lossOf({ dropout: false }),
    ];
    expect(again).toBe(first);
    expect(new Set([first, other, without]).size).toBe(3);
    const { network } = buildTrainingGraph(options, 'cpu');
    expect(network.masks).toEqual([{ name: 'dropout/classifier.0', shape: [4, 1280], rate: 0.2 }]);
  });
});

describe('evaluated weights', () => {
  it("are complete, in the model's order, and evaluate", async () => {
    const trainer = await openTrainer({ weightAveraging: 0 });
    await takeSteps(trainer, 1);
    const found = trainer.evaluatedWeights();
    await trainer.close();
    expect([...found.keys()].filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([...weights.keys()]);
    const running = found.get('features.0.1.running_var')!.data;
    expect(running.every((value) => value !== 1)).toBe(true);
    const classifier = await openClassifier(nodeRuntime, { ...size, weights: found, batchSize: 1 });
    const { probabilities } = await classifier.classify(noisyImages(1, 32, 0));
    await classifier.close();
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
});

describe('frozen stages', () => {
  const trainable = (name: string) => !/^features\.([0-9]|1[0-5])\./.test(name);

  it('stay as they were, statistics included, and take no gradient', async () => {
    const { graph, network } = buildTrainingGraph({ ...options, trainable }, 'cpu', weights);
    const inputs = graph.inputs.map(({ name }) => name);
    expect(inputs).toContain('features.16.conv.0.0.weight');
    expect(inputs.filter((name) => name.startsWith('features.15.'))).toEqual([]);
    expect(network.trainableParameters.length).toBeLessThan(network.parameters.length);

    const trainer = await openTrainer({ trainable });
    await takeSteps(trainer, 2);
    const found = trainer.evaluatedWeights();
    await trainer.close();
    expect([...found.keys()].filter((name) => !name.endsWith('num_batches_tracked'))).toEqual([...weights.keys()]);
    for (const [name, { data }] of found) {
      if (name.endsWith('num_batches_tracked')) continue;
      const same = data.every((value, i) => value === weights.get(name)!.data[i]);
      expect(same, name).toBe(!trainable(name));
    }
  });

  it('give the loss that their evaluation form gives', async () => {
    // Everything but the classifier frozen: features by running statistics.
    const trainer = await openTrainer({ trainable: (name) => name.startsWith('classifier'), dropout: false });
    const images = noisyImages(4, 32, 9);
    const { loss } = await trainer.step(images, labels, 0);
    await trainer.close();
    const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 4 });
    const { probabilities } = await classifier.classify(images);
    await classifier.close();
    const expected = labels.reduce((sum, label, n) => sum - Math.log(probabilities[3 * n + label]) / 4, 0);
    expect(loss).toBeCloseTo(expected, 5);
  });
});
