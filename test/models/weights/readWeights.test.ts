import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import { Graph, toOnnx } from '../../../src/graph/index.js';
import { encodeMessage } from '../../../src/graph/protobuf.js';
import { readWeights } from '../../../src/models/weights/readWeights.js';
import { encodeSafetensors, withBatchCounters } from '../../../src/models/weights/safetensors.js';
import type { Weights } from '../../../src/nn/index.js';
import { realWeightsFolder } from '../../realData.js';

const fixtures = join(import.meta.dirname, '../../fixtures/weights');
const fixture = (name: string) => new Uint8Array(readFileSync(join(fixtures, name)));
/** Names, shapes and values that PyTorch saw when it wrote the files (makeWeights.py). */
const expected: Record<string, Record<string, { shape: number[]; data: number[] }>> = JSON.parse(
  readFileSync(join(fixtures, 'expected.json'), 'utf8'),
);

const plain = (weights: Weights) =>
  Object.fromEntries([...weights].map(([name, { data, shape }]) => [name, { shape, data: [...data] }]));

/** The error of reading, which must be one for people. */
function errorOf(bytes: Uint8Array, file = 'some.pth'): LesionlabError {
  try {
    readWeights(bytes, file);
  } catch (error) {
    expect(error).toBeInstanceOf(LesionlabError);
    expect((error as LesionlabError).exitStatus).toBe(4);
    expect((error as LesionlabError).message).toContain(file);
    return error as LesionlabError;
  }
  throw new Error(`${file} was read without an error`);
}

/** A pickle written by hand: characters are bytes. */
const pickle = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const unicode = (text: string) =>
  `X${String.fromCharCode(...new Uint8Array(Uint32Array.of(text.length).buffer))}${text}`;
const int = (value: number) => `J${String.fromCharCode(...new Uint8Array(Int32Array.of(value).buffer))}`;
const tuple = (values: readonly number[]) => `(${values.map(int).join('')}t`;

