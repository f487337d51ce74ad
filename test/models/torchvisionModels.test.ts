import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeNetwork, findModel, initialWeights } from '../../src/models/index.js';
import {
  described,
  expectImageGradient,
  expectLogits,
  expectOddLogits,
  largeModels,
  sizeOf,
} from './describedModels.js';

describe.each(Object.entries(described))('%s', (id, expected) => {
  it("has torchvision's or timm's names, shapes and number of parameters", () => {
    const network = describeNetwork(sizeOf(id));
    expect(network.parameterCount).toBe(expected.parameters);
    // PyTorch counts batches beside each running variance.
    const lines = network.tensors.flatMap(({ name, shape }) => [
      `${name} ${shape}`,
      ...(name.endsWith('running_var') ? [`${name.replace('running_var', 'num_batches_tracked')} `] : []),
    ]);
    expect(lines).toHaveLength(expected.tensors);
    const listing = lines.map((line) => `${line}\n`).join('');
    expect(createHash('sha256').update(listing).digest('hex')).toBe(expected.sha256);
  });

  it('has a table of layers that adds up, stages and a classifier that exist', () => {
    const { layers, parameters, parameterCount, activations } = describeNetwork(sizeOf(id));
    expect(layers.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameterCount);
    const { stages, classifier } = findModel(id);
    for (const { name } of parameters) {
      expect(
        stages.filter((stage) => name === stage || name.startsWith(`${stage}.`)),
        name,
      ).toHaveLength(1);
    }
    for (const layer of classifier) expect(parameters.map(({ name }) => name)).toContain(`${layer}.weight`);
    // Those whose output is a map; gates of channels are computed from means.
    const onMeans = new Set(layers.filter(({ type }) => type.endsWith('of means')).map(({ name }) => name));
    const convolutions = parameters
      .filter(({ shape }) => shape.length === 4)
      .map(({ name }) => name.slice(0, -7))
      .filter((name) => !onMeans.has(name));
    expect([...activations.keys()]).toEqual(expect.arrayContaining(convolutions));
  });
});

describe('in evaluation', () => {
  const fast = Object.entries(described).filter(([id]) => !largeModels.includes(id));
  const idsWith = (part: 'logits' | 'imageGradient' | 'odd') =>
    fast.flatMap(([id, found]) => (found[part] ? [id] : []));
  it.each(idsWith('logits'))("%s gives PyTorch's logits", expectLogits);
  it.each(idsWith('imageGradient'))("%s gives PyTorch's gradient of the images", expectImageGradient);
  it.each(idsWith('odd'))("%s gives PyTorch's logits at a side that nothing divides", expectOddLogits);
});

describe('operations', () => {
  // Multiplications for one image at 224 px as torchvision's documentation states them, in billions.
  it.each([
    ['resnet18', 1.81],
    ['resnet50', 4.09],
    ['mobilenet_v2', 0.3],
    ['mobilenet_v3_large', 0.217],
    ['efficientnet_b0', 0.386],
    ['efficientnet_lite0', 0.385],
  ])('%s: %d billion', (id, billions) => {
    const { layers } = describeNetwork({ ...sizeOf(id), imageSize: 224 });
    const multiplications = layers.reduce((sum, { operations }) => sum + operations, 0) / 2e9;
    expect(multiplications / billions).toBeGreaterThan(0.99);
    expect(multiplications / billions).toBeLessThan(1.06);
  });
});

describe('initial weights', () => {
  const deviation = (data: Float32Array) =>
    Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);

  it("are drawn as torchvision's", () => {
    const resnet = initialWeights(sizeOf('resnet18'), 0);
    expect(deviation(resnet.get('layer2.0.conv1.weight')!.data)).toBeCloseTo(Math.sqrt(2 / (128 * 9)), 3);
    expect(resnet.get('bn1.weight')!.data.every((value) => value === 1)).toBe(true);
    expect(resnet.get('bn1.bias')!.data.every((value) => value === 0)).toBe(true);
    expect(resnet.get('bn1.running_mean')!.data.every((value) => value === 0)).toBe(true);
    expect(resnet.get('bn1.running_var')!.data.every((value) => value === 1)).toBe(true);
    const largest = resnet.get('fc.weight')!.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(512));
    expect(largest).toBeGreaterThan(0.98 / Math.sqrt(512));

    const mobilenet = initialWeights(sizeOf('mobilenet_v2'), 0);
    expect(deviation(mobilenet.get('classifier.1.weight')!.data)).toBeCloseTo(0.01, 3);
    expect(mobilenet.get('classifier.1.bias')!.data.every((value) => value === 0)).toBe(true);
    // Depthwise: fan out is channels times kernel, as in PyTorch.
    const depthwise = deviation(mobilenet.get('features.17.conv.1.0.weight')!.data);
    expect(depthwise / Math.sqrt(2 / (960 * 9))).toBeCloseTo(1, 1);
  });

  it("are torchvision's in networks of other kinds", () => {
    const [efficientnet, convnext, densenet, regnet, swin] = [
      'efficientnet_b0',
      'convnext_tiny',
      'densenet121',
      'regnet_y_400mf',
      'swin_t',
    ].map((id) => initialWeights(sizeOf(id), 0));
    const of = (weights: ReturnType<typeof initialWeights>, name: string) => deviation(weights.get(name)!.data);
    expect(of(efficientnet, 'features.8.0.weight') / Math.sqrt(2 / 1280)).toBeCloseTo(1, 1);
    expect(of(efficientnet, 'features.5.1.block.2.fc1.bias')).toBe(0);
    // PyTorch's default: torchvision's spread by the number of classes was meant for a thousand, and with few makes a first loss of 8.
    expect(of(efficientnet, 'classifier.1.weight') * Math.sqrt(3 * 1280)).toBeCloseTo(1, 1);
    expect(of(convnext, 'features.3.0.block.3.weight') / 0.02).toBeCloseTo(1, 1);
    expect(convnext.get('features.3.0.layer_scale')!.data.every((value) => value === Math.fround(1e-6))).toBe(true);
    // Fan in, unlike the others.
    expect(of(densenet, 'features.denseblock4.denselayer1.conv1.weight') / Math.sqrt(2 / 512)).toBeCloseTo(1, 1);
    expect(of(regnet, 'fc.weight') / 0.01).toBeCloseTo(1, 1);
    expect(of(regnet, 'trunk_output.block4.block4-1.f.se.fc1.bias')).toBeGreaterThan(0);
    expect(of(swin, 'features.5.0.attn.relative_position_bias_table') / 0.02).toBeCloseTo(1, 1);
  });
});
