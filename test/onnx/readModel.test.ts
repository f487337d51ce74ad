import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/graph/index.js';
import { encodeMessage } from '../../src/graph/protobuf.js';
import { readNetwork, readVersions } from '../../src/onnx/index.js';
import { decodeTensor } from '../../src/onnx/mirror/decodeTensor.js';
import { thrown } from '../thrown.js';
import { floats, type ModelSpec, makeModel, type tensorMessage } from './makeModel.js';

const relu: ModelSpec = {
  nodes: [{ operator: 'Relu', inputs: ['x'], outputs: ['y'] }],
  inputs: { x: ['batch', 3, 4, 4] },
  outputs: ['y'],
  metadata: { classes: '["a","b"]' },
};
const text = (start: string) => Uint8Array.from(`${start}${'\0'.repeat(100)}`, (c) => c.charCodeAt(0));
const source = { file: 'net.onnx', files: new Map<string, Uint8Array>(), damaged: (found: string) => new Error(found) };

describe('readNetwork', () => {
  it('says what the file says', () => {
    const network = readNetwork(makeModel(relu), { name: 'net.onnx' });
    expect(network.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 3, 4, 4] }]);
    expect(network.outputs).toEqual([{ name: 'y', type: 'float32', shape: undefined }]);
    expect([network.opset, network.irVersion, network.producer.name]).toEqual([17, 8, 'test']);
    expect(network.metadata).toEqual({ classes: '["a","b"]' });
    expect(network.operators).toEqual([{ operator: 'Relu', domain: '', count: 1 }]);
  });

  it.each([
    ['PK\x03\x04 archive/data.pkl', /PyTorch file/],
    ['PK\x03\x04 model.weights.h5', /Keras model/],
    ['\x80\x02}q\x00', /Python pickle/],
    ['\x89HDF\r\n\x1a\n', /HDF5/],
    ['\x1c\0\0\0TFL3', /TensorFlow Lite/],
    ['\x1c\0\0\0ORTM', /onnxruntime's own format/],
    ['\x08\x01\x12\x20\x0a\x05serve', /SavedModel/],
    ['\x0a\x20\x0a\x05input\x12\x0bPlaceholder', /frozen graph/],
    ['version https://git-lfs.github.com/spec/v1', /Git LFS pointer/],
    ['<!DOCTYPE html><html>', /web page/],
    ['{"model_type": "vit"}', /JSON/],
    ['\x1f\x8b\x08', /gzip/],
    ['\x40\0\0\0\0\0\0\0{"a":', /safetensors/],
    ['hello', /no complete ONNX model/],
  ])('refuses %j by what it is', (start, expected) => {
    const error = thrown(() => readNetwork(text(start), { name: 'net.onnx' }));
    expect(error.message).toMatch(expected);
    expect([error.kind, error.hint !== undefined]).toEqual(['run', true]);
  });

  it('refuses every file that is cut off, or empty', () => {
    const whole = makeModel({ ...relu, initializers: { w: floats([1, 2, 3]) } });
    for (let length = 0; length < whole.length; length += 7)
      expect(thrown(() => readNetwork(whole.subarray(0, length), { name: 'net.onnx' })).kind).toBe('run');
  });

  it.each([
    [{ opset: readVersions.opset.newest + 1 }, `version ${readVersions.opset.newest + 1} of ONNX's operators`, 'newer'],
    [{ opset: 5 }, "version 5 of ONNX's operators", 'older'],
    [{ irVersion: readVersions.ir.newest + 1 }, `version ${readVersions.ir.newest + 1} of ONNX's file format`, 'newer'],
  ])('refuses versions that it does not read with both numbers: %j', (version, what, age) => {
    const { message } = thrown(() => readNetwork(makeModel({ ...relu, ...version }), { name: 'net.onnx' }));
    expect(message).toContain(what);
    expect(message).toContain(age);
    expect(message).toMatch(/versions \d+ to \d+/);
  });

  it('takes initializers that are inputs, too', () => {
    const spec = { ...relu, inputs: { x: [1, 2], w: [2] }, initializers: { w: floats([1, 2]) } };
    expect(readNetwork(makeModel(spec)).inputs.map(({ name }) => name)).toEqual(['x']);
  });
});

describe('weights in a second file', () => {
  const message = {
    name: 'w',
    dimensions: [3],
    dataType: 1,
    dataLocation: 1,
    externalData: [
      { key: 'location', value: 'net.onnx.data' },
      { key: 'offset', value: '4' },
    ],
  };
  const bytes = encodeMessage('Model', {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      nodes: [
        { operator: 'Add', inputs: ['x', 'w'], outputs: ['a'], attributes: [] },
        { operator: 'Mul', inputs: ['a', 'w'], outputs: ['y'], attributes: [] },
      ],
      initializers: [message],
      inputs: [],
      outputs: [{ name: 'y' }],
    },
  });
  const file = new Uint8Array(Float32Array.of(9, 1, 2, 3).buffer);

  it('are views of it', () => {
    const tensor = decodeTensor(
      { ...message, floatData: [], int32Data: [] },
      { ...source, files: new Map([['net.onnx.data', file]]) },
    );
    expect(Array.from(tensor.data as Float32Array)).toEqual([1, 2, 3]);
    expect((tensor.data as Float32Array).buffer).toBe(file.buffer);
  });

  it('are asked for where they are missing, and where they are short', () => {
    expect(thrown(() => readNetwork(bytes, { name: 'net.onnx' })).message).toContain('net.onnx.data');
    const short = new Map([['net.onnx.data', file.subarray(0, 8)]]);
    const network = readNetwork(bytes, { name: 'net.onnx', files: short });
    const graph = new Graph();
    expect(network.inputs).toEqual([]);
    expect(thrown(() => network.append(graph, { inputs: { a: graph.input('a', [3]) } })).message).toMatch(
      /does not fit|ends at byte/,
    );
  });
});

