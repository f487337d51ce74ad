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

it.each([
  ['resnet18', 'conv1', 32],
  ['resnet18', 'layer2', 32],
  ['resnet18', 'backbone', 32],
  ['mobilenet_v3_small', 'features.4', 64],
  ['efficientnet_b0', 'features.4', 64],
  ['densenet121', 'features.transition2', 64],
  ['swin_t', 'features.5', 64],
])('frozen stages of %s by name keep every bit: %s', async (id, freeze, imageSize) => {
  const model = findModel(id);
  const network = { model, classCount: 3, imageSize };
  // Statistics as after a training: those of a new network are the ones that batch norms leave alone.
  const begin: Weights = new Map(
    [...initialWeights(network, 0)].map(([name, { data, shape }]) => [
      name,
      { data: /running_/.test(name) ? data.map((value, i) => value + (i % 7) / 1000) : data, shape },
    ]),
  );
  const isTrained = findTrainable(model, freeze)!;
  const settings = { ...options, ...network, trainable: isTrained };
  const trainer = await Trainer.open(nodeRuntime, settings, begin, { threads: 1 });
  for (let step = 0; step < 2; step++)
    await trainer.step(noisyImages(4, imageSize, step), Int32Array.of(0, 1, 2, 1), 1e-3);
  const found = trainer.evaluatedWeights();
  await trainer.close();
  // A batch norm's statistics go with its scale.
  const scaleOf = (name: string) => name.replace(/running_(mean|var)$/, 'weight');
  for (const [name, { data }] of begin) {
    const same = data.every((value, i) => value === found.get(name)!.data[i]);
    expect(same, name).toBe(!isTrained(scaleOf(name)));
  }
});