/** A file of the older format with one tensor on a storage of the floats 1 and 2; `object` writes what holds it. */
function tensorFile(object: (tensor: string) => string, offset = 0, shape = [2], strides = [1]): Uint8Array {
  const storage = `(${unicode('storage')}ctorch\nFloatStorage\n${unicode('0')}${unicode('cpu')}K\x02NtQ`;
  const tensor = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${int(offset)}${tuple(shape)}${tuple(strides)}\x89NtR`;
  const floats = '\x02\0\0\0\0\0\0\0\0\0\x80\x3f\0\0\0\x40';
  return pickle(`${legacyHead()}\x80\x02${object(tensor)}.\x80\x02]${unicode('0')}a.${floats}`);
}

/** Magic number, protocol version and system of the older format. */
const legacyHead = () => String.fromCharCode(...fixture('tinyLegacy.pth').subarray(0, 137));

const smallOnnx = () => {
  const graph = new Graph();
  const weight = graph.initializer(Float32Array.of(1, -2, 3, 4.5), [2, 2], 'fc.weight');
  const shape = graph.initializer(BigInt64Array.of(2n, 2n), [2], 'shape');
  const product = graph.node('MatMul', [graph.input('images', [2, 2]), weight], [2, 2]);
  graph.output('logits', graph.node('Reshape', [product, shape], [2, 2]));
  return toOnnx(graph, { metadata: { classes: 'mel,nv' } });
};

describe('files that torch.save wrote', () => {
  it.each(Object.keys(expected))('%s holds the values that PyTorch saved', (name) => {
    const { weights, format } = readWeights(fixture(name), name);
    // DataParallel's prefix is left to `fitWeights`, which knows the model's names.
    const names = [...weights].map(([key, tensor]) => [key.replace(/^module\./, ''), tensor] as const);
    expect(plain(new Map(names))).toEqual(expected[name]);
    expect(format).toBe(name.includes('Legacy') ? 'pytorch-legacy' : 'pytorch');
  });

  it.each(['tinyCheckpoint.pth', 'tinyCheckpointLegacy.pth'])(
    '%s: plain values are kept, the model is found',
    (name) => {
      const { metadata, sets } = readWeights(fixture(name), name);
      expect(metadata).toMatchObject({ epoch: '7', arch: 'tiny', best_acc: '0.75' });
      expect(sets?.[0].entry).toBe('state_dict');
    },
  );

  it('says which types were converted', () => {
    expect(readWeights(fixture('types.pth'), 'types.pth').notes).toEqual([
      'Converted from F64 to float32.',
      'Converted from F16 to float32.',
      'Converted from BF16 to float32.',
    ]);
  });

  it('reads from a Node Buffer at an odd offset', () => {
    const bytes = fixture('tinyLegacy.pth');
    const shifted = Buffer.alloc(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(plain(readWeights(shifted.subarray(3), 'b').weights)).toEqual(expected['tinyLegacy.pth']);
  });

  it('reads what Python 2 wrote: byte strings, pairs in an OrderedDict', () => {
    const { weights } = readWeights(
      tensorFile((tensor) => `ccollections\nOrderedDict\n(](](U\x01w${tensor}eetR`),
      'w.pth',
    );
    expect(plain(weights)).toEqual({ w: { shape: [2], data: [1, 2] } });
  });
});

describe('pickles that would run code', () => {
  it.each([
    ['hostileSystem.pth', '"posix.system"'],
    ['hostileSystemLegacy.pth', '"posix.system"'],
    ['hostileSystem4.pth', '"posix.system"'],
    ['hostileEval.pth', '"__builtin__.eval"'],
    ['hostileNested.pth', '"posix.system"'],
    ['hostileAmongTensors.pth', '"posix.system"'],
    ['wholeModel.pth', '"__main__.Tiny"'],
  ])('%s is refused for %s', (name, what) => {
    const error = errorOf(fixture(name), name);
    expect(error.code).toBe('weights-refused');
    expect(error.message).toContain(what);
    expect(error.message).toContain('run code');
    expect(error.hint).toContain('state_dict');
  });

  it.each([
    ['GLOBAL', 'cos\nsystem\n(Vecho\ntR.', '"os.system"'],
    ['INST', '(Vecho\nios\nsystem\n.', '"os.system"'],
    ['STACK_GLOBAL', '\x80\x04\x8c\x02os\x8c\x06system\x93.', '"os.system"'],
    ['a call of a type', '\x80\x02ctorch\nFloatStorage\n(tR.', '"torch.FloatStorage"'],
    ['BUILD on a list', '\x80\x02]}b.', 'BUILD'],
    ['OBJ', '\x80\x02(ctorch\nfloat32\no.', '"torch.float32"'],
    ['NEWOBJ', '\x80\x02cargparse\nNamespace\n)\x81.', '"argparse.Namespace"'],
    ['NEWOBJ_EX', '\x80\x04cargparse\nNamespace\n)}\x92.', '"argparse.Namespace"'],
    [
      'a chain of calls that ends in a command',
      '\x80\x02c__builtin__\ngetattr\n(c__builtin__\n__import__\ntR.',
      '"__builtin__.__import__"',
    ],
    ['a file that would be opened', '\x80\x02cio\nopen\n(tR.', '"io.open"'],
    ['an extension code', '\x80\x02\x82\x01.', 'EXT1'],
    ['a name within an allowed module', '\x80\x02ctorch\nload\n.', '"torch.load"'],
    [
      'a method of an allowed class',
      '\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.__init__\x93.',
      'OrderedDict.__init__',
    ],
    [
      'a tensor that is to be made by itself, for ever',
      '\x80\x02ctorch._tensor\n_rebuild_from_type_v2\nq\x010]q\x00h\x01ah\x01ah\x00a0h\x01h\x01h\x01h\x00\x87R.',
      '"torch._tensor._rebuild_from_type_v2"',
    ],
    ['a module saved with its source', '\x80\x02(X\x06\x00\x00\x00moduletQ.', 'class of a model'],
  ])('%s is refused', (_, text, what) => {
    const error = errorOf(pickle(text));
    expect(error.code).toBe('weights-refused');
    expect(error.message).toContain(what);
  });

  it.each([
    ['pop from nothing', '\x80\x020.'],
    ['an empty stack', '\x80\x02.'],
    ['a mark left', '\x80\x02(N.'],
    ['memory never written', '\x80\x02h\x05.'],
    ['items of no dict', '\x80\x02]K\x01K\x02s.'],
    ['a call of a list', '\x80\x02]]R.'],
    ['a name that is a list', '\x80\x04]]\x93.'],
    ['a string longer than the file', '\x80\x02X\xff\xff\xff\xffab.'],
    ['a future protocol', '\x80\x05\x80\x06N.'],
    ['two million lists', `\x80\x02${']'.repeat(2_000_001)}.`],
    [
      'one list that is copied again and again',
      `\x80\x02](${'N'.repeat(50_000)}eq\x000c__builtin__\nset\nq\x010(${'h\x01h\x00\x85R'.repeat(100)}l.`,
    ],
    [
      'one text that is the numbers of any number of arrays',
      `\x80\x02X\x50\xc3\0\0${'a'.repeat(50_000)}q\x000cnumpy\ndtype\nX\x02\0\0\0u1\x85Rq\x020(K\x01J\x50\xc3\0\0\x85h\x02\x89h\x00tq\x030` +
        `cnumpy.core.multiarray\n_reconstruct\nq\x040(${'h\x04)Rh\x03b'.repeat(100)}l.`,
    ],
  ])('%s is damage, not a crash', (_, text) => {
    expect(errorOf(pickle(text)).code).toBe('weights-unreadable');
  });
});

describe('tensors that ask for too much', () => {
  const oneTensor = (offset: number, shape: number[], strides: number[]) =>
    tensorFile((tensor) => `}${unicode('w')}${tensor}s`, offset, shape, strides);

  it('reads one that asks for what there is', () => {
    const { weights } = readWeights(oneTensor(0, [2, 3], [1, 0]), 'w.pth');
    expect(plain(weights)).toEqual({ w: { shape: [2, 3], data: [1, 1, 1, 2, 2, 2] } });
  });

  it.each([
    ['a storage offset past the end', [1, [2], [1]], 'beyond its storage'],
    ['more rows than the storage', [0, [3], [1]], 'beyond its storage'],
    ['a stride past the end', [0, [2], [9]], 'beyond its storage'],
    ['endless repetition', [0, [1 << 30, 1 << 20], [0, 0]], 'more values than it has bytes'],
    ['overflowing lengths', [0, [1 << 30, 1 << 30], [0, 0]], 'no sensible storage'],
    ['a negative length', [0, [-1], [1]], 'no sensible storage'],
    ['a negative offset', [-1, [1], [1]], 'no sensible storage'],
    ['strides for another rank', [0, [2], [1, 1]], 'no sensible storage'],
  ] as const)('%s', (_, [offset, shape, strides], message) => {
    expect(errorOf(oneTensor(offset, [...shape], [...strides])).message).toContain(message);
  });
});

it('a dict that lies in any number of others is damage, not memory without end', () => {
  const name = (i: number) => unicode(String(i).padStart(4, '0'));
  const names = Array.from({ length: 1000 }, (_, i) => name(i));
  const bytes = tensorFile(
    (tensor) =>
      `${tensor}q\x070}(${names.map((key) => `${key}h\x07`).join('')}uq\x080}(${names.map((key) => `${key}}${unicode('k')}h\x08s`).join('')}u`,
  );
  expect(errorOf(bytes).message).toContain('more than 500000 names');
});

it('a long name around many short ones is damage, not memory without end', () => {
  const names = Array.from({ length: 2000 }, (_, i) => unicode(i.toString(36)));
  const bytes = tensorFile(
    (tensor) => `${tensor}q\x070}${unicode('n'.repeat(100_000))}}(${names.map((key) => `${key}h\x07`).join('')}us`,
  );
  expect(errorOf(bytes).message).toContain('more than 50000000 letters');
});

describe('a small file that asks for much work', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => unicode(String(i).padStart(6, '0')));
  const weight = (tensor: string) => `${unicode('w')}${tensor}`;

  it.each([
    ['empty dicts', '}'.repeat(400_000), 'objects'],
    ['a deep tuple', `N${'\x85'.repeat(400_000)}`, 'objects'],
    ['lists begun in lists', '('.repeat(400_000), 'deep'],
  ])('%s', (_, text, found) => {
    expect(errorOf(pickle(`${legacyHead()}\x80\x02${text}.`)).message).toContain(found);
  });

  it('one dict without names under 30,000 names', () => {
    const dict = `}q\x07(${'K\x01N'.repeat(1)}${Array.from({ length: 30_000 }, (_, i) => `${int(i)}N`).join('')}u`;
    const bytes = tensorFile(
      (tensor) =>
        `}(${weight(tensor)}${unicode('first')}${dict}${keys(30_000)
          .map((key) => `${key}h\x07`)
          .join('')}u`,
    );
    expect([...readWeights(bytes, 'some.pth').weights.keys()]).toEqual(['w']);
  });

  it('one long list under 30,000 names', () => {
    const list = `]q\x07(${'N'.repeat(30_000)}e`;
    const bytes = tensorFile(
      (tensor) =>
        `}(${weight(tensor)}${unicode('first')}${list}${keys(30_000)
          .map((key) => `${key}h\x07`)
          .join('')}u`,
    );
    expect([...readWeights(bytes, 'some.pth').weights.keys()]).toEqual(['w']);
  });

  it('a tensor of 100,000 axes', () => {
    const ones = `(${'K\x01'.repeat(100_000)}tq\x05`;
    const storage = `(${unicode('storage')}ctorch\nFloatStorage\n${unicode('0')}${unicode('cpu')}K\x02NtQ`;
    const bytes = pickle(
      `${legacyHead()}\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\x00${ones}h\x05\x89NtR.`,
    );
    const { message } = errorOf(bytes);
    expect(message).toContain('no sensible storage');
    expect(message.length).toBeLessThan(1000);
  });

  it('an ONNX file of empty nodes', () => {
    const nodes = new Uint8Array(1_400_000).map((_, i) => (i % 2 ? 0 : 0x0a));
    const length = [0xc0, 0xb9, 0x55];
    const bytes = new Uint8Array(
      Buffer.concat([Uint8Array.of(0x08, 8, 0x3a, ...length), nodes, Uint8Array.of(0x42, 2, 0x10, 17)]),
    );
    expect(errorOf(bytes, 'some.onnx').message).toContain('protobuf');
  });
});

describe('truncated and damaged files', () => {
  const tiny = readWeights(fixture('tiny.pth'), 'tiny.pth').weights;
  const files: [string, Uint8Array][] = [
    ...['tiny.pth', 'tinyLegacy.pth', 'tinyProtocol4.pth', 'tinyCheckpointLegacy.pth'].map(
      (name) => [name, fixture(name)] as [string, Uint8Array],
    ),
    ['tiny.safetensors', encodeSafetensors(tiny, { model: 'tiny' })],
  ];

  it.each(files)('every prefix of %s gives an error for people', (name, bytes) => {
    for (let length = 0; length < bytes.length; length++) errorOf(bytes.subarray(0, length), name);
  });

  it('every prefix of an ONNX model gives an error, or all of the weights', () => {
    const bytes = smallOnnx();
    const whole = plain(readWeights(bytes, 'm.onnx').weights);
    let errors = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        // The metadata stands last; without it the model is complete.
        expect(plain(readWeights(bytes.subarray(0, length), 'm.onnx').weights)).toEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(LesionlabError);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(bytes.length * 0.8);
  });

  it.each([...files, ['m.onnx', smallOnnx()] as [string, Uint8Array]])(
    'changed bytes in %s never crash',
    (name, bytes) => {
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
          const damaged = bytes.slice();
          for (const [at, value] of changes) damaged[at] = value;
          try {
            readWeights(damaged, name);
          } catch (error) {
            if (!(error instanceof LesionlabError)) throw error;
          }
        }),
        { numRuns: 2000, seed: 3 },
      );
    },
  );

  it.each([
    ['nothing at all', '', 'none of these'],
    ['text', 'dear reader', 'none of these'],
    ['a web page', '<!DOCTYPE html><html>', 'a web page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid', 'Git LFS pointer'],
    ['a Keras file', '\x89HDF\r\n\x1a\n', 'Keras'],
    ['a pickle of something else', '\x80\x02K\x01.', 'not one that torch.save wrote'],
  ])('%s is named as such', (_, text, message) => {
    const error = errorOf(pickle(text));
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it('a checkpoint without tensors says what it holds', () => {
    const error = errorOf(pickle(`${legacyHead()}\x80\x02}X\x05\0\0\0epochK\x03s.\x80\x02].`));
    expect(error.code).toBe('weights-empty');
    expect(error.message).toContain('"epoch"');
  });
});

describe('ONNX models', () => {
  it('gives float initializers and metadata, and notes skipped constants', () => {
    const { weights, format, metadata, notes } = readWeights(smallOnnx(), 'm.onnx');
    expect(format).toBe('onnx');
    expect(plain(weights)).toEqual({ 'fc.weight': { shape: [2, 2], data: [1, -2, 3, 4.5] } });
    expect(metadata).toEqual({ classes: 'mel,nv' });
    expect(notes).toEqual(['Skipped 1 constants of the graph that are no floating-point numbers.']);
  });

  const modelWith = (tensor: object) =>
    encodeMessage('Model', {
      irVersion: 8,
      graph: { name: 'g', initializers: [tensor] },
      opsetImport: [{ domain: '', version: 17 }],
    });

  it('reads values kept as floats and as half precision', () => {
    const floats = modelWith({ name: 'w', dimensions: [3], dataType: 1, floatData: [1, 2, -0.5] });
    expect(plain(readWeights(floats, 'm.onnx').weights)).toEqual({ w: { shape: [3], data: [1, 2, -0.5] } });
    const halves = modelWith({ name: 'w', dimensions: [2], dataType: 10, rawData: Uint8Array.of(0, 0x3c, 0, 0xc0) });
    expect(plain(readWeights(halves, 'm.onnx').weights)).toEqual({ w: { shape: [2], data: [1, -2] } });
  });

  it('refuses weights that lie in another file, and lengths that disagree', () => {
    expect(errorOf(modelWith({ name: 'w', dimensions: [3], dataType: 1 })).message).toContain('a file beside it');
    const short = modelWith({ name: 'w', dimensions: [3], dataType: 1, rawData: new Uint8Array(8) });
    expect(errorOf(short).message).toContain('has 2 values');
  });
});

const folder = realWeightsFolder();
describe.skipIf(!folder)('real weights', () => {
  const real = (name: string) => readWeights(readFileSync(join(folder as string, name)), name);

  it('the safetensors and the .pth of a ResNet-18 hold the same tensors', () => {
    const pth = real('resnet18-imagenet-through-layer3.pth');
    const safetensors = real('resnet18-imagenet-through-layer3.safetensors');
    expect([...pth.weights.keys()]).toEqual([...safetensors.weights.keys()]);
    for (const [name, { data, shape }] of pth.weights) {
      const other = safetensors.weights.get(name)!;
      expect(shape).toEqual(other.shape);
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(other.data.buffer))).toBe(0);
    }
    expect(pth.weights.get('layer3.1.conv2.weight')!.shape).toEqual([256, 256, 3, 3]);
    expect(safetensors.metadata.architecture).toBe('resnet18');
  });

  it('a round trip through safetensors keeps every tensor and the counters int64', () => {
    const { weights } = real('mobilenet_v2-imagenet.safetensors');
    const copy = readWeights(encodeSafetensors(withBatchCounters(weights, 0)), 'copy.safetensors').weights;
    expect(copy.size).toBe(weights.size);
    const bytes = (of: Weights) => Buffer.from(of.get('classifier.1.weight')!.data.buffer);
    expect(bytes(copy).equals(bytes(weights))).toBe(true);
    expect(copy.get('features.0.1.num_batches_tracked')!.shape).toEqual([]);
  });
});
