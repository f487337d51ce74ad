import { describe, expect, it } from 'vitest';
import { openGradCam } from '../../../src/explain/index.js';
import { Graph, toOnnx, type Value } from '../../../src/graph/index.js';
import { chooseMapLayer } from '../../../src/models/foreign/chooseMapLayer.js';
import { findClassifier } from '../../../src/models/foreign/findClassifier.js';
import { foreignModel } from '../../../src/models/foreign/foreignModel.js';
import { openModelOfFile } from '../../../src/models/foreign/frozenModel.js';
import { findImageInput } from '../../../src/models/foreign/imageInput.js';
import { nameParameters } from '../../../src/models/foreign/nameParameters.js';
import { openForeignClassifier } from '../../../src/models/foreign/openForeignClassifier.js';
import { readForeign } from '../../../src/models/foreign/readForeign.js';
import { describeNetwork, initialWeights, openClassifier, openFeatureExtractor } from '../../../src/models/index.js';
import { readNetwork } from '../../../src/onnx/index.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { Trainer } from '../../../src/training/trainer.js';
import { wave } from '../../wave.js';
import { foreignFile } from './foreignFile.js';

const imageSize = 16;
const images = (count: number) => wave(count * 3 * imageSize ** 2, 0.3);
const read = (bytes: Uint8Array) => readForeign({ name: 'net.onnx', bytes });
const modelOf = (bytes: Uint8Array, head: 'own' | 'new') => {
  const { network, input, output } = read(bytes);
  return foreignModel(network, { id: 'net', input, imageSize, output, head });
};
const use = { imageSize, layout: 'nchw', output: 'scores' } as const;
const file = (bytes: Uint8Array) => ({ name: 'net.onnx', bytes, sha256: 'f'.repeat(64), use });

describe("the last layer of a file's network", () => {
  const graphOf = (bytes: Uint8Array) => {
    const network = readNetwork(bytes, { name: 'net.onnx' });
    return { name: network.name, nodes: network.nodes, initializers: network.initializerNames };
  };

  it('is found behind a softmax', () => {
    expect(findClassifier(graphOf(foreignFile({ softmax: true })), 'probabilities')).toEqual({
      features: 'features',
      logits: 'scores',
      softmax: true,
      node: '/fc/Gemm',
      parameters: ['fc.weight', 'fc.bias'],
    });
  });

  it('is asked for where the search ends at another layer', () => {
    expect(() => findClassifier(graphOf(foreignFile()), 'relu2')).not.toThrow();
    expect(() => findClassifier(graphOf(foreignFile({ withoutGradient: true })), 'sum')).toThrow(/ended at ReduceSum/);
  });
});

describe("names of a file's weights", () => {
  it("stay PyTorch's, and say the stages", () => {
    const { stages, classifier } = modelOf(foreignFile(), 'new');
    expect(stages).toEqual(['stem.conv', 'layer1', 'fc']);
    expect(classifier).toEqual(['fc']);
  });

  it('are those of the modules that their nodes were exported from', () => {
    const model = modelOf(foreignFile({ anonymous: true }), 'new');
    const { parameters } = describeNetwork({ model, classCount: 2, imageSize });
    expect(parameters.map(({ name }) => name)).toEqual([
      'stem.conv.weight',
      'stem.conv.bias',
      'layer1.0.conv.weight',
      'fc.weight',
      'fc.bias',
    ]);
  });

  it('count stages by the size of the map where nothing else tells them', () => {
    const parameter = (name: string, outputShape: number[]) => ({
      name,
      shape: [],
      node: 'Conv_1',
      role: undefined,
      outputShape,
    });
    const found = nameParameters([
      parameter('w1', [8, 16, 16]),
      parameter('w2', [8, 1, 1]),
      parameter('w3', [16, 8, 8]),
      parameter('w4', [16, 8, 8]),
    ]);
    expect([...found.names.values()]).toEqual(['stage1.w1', 'stage1.w2', 'stage2.w3', 'stage2.w4']);
    expect(found.stages).toEqual(['stage1', 'stage2']);
  });
});

