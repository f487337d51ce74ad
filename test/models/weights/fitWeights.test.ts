import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import { describeFit } from '../../../src/models/weights/describeFit.js';
import { fitWeights } from '../../../src/models/weights/fitWeights.js';
import { readWeights } from '../../../src/models/weights/readWeights.js';
import type { WeightFile } from '../../../src/models/weights/weightFile.js';
import { realWeightsFolder } from '../../realData.js';

type Wanted = { name: string; shape: number[] };

/** Names and shapes of a ResNet of basic blocks, one channel a layer. */
function residualNetwork(blocks: readonly number[], classCount: number): Wanted[] {
  const norm = (name: string) =>
    ['weight', 'bias', 'running_mean', 'running_var'].map((part) => ({ name: `${name}.${part}`, shape: [1] }));
  const layers = [{ name: 'conv1.weight', shape: [1, 3, 7, 7] }, ...norm('bn1')];
  for (const [stage, count] of blocks.entries()) {
    for (let block = 0; block < count; block++) {
      const prefix = `layer${stage + 1}.${block}`;
      for (const i of [1, 2]) {
        layers.push({ name: `${prefix}.conv${i}.weight`, shape: [1, 1, 3, 3] }, ...norm(`${prefix}.bn${i}`));
      }
    }
  }
  return [...layers, { name: 'fc.weight', shape: [classCount, 1] }, { name: 'fc.bias', shape: [classCount] }];
}

function fileOf(tensors: readonly Wanted[], fill = 0.5): WeightFile {
  const weights = new Map(
    tensors.map(({ name, shape }) => {
      const data = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(fill);
      return [name, { data, shape }] as const;
    }),
  );
  return { file: 'net.pth', format: 'pytorch', weights, metadata: {}, notes: [] };
}

const small = residualNetwork([2, 2, 2, 2], 7);
const names = (tensors: readonly Wanted[]) => tensors.map(({ name }) => name);
const classifier = { classifier: ['fc'] };

function errorOf(file: WeightFile, wanted: readonly Wanted[] = small): LesionlabError {
  try {
    fitWeights(file, wanted, classifier);
  } catch (error) {
    expect(error).toBeInstanceOf(LesionlabError);
    expect((error as LesionlabError).exitStatus).toBe(4);
    expect((error as LesionlabError).message).toContain('net.pth');
    return error as LesionlabError;
  }
  throw new Error('the weights fitted');
}

