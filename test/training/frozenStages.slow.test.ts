import { expect, it } from 'vitest';
import { findModel, initialWeights } from '../../src/models/index.js';
import type { Weights } from '../../src/nn/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { findTrainable } from '../../src/training/optimisation/parameterRoles.js';
import { Trainer } from '../../src/training/trainer.js';
import { noisyImages } from '../noise.js';

const options = {
  batchSize: 4,
  optimizer: { kind: 'adam', weightDecay: 0 },
  classWeights: [1, 1, 1],
  labelSmoothing: 0,
  weightAveraging: 0,
  seed: 3,
} as const;

it.each(['conv1', 'layer2', 'backbone'])('frozen stages of ResNet-18 by name keep every bit: %s', async (freeze) => {
  const model = findModel('resnet18');
  const resnet = { model, classCount: 3, imageSize: 32 };
  // Statistics as after a training: those of a new network are the ones that batch norms leave alone.
  const begin: Weights = new Map(
    [...initialWeights(resnet, 0)].map(([name, { data, shape }]) => [
      name,
      { data: /running_/.test(name) ? data.map((value, i) => value + (i % 7) / 1000) : data, shape },
    ]),
  );
  const isTrained = findTrainable(model, freeze)!;
  const settings = { ...options, ...resnet, trainable: isTrained };
  const trainer = await Trainer.open(nodeRuntime, settings, begin, { threads: 1 });
  for (let step = 0; step < 2; step++) await trainer.step(noisyImages(4, 32, step), Int32Array.of(0, 1, 2, 1), 1e-3);
  const found = trainer.evaluatedWeights();
  await trainer.close();
  // A batch norm's statistics go with its scale.
  const scaleOf = (name: string) => name.replace(/running_(mean|var)$/, 'weight');
  for (const [name, { data }] of begin) {
    const same = data.every((value, i) => value === found.get(name)!.data[i]);
    expect(same, name).toBe(!isTrained(scaleOf(name)));
  }
});