describe('the layer that Grad-CAM looks at', () => {
  const layer = (operator: string, output: string, outputShape: number[]) =>
    ({ name: output, operator, output, outputShape, parameters: [], value: undefined }) as never;
  const image = { height: 224, width: 224 };

  it('is the last map before pooling', () => {
    const layers = [
      layer('Conv', 'a', [2, 8, 14, 14]),
      layer('Relu', 'b', [2, 8, 7, 7]),
      layer('Transpose', 'c', [2, 768, 1, 1]),
    ];
    expect(chooseMapLayer(layers, image)).toBe('b');
  });

  it('is the first norm of the last block of a transformer', () => {
    const layers = [
      layer('Conv', 'patches', [2, 8, 14, 14]),
      layer('LayerNormalization', 'norm1', [2, 197, 8]),
      layer('Attention', 'attention', [2, 1, 197, 8]),
      layer('LayerNormalization', 'norm2', [2, 197, 8]),
      layer('LayerNormalization', 'last', [2, 197, 8]),
    ];
    expect(chooseMapLayer(layers, image)).toBe('norm1');
  });
});

describe('what a file takes', () => {
  const port = (shape: (number | string)[], type = 'float32') => ({ name: 'x', inputs: [{ name: 'x', type, shape }] });

  it('is read off its shape', () => {
    expect(findImageInput(port(['n', 3, 224, 224]))).toEqual({ name: 'x', layout: 'nchw', side: 224 });
    expect(findImageInput(port(['n', 'h', 'w', 3]))).toEqual({ name: 'x', layout: 'nhwc', side: undefined });
  });

  it.each([
    [port(['n', 128], 'int64'), /takes no images/],
    [port(['n', 3, 224, 160]), /not square/],
    [port(['n', 1, 224, 224]), /images of one channel/],
    [port(['n', 3, 224, 224], 'float16'), /numbers of another kind/],
    [{ name: 'x', inputs: [...port(['n', 3, 8, 8]).inputs, ...port(['n', 3, 8, 8]).inputs] }, /2 inputs/],
  ])('is refused where it is no image: %#', (given, message) => {
    expect(() => findImageInput(given as never)).toThrow(message);
  });
});

