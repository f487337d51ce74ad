import { describe, expect, it } from 'vitest';
import { describeNetwork, findModel, models } from '../../src/models/index.js';
import { findLearningRateFactor, findTrainable } from '../../src/training/optimisation/parameterRoles.js';

const namesOf = (id: string) => {
  const model = findModel(id);
  return describeNetwork({ model, classCount: 3, imageSize: 64 }).parameters.map(({ name }) => name);
};
const frozen = (id: string, freeze: string) => {
  const trainable = findTrainable(findModel(id), freeze)!;
  return namesOf(id).filter((name) => !trainable(name));
};

describe('freezing', () => {
  it('of none is left to the trainer', () => {
    expect(findTrainable(findModel('resnet18'), 'none')).toBeUndefined();
  });

  it.each(['lenet', 'resnet18', 'resnet50', 'mobilenet_v2'])('of the backbone leaves the classifier: %s', (id) => {
    const [layer] = findModel(id).classifier;
    const left = namesOf(id).filter((name) => !frozen(id, 'backbone').includes(name));
    expect(left).toEqual([`${layer}.weight`, `${layer}.bias`]);
  });

  it('takes all stages up to the named one', () => {
    expect(frozen('lenet', 'conv2')).toEqual(['conv1.weight', 'conv1.bias', 'conv2.weight', 'conv2.bias']);
    const names = namesOf('resnet18').filter((name) => /^(conv1|bn1|layer1|layer2)\./.test(name));
    expect(frozen('resnet18', 'layer2')).toEqual(names);
    // features.1 is not the beginning of features.10.
    const first = namesOf('mobilenet_v2').filter((name) => /^features\.[01]\./.test(name));
    expect(frozen('mobilenet_v2', 'features.1')).toEqual(first);
  });

  it('never parts a convolution from its batch norm', () => {
    expect(frozen('resnet18', 'conv1')).toEqual(['conv1.weight', 'bn1.weight', 'bn1.bias']);
  });

  it('takes a parameter that is a stage, and leaves a layer norm to itself', () => {
    expect(frozen('vit_b_16', 'conv_proj')).toEqual(['class_token', 'conv_proj.weight', 'conv_proj.bias']);
    const last = frozen('vit_b_16', 'encoder.layers.encoder_layer_11');
    expect(last).toContain('encoder.layers.encoder_layer_11.mlp.3.bias');
    expect(last).not.toContain('encoder.ln.weight');
    expect(frozen('densenet121', 'features.conv0')).toContain('features.norm0.weight');
    expect(frozen('densenet121', 'features.conv0')).not.toContain('features.denseblock1.denselayer1.norm1.weight');
  });

  it('refuses unknown stages with the known ones, and to train nothing', () => {
    const model = findModel('resnet18');
    expect(() => findTrainable(model, 'layer9')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'unknown-stage',
        hint: expect.stringContaining('conv1, bn1, layer1, layer2, layer3, layer4'),
      }),
    );
    for (const each of Object.values(models)) {
      const last = each.stages.at(-1)!;
      expect(() => findTrainable(each, last), each.id).toThrow(expect.objectContaining({ code: 'nothing-to-train' }));
    }
  });
});

describe('factors of the learning rate', () => {
  const resnet = findModel('resnet18');

  it('go to the backbone and the classifier, and stages come before these', () => {
    const factor = findLearningRateFactor(resnet, { backbone: 0.1, classifier: 2, layer4: 0.5 });
    const expected = { 'conv1.weight': 0.1, 'layer4.1.bn2.bias': 0.5, 'fc.bias': 2 };
    for (const [name, value] of Object.entries(expected)) expect(factor(name), name).toBe(value);
    expect(findLearningRateFactor(resnet, { layer1: 0.2 })('fc.weight')).toBe(1);
    expect(findLearningRateFactor(resnet, {})('fc.weight')).toBe(1);
    const mobile = findLearningRateFactor(findModel('mobilenet_v2'), { classifier: 3 });
    expect([mobile('classifier.1.weight'), mobile('features.0.0.weight')]).toEqual([3, 1]);
  });

  it('are refused for what there is not, or what they would not change', () => {
    expect(() => findLearningRateFactor(resnet, { head: 2 })).toThrow(
      expect.objectContaining({ code: 'unknown-stage', hint: expect.stringContaining('backbone, classifier, conv1') }),
    );
    const trainable = findTrainable(resnet, 'layer2');
    expect(() => findLearningRateFactor(resnet, { layer1: 0.1 }, trainable)).toThrow(
      expect.objectContaining({ kind: 'usage', code: 'idle-factor', message: expect.stringContaining('"layer1"') }),
    );
    // Not of use to any parameter, since each has a stage's.
    expect(() => findLearningRateFactor(resnet, { fc: 1.5, classifier: 2 })).toThrow(/"classifier"/);
    expect(findLearningRateFactor(resnet, { backbone: 0.1 }, trainable)('layer3.0.conv1.weight')).toBe(0.1);
  });
});
