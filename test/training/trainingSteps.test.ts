import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/index.js';
import { describeNetwork, findModel } from '../../src/models/index.js';
import { defineModel } from '../../src/models/model.js';
import { linearLayer, Network, type ParameterInfo } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { makeOptimizer, WeightAverage } from '../../src/training/optimisation/optimizers.js';
import { countBranches, findLearningRateFactor } from '../../src/training/optimisation/parameterRoles.js';
import { ParameterStore } from '../../src/training/optimisation/parameterStore.js';
import { recomputeStatistics } from '../../src/training/recomputeStatistics.js';
import { Trainer } from '../../src/training/trainer.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { noisyImages } from '../noise.js';
import { wave } from '../wave.js';

interface Fixture {
  moving: number[][];
  tail: number[][];
  statistics: Record<string, { mean: number[]; variance: number[]; batches: number }>;
  distillation: { share: number; temperature: number; loss: number; gradient: number[] }[];
  layerDecay: Record<string, number>;
}
let fixture: Fixture;
beforeAll(() => {
  fixture = JSON.parse(readFileSync(new URL('../fixtures/training/trainingSteps.json', import.meta.url), 'utf8'));
});

describe('averages of weights equal PyTorch', () => {
  const shapes = { weight: [4, 3], bias: [4] };
  const parameters: ParameterInfo[] = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    initialise: () => new Float32Array(0),
  }));
  const waves = (phase: number) =>
    new Map(
      parameters.map(({ name, shape }, k) => [
        name,
        {
          data: wave(
            shape.reduce((a, b) => a * b),
            phase + k,
          ),
          shape,
        },
      ]),
    );

  it.each(['moving', 'tail'] as const)('%s', (kind) => {
    const store = new ParameterStore(parameters, 2);
    const optimizer = makeOptimizer(store, { kind: 'sgd', weightDecay: 0 });
    const average = new WeightAverage(store, kind === 'moving' ? 0.6 : 0);
    store.write(store.parameters, waves(0));
    average.begin();
    for (let step = 0; step < 7; step++) {
      store.write(store.gradients, waves(10 * (step + 1)));
      optimizer.update(step, 0.1);
      average.update(step, kind === 'tail' ? 3 : undefined);
    }
    const found = store.read(average.array);
    for (const [i, { name }] of parameters.entries())
      for (const [j, value] of fixture[kind][i].entries()) expect(found.get(name)!.data[j]).toBeCloseTo(value, 5);
  });
});

it('statistics of batch norms computed anew equal update_bn of PyTorch', async () => {
  const size = { model: findModel('resnet18'), classCount: 7, imageSize: 64 };
  const found = await recomputeStatistics(
    nodeRuntime,
    {
      ...size,
      batchSize: 4,
      weights: noiseWeights(size),
      batches: 3,
      batchAt: (batch) => noisyImages(4, 64, 10 + batch),
    },
    { threads: 1 },
  );
  for (const [norm, { mean, variance, batches }] of Object.entries(fixture.statistics)) {
    for (const [kind, expected] of [
      ['running_mean', mean],
      ['running_var', variance],
    ] as const)
      for (const [i, value] of expected.entries())
        expect(Math.abs(found.get(`${norm}.${kind}`)!.data[i] - value)).toBeLessThan(
          2e-4 * Math.max(1, Math.abs(value)),
        );
    expect(found.get(`${norm}.num_batches_tracked`)!.data[0]).toBe(batches);
  }
}, 60_000);

it('a loss of teacher and labels, and its gradient, equal PyTorch', async () => {
  // Images that are unit vectors make the columns of a linear layer the logits: what SGD takes off them is the gradient.
  const model = defineModel({
    ...findModel('lenet'),
    buildFeatures: (_network, images) => images,
    buildHead: (network, features, classCount) => linearLayer(network, features, 'head', classCount),
  });
  const units = Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const softmax = (row: Float32Array) => {
    const exponentials = row.map((value) => Math.exp(value));
    const sum = exponentials.reduce((a, b) => a + b);
    return Array.from(exponentials, (value) => value / sum);
  };
  const logits = wave(12, 0, 3);
  const teacher = Array.from({ length: 4 }, (_, n) => softmax(wave(12, 5, 4).slice(3 * n, 3 * n + 3))).flat();
  for (const { share, temperature, loss, gradient } of fixture.distillation) {
    const trainer = await Trainer.open(
      nodeRuntime,
      {
        ...{ model, classCount: 3, imageSize: 32, inputShape: [4], batchSize: 4 },
        optimizer: { kind: 'sgd', weightDecay: 0 },
        ...{
          classWeights: [1.5, 0.5, 2],
          labelSmoothing: 0.1,
          weightAveraging: 0,
          distillation: { share, temperature },
        },
      },
      new Map([
        [
          'head.weight',
          { data: Float32Array.from(logits, (_, i) => logits[(i % 4) * 3 + Math.floor(i / 4)]), shape: [3, 4] },
        ],
        ['head.bias', { data: new Float32Array(3), shape: [3] }],
      ]),
      { threads: 1 },
    );
    const labels = Int32Array.of(0, 2, 1, 2);
    const result = await trainer.step(units.slice(), labels, 1, { teacher });
    expect(result.loss).toBeCloseTo(loss, 5);
    const { data } = trainer.evaluatedWeights().get('head.weight')!;
    for (const [i, value] of gradient.entries())
      expect(logits[i] - data[(i % 3) * 4 + Math.floor(i / 3)], `gradient ${i}`).toBeCloseTo(value, 5);
    await expect(trainer.step(units.slice(), labels, 1)).rejects.toMatchObject({ kind: 'usage' });
    await trainer.close();
  }
});

