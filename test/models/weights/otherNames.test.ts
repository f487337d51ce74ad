import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeNetwork, findModel, models, openClassifier } from '../../../src/models/index.js';
import { describeFit } from '../../../src/models/weights/describeFit.js';
import { fitWeights } from '../../../src/models/weights/fitWeights.js';
import { readWeights } from '../../../src/models/weights/readWeights.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { noisyImages } from '../../noise.js';
import { realWeightsFolder } from '../../realData.js';

/** By whose names they are and by model: number of tensors, and the hash of their names and shapes, sorted. */
const expected: Record<string, Record<string, { tensors: number; sha256: string }>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/models/otherNames.json'), 'utf8'),
);
const tensorsOf = (id: string) => describeNetwork({ model: findModel(id), classCount: 1000, imageSize: 224 }).tensors;
const systems = Object.values(models).flatMap(({ id, otherNames = [] }) =>
  otherNames.map((system) => [id, system.of, system] as const),
);

const known = systems.filter(([id, of]) => expected[of]?.[id]);
it.each(known)('%s has the names that %s gives it', (id, of, system) => {
  const named = tensorsOf(id).map(({ name, shape }) => ({ name: system.nameOf(name), shape }));
  const lines = named.map(({ name, shape }) => `${name} ${shape.filter(theirAxes(name))}\n`).sort();
  expect(lines).toHaveLength(expected[of][id].tensors);
  expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(expected[of][id].sha256);
});

it('knows names of timm and of efficientnet-pytorch', () => {
  expect(known.map(([id, of]) => `${id} ${of}`).sort()).toEqual(
    Object.entries(expected)
      .flatMap(([of, ids]) => Object.keys(ids).map((id) => `${id} ${of}`))
      .sort(),
  );
});

describe.each(systems)('%s under the names of %s', (id, of, system) => {
  const tensors = tensorsOf(id);
  const renamed = tensors.map(({ name, shape }) => ({ name: system.nameOf(name), shape }));

  it('is taken whole, and says so', () => {
    const weights = new Map(
      renamed.map(({ name, shape }, i) => {
        const own = shape.filter(theirAxes(name));
        return [`model.${name}`, { data: new Float32Array(own.reduce((a, b) => a * b, 1)).fill(i), shape: own }];
      }),
    );
    // Which place lies where to which follows from the windows.
    weights.set('model.layers.0.blocks.0.attn.relative_position_index', { data: new Float32Array(1), shape: [1] });
    const file = { file: 'theirs.pth', format: 'pytorch' as const, weights, metadata: {}, notes: [] };
    const fitted = fitWeights(file, tensors, findModel(id));
    expect(fitted.report.newlyInitialised).toEqual([]);
    expect(fitted.report.leftOver).toEqual([]);
    for (const [i, { name, shape }] of tensors.entries()) {
      expect(fitted.weights.get(name)!.shape, name).toEqual(shape);
      expect(fitted.weights.get(name)!.data[0], name).toBe(i);
    }
    expect(describeFit(fitted.report)).toContain(`Names are those of ${of}.`);
    expect(describeFit(fitted.report)).toContain('without their prefix "model."');
  });
});

/** timm's layer scale has one axis where torchvision's has two more of side 1. */
const theirAxes = (name: string) => (side: number, axis: number) => axis === 0 || side !== 1 || !name.endsWith('gamma');

/** A file of one network's tensors, in which every number is 0. */
const fileOf = (id: string) => ({
  ...{ file: `${id}.pth`, format: 'pytorch' as const, metadata: {}, notes: [] },
  weights: new Map(
    tensorsOf(id).map(({ name, shape }) => [name, { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape }]),
  ),
});

describe('weights of a relative', () => {
  it.each([
    ['efficientnet_b0', 'efficientnet_b1'],
    ['efficientnet_b1', 'efficientnet_b0'],
    ['efficientnet_lite0', 'efficientnet_lite1'],
    ['efficientnet_lite1', 'efficientnet_lite0'],
    ['efficientnet_b0', 'efficientnet_lite0'],
    ['convnext_small', 'convnext_tiny'],
    ['mobilenet_v3_large', 'mobilenet_v3_small'],
    ['mobilenet_v2', 'mobilenet_v3_small'],
    ['densenet121', 'resnet18'],
    ['swin_t', 'convnext_tiny'],
    ['vit_b_16', 'swin_t'],
  ])('%s: refused by %s', (given, id) => {
    expect(() => fitWeights(fileOf(given), tensorsOf(id), findModel(id))).toThrow(
      expect.objectContaining({ kind: 'run', code: expect.stringMatching(/^weights-(architecture|shape)$/) }),
    );
  });
});

const folder = realWeightsFolder();
describe.skipIf(!folder)('real weights of EfficientNet-Lite', () => {
  // What timm's models make of these weights and the test's image, every 97th number.
  const logits: Record<string, { side: number; top: number[]; logits: number[] }> = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/models/realWeights.json'), 'utf8'),
  );
  it.each(Object.entries(logits))("%s gives timm's logits", async (id, { side, top, logits }) => {
    const model = findModel(id);
    const name = `${id}-imagenet-fp16.safetensors`;
    const file = readWeights(readFileSync(join(folder!, name)), name);
    const { weights, report } = fitWeights(file, tensorsOf(id), model);
    expect([report.newlyInitialised, report.leftOver]).toEqual([[], []]);
    const classifier = await openClassifier(nodeRuntime, {
      ...{ model, weights, classCount: 1000, imageSize: side, batchSize: 1 },
    });
    const found = (await classifier.classify(noisyImages(1, side, 3))).logits;
    await classifier.close();
    const best = [...found.keys()].sort((a, b) => found[b] - found[a]).slice(0, 5);
    expect(best).toEqual(top);
    logits.forEach((logit, i) => {
      expect(found[97 * i]).toBeCloseTo(logit, 3);
    });
  });
});