describe('a file as a model', () => {
  it('gives what the runtime gives of the file, with its own classes', async () => {
    const bytes = foreignFile({ softmax: true });
    const foreign = read(bytes);
    const options = { imageSize, batchSize: 4, source: 'net.onnx' };
    const direct = await openForeignClassifier(nodeRuntime, foreign, bytes, options);
    const model = modelOf(bytes, 'own');
    expect(model.classCount).toBe(3);
    const size = { model, classCount: 3, imageSize };
    const built = await openClassifier(nodeRuntime, { ...size, weights: initialWeights(size, 0), batchSize: 4 });
    const [a, b] = [await direct.classify(images(4)), await built.classify(images(4))];
    a.probabilities.forEach((value, i) => {
      expect(value).toBeCloseTo(b.probabilities[i], 5);
    });
    await direct.close();
    await built.close();
  });

  it('is run as often as a file with a fixed batch needs', async () => {
    const answers: Float32Array[] = [];
    for (const batch of [undefined, 3]) {
      const bytes = foreignFile({ batch });
      const options = { imageSize, batchSize: 4, source: 'net.onnx' };
      const classifier = await openForeignClassifier(nodeRuntime, read(bytes), bytes, options);
      answers.push((await classifier.classify(images(4))).probabilities);
      await classifier.close();
    }
    answers[0].forEach((value, i) => {
      expect(value).toBeCloseTo(answers[1][i], 5);
    });
  });

  it('is trained with a new last layer, and explained', async () => {
    const model = modelOf(foreignFile(), 'new');
    const size = { model, classCount: 2, imageSize };
    const weights = initialWeights(size, 1);
    const trainer = await Trainer.open(
      nodeRuntime,
      {
        ...size,
        batchSize: 4,
        optimizer: { kind: 'sgd', weightDecay: 0 },
        classWeights: [1, 1],
        labelSmoothing: 0,
        weightAveraging: 0,
      },
      weights,
    );
    const labels = Int32Array.of(0, 1, 0, 1);
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) losses.push((await trainer.step(images(4), labels, 0.1)).loss);
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]);
    const trained = trainer.evaluatedWeights();
    await trainer.close();
    expect(trained.get('stem.conv.weight')!.data).not.toEqual(weights.get('stem.conv.weight')!.data);
    const gradCam = await openGradCam(nodeRuntime, { ...size, weights: trained });
    expect(gradCam.layerShape).toEqual([8, 8, 8]);
    const [map] = await gradCam.explain(images(1), [1]);
    expect(map.values).toHaveLength(64);
    await gradCam.close();
  });

  it('describes an image by the mean of a map, wherever its channels stand', async () => {
    // The same map both ways, one beside an operator without gradient.
    const graph = new Graph();
    const pixels = graph.input('pixels', [1, 3, imageSize, imageSize]);
    const sides = [1, 3, imageSize, imageSize];
    const shrunk = graph.node('Shrink', [pixels], sides, { lambd: { float: 0.01 } });
    const turn = (x: Value) => graph.node('Transpose', [x], [1, imageSize, imageSize, 3], { perm: [0, 2, 3, 1] });
    const [turned, strange] = [turn(pixels), turn(shrunk)];
    const mean = graph.node('ReduceMean', [turned], [1, 3], { axes: [1, 2], keepdims: 0 });
    graph.output('scores', mean);
    graph.output('strange', graph.node('ReduceMean', [strange], [1, 3], { axes: [1, 2], keepdims: 0 }));
    const bytes = toOnnx(graph, { symbolicShapes: { pixels: ['batch', ...sides.slice(1)], scores: ['batch', 3] } });
    for (const cut of [turned.name, strange.name]) {
      const model = await openModelOfFile(nodeRuntime, { ...file(bytes), use: { ...use, cut } });
      expect(model.featureCount).toBe(3);
      expect(model.onlyFeatures === undefined).toBe(cut === turned.name);
      const size = { model, classCount: 2, imageSize };
      const extractor = await openFeatureExtractor(nodeRuntime, {
        ...size,
        weights: initialWeights(size, 0),
        batchSize: 2,
      });
      const plane = new Float32Array(imageSize ** 2);
      const one = [0.2, 0.4, 0.6].flatMap((value) => [...plane.map(() => value)]);
      const found = await extractor.extract(Float32Array.from([...one, ...one]));
      [0.2, 0.4, 0.6, 0.2, 0.4, 0.6].forEach((value, i) => {
        expect(Math.abs(found[i] - value)).toBeLessThan(0.02);
      });
      await extractor.close();
    }
  });

  it('without gradients gives features for a head of its own', async () => {
    const bytes = foreignFile({ withoutGradient: true });
    const model = await openModelOfFile(nodeRuntime, file(bytes));
    expect(model.onlyFeatures?.why.join()).toMatch(/NonZero/);
    const size = { model, classCount: 2, imageSize };
    const weights = initialWeights(size, 0);
    expect([...weights.keys()]).toEqual(['head.weight', 'head.bias']);
    const extractor = await openFeatureExtractor(nodeRuntime, { ...size, weights, batchSize: 4 });
    // The operators without gradient add nothing: the plain file has the same features.
    const plain = await openFeatureExtractor(nodeRuntime, {
      model: modelOf(foreignFile(), 'new'),
      weights: initialWeights({ ...size, model: modelOf(foreignFile(), 'new') }, 0),
      imageSize,
      batchSize: 4,
    });
    const [a, b] = [await extractor.extract(images(4)), await plain.extract(images(4))];
    expect(a).toHaveLength(32);
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i], 5);
    });
    const classifier = await openClassifier(nodeRuntime, { ...size, weights, batchSize: 4 });
    expect((await classifier.classify(images(4))).probabilities).toHaveLength(8);
    await expect(openGradCam(nodeRuntime, { ...size, weights })).rejects.toThrow(/no layer of it can be looked at/);
    for (const opened of [extractor, plain, classifier]) await opened.close();
  });
});