describe('layer-wise learning rates', () => {
  it('equal timm for ViT', () => {
    const factor = findLearningRateFactor(findModel('vit_b_16'), {}, undefined, 0.75);
    const names: [string, string][] = [
      ['head.weight', 'heads.head.weight'],
      ['patch_embed.proj.weight', 'conv_proj.weight'],
      ['cls_token', 'class_token'],
      ...Array.from({ length: 12 }, (_, i): [string, string] => [
        `blocks.${i}.attn.proj.weight`,
        `encoder.layers.encoder_layer_${i}.self_attention.out_proj.weight`,
      ]),
    ];
    for (const [timm, own] of names) expect(factor(own), own).toBeCloseTo(fixture.layerDecay[timm], 6);
  });

  it('go by stages, a norm with the convolution before it, and multiply the named factors', () => {
    const factor = findLearningRateFactor(findModel('resnet18'), { layer4: 0.5 }, undefined, 0.5);
    const found = ['conv1', 'bn1', 'layer1.0.conv1', 'layer2.0.conv1', 'layer3.0.conv1', 'layer4.0.conv1', 'fc'];
    expect(found.map((name) => factor(`${name}.weight`))).toEqual([1 / 32, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 4, 1]);
  });
});

describe('stochastic depth', () => {
  const masksOf = (id: string, dropPath?: { rate: number; branches: number }) => {
    const model = findModel(id);
    const graph = new Graph();
    const network = new Network(graph, { dropPath });
    model.build(network, graph.input('images', [2, 3, 64, 64]), 7);
    return network.masks.filter(({ name }) => !/classifier|dropout$/.test(name)).map(({ rate }) => rate);
  };

  it('rises from nothing to its rate over all blocks, whatever the architecture has', () => {
    expect(countBranches(findModel('lenet'))).toBe(0);
    expect(masksOf('resnet18')).toEqual([]);
    expect(countBranches(findModel('resnet18'))).toBe(8);
    const rates = masksOf('resnet18', { rate: 0.35, branches: 8 });
    // The first block is never left out, and has no mask.
    expect(rates).toHaveLength(7);
    for (const [i, rate] of rates.entries()) expect(rate).toBeCloseTo((0.35 * (i + 1)) / 7, 9);
    expect(Math.max(...masksOf('convnext_tiny'))).toBeCloseTo(0.1, 9);
    const branches = countBranches(findModel('convnext_tiny'));
    expect(Math.max(...masksOf('convnext_tiny', { rate: 0.3, branches }))).toBeCloseTo(0.3, 9);
  });

  it('is drawn by seed and step, and changes no answer after training', async () => {
    const size = { model: findModel('resnet18'), classCount: 3, imageSize: 32 };
    const options = {
      ...size,
      batchSize: 2,
      optimizer: { kind: 'sgd' as const, weightDecay: 0 },
      classWeights: [1, 1, 1],
      labelSmoothing: 0,
      weightAveraging: 0,
    };
    const lossOf = async (dropPath: number, seed: number) => {
      const trainer = await Trainer.open(nodeRuntime, { ...options, dropPath, seed }, noiseWeights(size), {
        threads: 1,
      });
      const { loss } = await trainer.step(noisyImages(2, 32, 1), Int32Array.of(0, 2), 0.01);
      await trainer.close();
      return loss;
    };
    const [none, some, again, other] = [
      await lossOf(0, 0),
      await lossOf(0.9, 0),
      await lossOf(0.9, 0),
      await lossOf(0.9, 1),
    ];
    expect(some).toBe(again);
    expect(new Set([none, some, other]).size).toBe(3);
    expect(describeNetwork(size).masks).toEqual([]);
  }, 60_000);
});