describe('fitWeights', () => {
  it('takes all of a file that fits', () => {
    const { weights, report } = fitWeights(fileOf(small), small, classifier);
    expect([...weights.keys()]).toEqual(names(small));
    expect(report).toEqual({
      file: 'net.pth',
      found: names(small),
      missing: [],
      leftOver: [],
      newlyInitialised: [],
      replaced: [],
      choices: [],
    });
    expect(describeFit(report)).toBe(`net.pth: ${small.length} of ${small.length} tensors taken`);
  });

  it('replaces the classifier, weight and bias, where the number of classes differs', () => {
    const { weights, report } = fitWeights(fileOf(residualNetwork([2, 2, 2, 2], 1000)), small, classifier);
    expect(report.replaced).toEqual(['fc.weight', 'fc.bias']);
    expect(report.newlyInitialised).toEqual(['fc.weight', 'fc.bias']);
    expect(report.missing).toEqual([]);
    expect(weights.has('fc.bias')).toBe(false);
    expect(describeFit(report)).toContain('since the number of classes differs: fc.* (2)');
  });

  it('keeps a classifier for the same number of classes', () => {
    expect(fitWeights(fileOf(small), small, classifier).report.found).toContain('fc.weight');
  });

  it('refuses a classifier with another number of inputs', () => {
    const file = fileOf(small.map((t) => (t.name === 'fc.weight' ? { ...t, shape: [1000, 5] } : t)));
    expect(errorOf(file).details).toEqual(['"fc.weight" is [1000,5] in the file, [7,1] in the model']);
  });

  it('says what a network cut off after a stage lacks', () => {
    const cut = small.filter(({ name }) => !/^(layer4|fc)\./.test(name));
    const { report } = fitWeights(fileOf(cut), small, classifier);
    expect(report.found).toEqual(names(cut));
    expect(report.missing).toEqual(names(small).filter((name) => /^(layer4|fc)\./.test(name)));
    expect(report.newlyInitialised).toEqual(report.missing);
    expect(describeFit(report)).toContain('since the file lacks them: layer4.* (20), fc.* (2)');
  });

  it('reports a single missing tensor and a left-over one, but no counters', () => {
    const odd = [
      ...small.filter(({ name }) => name !== 'layer2.0.bn1.running_mean'),
      { name: 'aux.weight', shape: [2] },
      { name: 'bn1.num_batches_tracked', shape: [] },
    ];
    const { report } = fitWeights(fileOf(odd), small, classifier);
    expect(report.missing).toEqual(['layer2.0.bn1.running_mean']);
    expect(report.leftOver).toEqual(['aux.weight']);
    expect(describeFit(report).split('\n')).toEqual([
      `net.pth: ${small.length - 1} of ${small.length} tensors taken`,
      'newly initialised, since the file lacks them: layer2.0.bn1.running_mean',
      'in the file, but not in the model: aux.* (1)',
    ]);
  });

  it('gives the counters to a model that wants them', () => {
    const counted = [...small, { name: 'bn1.num_batches_tracked', shape: [] }];
    expect(fitWeights(fileOf(counted), counted, classifier).report.found).toContain('bn1.num_batches_tracked');
  });

  const renamed = (rename: (name: string) => string, extra: readonly Wanted[] = []) =>
    fileOf([...small.map(({ name, shape }) => ({ name: rename(name), shape })), ...extra]);

  it.each(['model.', 'encoder.', 'net.backbone.', 'module.', 'module.model._orig_mod.', 'student.layer1.'])(
    'finds all names behind %s, and lists what stands beside them',
    (prefix) => {
      const file = renamed((name) => prefix + name, [{ name: 'criterion.weight', shape: [7] }]);
      const { weights, report } = fitWeights(file, small, classifier);
      expect([...weights.keys()]).toEqual(names(small));
      expect(report.leftOver).toEqual(['criterion.weight']);
      expect(describeFit(report)).toContain(prefix.split('.')[0]);
    },
  );

  it('leaves out wrappers within names', () => {
    const file = renamed((name) => name.replace(/^(layer\d)\./, '$1.module.').replace('.conv1.', '._orig_mod.conv1.'));
    expect(fitWeights(file, small, classifier).report.found).toEqual(names(small));
  });

  it('takes the model itself, not its teacher in the same file', () => {
    const teacher = fileOf(
      small.map(({ name, shape }) => ({ name: `teacher.${name}`, shape })),
      2,
    );
    const both = {
      ...teacher,
      weights: new Map([...teacher.weights, ...renamed((name) => `student.${name}`).weights]),
    };
    const { weights, report } = fitWeights(both, small, classifier);
    expect(weights.get('conv1.weight')?.data[0]).toBe(0.5);
    expect(describeFit(report)).toContain('under "teacher"; not used');
  });

  it('takes the network of the right depth where a file holds two', () => {
    const deep = residualNetwork([3, 4, 6, 3], 7).map(({ name, shape }) => ({ name: `large.${name}`, shape }));
    const { report } = fitWeights(
      renamed((name) => `small.${name}`, deep),
      small,
      classifier,
    );
    expect(report.found).toEqual(names(small));
    expect(describeFit(report)).toContain('prefix "small."');
  });

  it('takes a head that stands beside the backbone', () => {
    const file = renamed((name) => (name.startsWith('fc.') ? name : `backbone.${name}`));
    expect(fitWeights(file, small, classifier).report.found).toEqual(names(small));
  });

  const withHead = (head: readonly Wanted[]) =>
    fileOf([...small.filter(({ name }) => !name.startsWith('fc.')), ...head]);
  const linear = (name: string, outputs: number, inputs: number) => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ];

  it.each(['fc.1', 'classifier.1', 'head.fc', 'fc.0', 'last_linear', 'head'])('takes the only head, %s', (name) => {
    const { report } = fitWeights(withHead(linear(name, 7, 1)), small, classifier);
    expect(report.found).toEqual(names(small));
    expect(report.head).toMatchObject({ from: name, taken: true });
    expect(report.leftOver).toEqual([]);
  });

  it.each([
    ['a hidden layer', [...linear('fc.0', 4, 1), ...linear('fc.3', 7, 4)]],
    ['two heads', [...linear('head.fc', 7, 1), ...linear('classifier.1', 7, 1)]],
    ['a norm before it', [...linear('fc.1', 7, 1), { name: 'fc.0.weight', shape: [1] }]],
    ['centres of a loss', [{ name: 'criterion.weight', shape: [7, 1] }]],
    ['a layer of another name', linear('projector.0', 7, 1)],
  ])('begins the classifier at random and lists what is there: %s', (_, head) => {
    const { report, weights } = fitWeights(withHead(head), small, classifier);
    expect(report.newlyInitialised).toEqual(['fc.weight', 'fc.bias']);
    expect(weights.has('fc.weight')).toBe(false);
    expect(describeFit(report)).toContain('newly initialised');
  });

  it('refuses other shapes, all of them listed', () => {
    const file = fileOf(small.map((t) => (t.name.includes('layer1.0.conv') ? { ...t, shape: [1, 1, 1, 1] } : t)));
    const error = errorOf(file);
    expect(error.code).toBe('weights-shape');
    expect(error.details).toEqual([
      '"layer1.0.conv1.weight" is [1,1,1,1] in the file, [1,1,3,3] in the model',
      '"layer1.0.conv2.weight" is [1,1,1,1] in the file, [1,1,3,3] in the model',
    ]);
  });

  it.each([
    [
      'no name in common',
      ['features.0.0.weight', 'features.0.1.weight', 'features.1.conv.0.0.weight', 'classifier.1.weight'],
    ],
    ['one layer in common', ['conv1.weight', 'conv2.weight', 'fc1.weight', 'fc2.weight']],
    ['only a classifier for other classes', ['fc.weight']],
  ])('refuses another architecture: %s', (_, tensorNames) => {
    const shapeOf = (name: string) => (name === 'fc.weight' ? [3, 1] : [1, 3, 7, 7]);
    const error = errorOf(fileOf(tensorNames.map((name) => ({ name, shape: shapeOf(name) }))));
    expect(error.code).toBe('weights-architecture');
    expect(error.hint).toBeTruthy();
  });

  it('refuses the same architecture of another depth, in both directions', () => {
    const deep = residualNetwork([3, 4, 6, 3], 7);
    expect(errorOf(fileOf(deep)).message).toContain('32 layers between those of the model');
    expect(errorOf(fileOf(small), deep).message).toContain('lacks 28 layers in between');
  });

  it('refuses NaN and infinity by name, but not in tensors that are not taken', () => {
    const file = fileOf(small);
    file.weights.get('layer3.0.bn1.bias')!.data[0] = Number.NaN;
    file.weights.get('conv1.weight')!.data[5] = Number.NEGATIVE_INFINITY;
    const error = errorOf(file);
    expect(error.code).toBe('weights-not-finite');
    expect(error.details).toEqual([
      '"conv1.weight": 1 of 147 values are NaN or infinite',
      '"layer3.0.bn1.bias": 1 of 1 values are NaN or infinite',
    ]);
    const classes = fileOf(residualNetwork([2, 2, 2, 2], 1000));
    classes.weights.get('fc.bias')!.data[0] = Number.NaN;
    expect(fitWeights(classes, small, classifier).report.replaced).toContain('fc.bias');
  });
});

const folder = realWeightsFolder();
describe.skipIf(!folder)('real weights', () => {
  const stateDict: { name: string; shape: number[]; type: string }[] = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../fixtures/weights/resnet18StateDict.json'), 'utf8'),
  );
  const resnet18 = stateDict.filter(({ type }) => type === 'F32');
  const real = (name: string) => readWeights(readFileSync(join(folder as string, name)), name);

  it.each(['safetensors', 'pth'])(
    'ResNet-18 through layer 3 (%s): the last stage and the classifier are new',
    (ending) => {
      const file = real(`resnet18-imagenet-through-layer3.${ending}`);
      const { report } = fitWeights(file, resnet18, classifier);
      expect(report.found).toHaveLength(75);
      expect(new Set(report.missing.map((name) => name.split('.')[0]))).toEqual(new Set(['layer4', 'fc']));
      expect(report.leftOver).toEqual([]);
      expect(describeFit(report)).toContain('layer4.* (25), fc.* (2)');
    },
  );

  it('MobileNetV2 does not fit a ResNet-18', () => {
    const file = real('mobilenet_v2-imagenet.safetensors');
    expect(() => fitWeights(file, resnet18, classifier)).toThrow('holds weights of another model');
  });
});
