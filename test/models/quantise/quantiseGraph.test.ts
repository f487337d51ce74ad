import { describe, expect, it } from 'vitest';
import { elementCount, Graph, relu, toOnnx } from '../../../src/graph/index.js';
import { buildEvaluationGraph, describeNetwork, findModel, models } from '../../../src/models/index.js';
import { calibrate } from '../../../src/models/quantise/calibrate.js';
import { planQuantisation, valuesToObserve } from '../../../src/models/quantise/planQuantisation.js';
import { type Calibration, quantiseGraph } from '../../../src/models/quantise/quantiseGraph.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { classCount, expectNearFloats, setUp } from './quantised.js';

describe('quantiseGraph', () => {
  it.each([
    ['lenet', 32],
    ['mobilenet_v2', 64],
    ['efficientnet_lite0', 64],
  ])('%s: logits stay near those in floats, on images that calibration did not see', expectNearFloats);

  it('holds int8 weights in a quarter of the bytes', () => {
    const { float } = setUp('resnet18', 32);
    const graph = quantiseGraph(float, anyRanges(float));
    const int8 = graph.initializers.filter(({ type, shape }) => type === 'int8' && shape.length > 1);
    expect(int8).toHaveLength(21);
    expect(toOnnx(graph).length).toBeLessThan(0.27 * toOnnx(float).length);
  });

  it('says which range is missing', () => {
    const { float } = setUp('lenet', 32);
    const ranges = new Map(anyRanges(float));
    const [, first] = ranges.keys();
    ranges.delete(first);
    expect(() => quantiseGraph(float, ranges)).toThrow(`the range of ${first} is missing`);
  });
});

const anyRanges = (float: Graph): Calibration =>
  new Map(
    valuesToObserve(planQuantisation(float)).map(({ name, shape }) => [
      name,
      { minimum: -1, maximum: 1, means: new Float64Array(shape[1]) },
    ]),
  );

/** What a model's network in floats looks like; its weights are zeros. */
function floatGraphOf(id: string): Graph {
  const model = findModel(id);
  const size = { model, classCount, imageSize: model.smallestImageSize };
  const { tensors } = describeNetwork(size);
  const weights = new Map(
    tensors.map(({ name, shape }) => [name, { data: new Float32Array(elementCount(shape)), shape }]),
  );
  return buildEvaluationGraph({ ...size, weights, batchSize: 1 }).graph;
}

/** Levels that are pooled, gates, and activations other than ReLU and ReLU6 have no integer form. */
const hasIntegers = (id: string) => /^(lenet|resnet\d+|mobilenet_v2|efficientnet_lite\d)$/.test(id);

describe('planQuantisation', () => {
  it.each(Object.keys(models).filter(hasIntegers))('%s: folds every activation into the layer before', (id) => {
    const float = floatGraphOf(id);
    const { aliases, layers } = planQuantisation(float);
    const activations = float.applications.filter(({ operator }) => operator.name.startsWith('relu'));
    expect(aliases.size).toBe(activations.length);
    expect(layers.length + aliases.size).toBe(float.applications.length);
  });

  it.each(Object.keys(models).filter((id) => !hasIntegers(id)))(
    '%s: says that it has no integer form, and what to do instead',
    (id) => {
      expect(() => planQuantisation(floatGraphOf(id))).toThrow(
        expect.objectContaining({ kind: 'usage', code: 'no-int8', hint: expect.stringContaining('without `int8`') }),
      );
    },
  );

  it('refuses an activation of something else than a layer', () => {
    const graph = new Graph();
    graph.output('logits', graph.apply(relu, [graph.input('images', [1, 3, 4, 4])], {}));
    expect(() => planQuantisation(graph)).toThrow(/stands alone/);
  });
});

describe('calibrate', () => {
  it('finds the largest numbers of all batches, the input among them, and none below zero after ReLU', async () => {
    const { network, batch, float } = setUp('lenet', 32);
    const [quiet, loud] = [batch(), batch().map((v) => 3 * v)];
    const wide = await calibrate(nodeRuntime, network, [quiet, loud], { threads: 1 });
    const narrow = await calibrate(nodeRuntime, network, [quiet], { threads: 1 });
    const [images, ...inner] = valuesToObserve(planQuantisation(float));
    expect(wide.get(images.name)!.maximum).toBeCloseTo(Math.max(...loud), 5);
    expect(wide.get(images.name)!.minimum).toBeCloseTo(Math.min(...loud), 5);
    const folded = new Set(planQuantisation(float).layers.flatMap(({ observed }) => observed?.name ?? []));
    const reached = inner.filter(({ name }) => folded.has(name));
    expect(reached).toHaveLength(4);
    for (const { name } of reached) {
      // Many zeros; none is below.
      expect(wide.get(name)!.minimum).toBeGreaterThanOrEqual(0);
      expect(wide.get(name)!.maximum).toBeGreaterThan(narrow.get(name)!.maximum);
    }
  });

  it('refuses numbers that are none, and no images at all', async () => {
    const { network, batch } = setUp('lenet', 32);
    const images = batch();
    images[5] = Number.NaN;
    await expect(calibrate(nodeRuntime, network, [images], { threads: 1 })).rejects.toThrow(/not finite/);
    await expect(calibrate(nodeRuntime, network, [], { threads: 1 })).rejects.toThrow(/without images/);
  });
});