describe('decodeTensor', () => {
  const decode = (found: ReturnType<typeof tensorMessage>) => {
    const { type, data } = decodeTensor(
      { floatData: [], int32Data: [], int64Data: [], doubleData: [], uint64Data: [], ...found },
      source,
    );
    return [type, Array.from(data as Float32Array, Number)];
  };

  it.each([
    ['float32', { dataType: 1, floatData: [0.5, -2] }, [0.5, -2]],
    ['float64', { dataType: 11, doubleData: [0.1, 1e300] }, [0.1, 1e300]],
    ['int64', { dataType: 7, int64Data: [-3, 4] }, [-3, 4]],
    ['int32', { dataType: 6, int32Data: [-3, 4] }, [-3, 4]],
    ['uint8', { dataType: 2, int32Data: [3, 255] }, [3, 255]],
    ['bool', { dataType: 9, int32Data: [1, 0] }, [1, 0]],
    ['uint64', { dataType: 13, uint64Data: [3, 4] }, [3, 4]],
    ['float16', { dataType: 10, int32Data: [0x3c00, 0xc000] }, [1, -2]],
    ['bfloat16', { dataType: 16, int32Data: [0x3f80, 0xc000] }, [1, -2]],
    ['float16', { dataType: 10, rawData: Uint8Array.of(0, 0x3c, 0, 0xc0) }, [1, -2]],
    ['int16', { dataType: 5, rawData: Uint8Array.of(0xff, 0xff, 2, 0) }, [-1, 2]],
    ['uint32', { dataType: 12, rawData: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0x80) }, [1, 2 ** 31]],
  ])('%s from %j', (type, message, numbers) => {
    expect(decode({ dimensions: [2], ...message })).toEqual([type, numbers]);
  });

  it('refuses another number of elements, shapes and types that are none', () => {
    expect(() => decode({ name: 'w', dimensions: [3], dataType: 1, floatData: [1] })).toThrow('has 1 values');
    expect(() => decode({ name: 'w', dimensions: [3], dataType: 1 })).toThrow('has no values');
    expect(() => decode({ name: 'w', dimensions: [-1], dataType: 1 })).toThrow('shape');
    expect(() => decode({ name: 'w', dimensions: [1], dataType: 17 })).toThrow('float8e4m3fn');
  });
});

describe('local functions', () => {
  const spec: ModelSpec = {
    nodes: [
      { operator: 'Twice', domain: 'own', inputs: ['x'], outputs: ['a'], name: 'first' },
      { operator: 'Twice', domain: 'own', inputs: ['a'], outputs: ['y'], attributes: { slope: { float: 0.5 } } },
    ],
    functions: [
      {
        name: 'Leak',
        domain: 'own',
        inputs: ['x'],
        outputs: ['y'],
        attributes: ['alpha'],
        nodes: [
          { operator: 'LeakyRelu', inputs: ['x'], outputs: ['y'], attributes: { alpha: { reference: 'alpha' } } },
        ],
      },
      {
        name: 'Twice',
        domain: 'own',
        inputs: ['x'],
        outputs: ['y'],
        defaults: { slope: { float: 0.25 } },
        nodes: [
          {
            operator: 'Leak',
            domain: 'own',
            inputs: ['x'],
            outputs: ['inner'],
            attributes: { alpha: { reference: 'slope' } },
          },
          { operator: 'Leak', domain: 'own', inputs: ['inner'], outputs: ['y'] },
        ],
      },
    ],
    inputs: { x: [2] },
    outputs: ['y'],
  };

  it('are written out, nested, with attributes that refer to theirs', () => {
    const network = readNetwork(makeModel(spec));
    expect(network.nodes.map(({ operator }) => operator)).toEqual(new Array(4).fill('LeakyRelu'));
    expect(network.nodes.map(({ attributes }) => attributes.float('alpha', 0.01))).toEqual([0.25, 0.01, 0.5, 0.01]);
    expect(new Set(network.nodes.flatMap(({ outputs }) => outputs)).size).toBe(4);
    expect(network.nodes[1].outputs).toEqual(['a']);
  });

  it('that call themselves are refused', () => {
    const [leak, twice] = spec.functions!;
    const nodes = [{ operator: 'Twice', domain: 'own', inputs: ['x'], outputs: ['y'] }];
    const circle = { ...spec, functions: [{ ...leak, nodes }, twice] };
    expect(thrown(() => readNetwork(makeModel(circle))).message).toContain('calls itself');
  });
});
