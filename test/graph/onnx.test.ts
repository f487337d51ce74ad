import { describe, expect, it } from 'vitest';
import { conv, Graph, gradients, linear, operatorSetVersion, reduceSum, relu, toOnnx } from '../../src/graph/index.js';
import { irVersion } from '../../src/graph/onnx.js';
import { attributeTypes, dataTypes } from '../../src/graph/onnxSchema.js';
import { decodeMessage, type Message } from '../../src/graph/protobuf.js';
import { nodeRuntime } from '../../src/runtime/node.js';

function makeGraph() {
  const graph = new Graph();
  const x = graph.input('x', [2, 3, 8, 8]);
  const weight = graph.initializer(
    Float32Array.from({ length: 108 }, (_, i) => i / 108),
    [4, 3, 3, 3],
    'weight',
  );
  const y = graph.apply(relu, [graph.apply(conv, [x, weight], { stride: 2, padding: 1 })], {});
  return { graph, x, weight, y };
}

const decode = (graph: Graph, options = {}) => decodeMessage('Model', toOnnx(graph, options));

describe('toOnnx', () => {
  it('writes nodes, attributes, initializers, inputs and outputs that read back the same', () => {
    const { graph, y } = makeGraph();
    graph.output('y', y);
    const model = decode(graph, {
      name: 'net',
      producerVersion: '1.2.3',
      description: 'what it is',
      metadata: { classes: '["mel","nv"]', empty: '' },
    });
    expect(model).toMatchObject({
      irVersion,
      producerName: 'lesionlab',
      producerVersion: '1.2.3',
      docString: 'what it is',
      opsetImport: [{ domain: '', version: operatorSetVersion }],
      metadata: [
        { key: 'classes', value: '["mel","nv"]' },
        { key: 'empty', value: '' },
      ],
    });
    expect(model.graph.name).toBe('net');
    const [first, second] = model.graph.nodes as Message[];
    expect(first).toMatchObject({ operator: 'Conv', inputs: ['x', 'weight'] });
    expect(first.attributes).toHaveLength(3);
    expect(first.attributes.find(({ name }: Message) => name === 'pads')).toMatchObject({
      ints: [1, 1, 1, 1],
      type: attributeTypes.ints,
    });
    expect(second).toMatchObject({ operator: 'Relu', inputs: first.outputs, outputs: ['y'] });
    const [tensor] = model.graph.initializers as Message[];
    expect(tensor).toMatchObject({ name: 'weight', dimensions: [4, 3, 3, 3], dataType: dataTypes.float32 });
    expect(new Float32Array(new Uint8Array(tensor.rawData).buffer)[107]).toBe(Math.fround(107 / 108));
    const sides = (value: Message) => value.type.tensorType.shape.dimensions.map(({ value: side }: Message) => side);
    expect(model.graph.inputs.map((input: Message) => [input.name, sides(input)])).toEqual([['x', [2, 3, 8, 8]]]);
    expect(model.graph.outputs.map((output: Message) => [output.name, sides(output)])).toEqual([['y', [2, 4, 4, 4]]]);
  });

  it('tells kinds of attributes and element types apart', () => {
    const graph = new Graph();
    const x = graph.input('x', [2], 'int64');
    const attributes = { to: 1, scale: { float: 0.25 }, mode: 'CRD', axes: [] };
    graph.output('y', graph.node('Fake', [x, null, x], [2], attributes, { type: 'bool', domain: 'com.microsoft' }));
    const model = decode(graph);
    const [node] = model.graph.nodes;
    expect(node).toMatchObject({ domain: 'com.microsoft', inputs: ['x', '', 'x'] });
    expect(node.attributes).toMatchObject([
      { name: 'to', int: 1, type: attributeTypes.int },
      { name: 'scale', float: 0.25, type: attributeTypes.float },
      { name: 'mode', string: Uint8Array.from([67, 82, 68]), type: attributeTypes.string },
      { name: 'axes', ints: [], type: attributeTypes.ints },
    ]);
    expect(model.graph.inputs[0].type.tensorType.elementType).toBe(dataTypes.int64);
    expect(model.graph.outputs[0].type.tensorType.elementType).toBe(dataTypes.bool);
    expect(model.opsetImport).toContainEqual({ domain: 'com.microsoft', version: 1 });
  });

  it('ends with what nobody takes from, the first of it last: gradients are computed one layer after the other', () => {
    const graph = new Graph();
    const x = graph.input('x', [2, 3]);
    const weights = ['first', 'second'].map((name) => graph.input(name, [3, 3]));
    const hidden = graph.apply(relu, [graph.apply(linear, [x, weights[0]], {})], {});
    graph.output('y', graph.apply(linear, [hidden, weights[1]], {}));
    const found = gradients(
      graph,
      graph.apply(reduceSum, [graph.outputs.get('y')!], { axes: [0, 1], keepAxes: false }),
      weights,
    );
    for (const [i, name] of ['first', 'second'].entries()) graph.output(`gradient/${name}`, found[i]);
    const { nodes } = decode(graph).graph as Message & { nodes: (Message & { inputs: string[]; outputs: string[] })[] };
    const made = nodes.map(({ outputs }) => outputs[0]);
    expect(made.filter((name) => name.startsWith('gradient/'))).toEqual(['gradient/first', 'gradient/second']);
    for (const [i, { inputs }] of nodes.entries())
      for (const name of inputs) expect(made.slice(i), `${name}, taken by node ${i}`).not.toContain(name);
  });

  it('writes symbolic dimensions by name', () => {
    const { graph, y } = makeGraph();
    graph.output('y', y);
    const model = decode(graph, { symbolicShapes: { x: ['batch', 3, 8, 8] } });
    expect(model.graph.inputs[0].type.tensorType.shape.dimensions).toEqual([
      { parameter: 'batch' },
      { value: 3 },
      { value: 8 },
      { value: 8 },
    ]);
  });

  it('makes inputs, constants and one value under two names outputs, as onnxruntime accepts them', async () => {
    const { graph, x, weight, y } = makeGraph();
    for (const [name, value] of Object.entries({ y, again: y, input: x, constant: weight })) graph.output(name, value);
    const session = await nodeRuntime.open(toOnnx(graph));
    const feed = { data: new Float32Array(2 * 3 * 64).fill(1), shape: [2, 3, 8, 8] };
    const outputs = await session.run({ x: feed });
    await session.close();
    expect(outputs.again.data).toEqual(outputs.y.data);
    expect(outputs.input.data).toEqual(feed.data);
    expect(outputs.constant.shape).toEqual([4, 3, 3, 3]);
    expect(outputs.y.shape).toEqual([2, 4, 4, 4]);
  });
});

describe('Graph', () => {
  it('shares constants, and refuses data that does not fill its shape', () => {
    const graph = new Graph();
    expect(graph.scalar(0)).toBe(graph.scalar(0));
    expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
    expect(graph.integers([12])).not.toBe(graph.integers([1, 2]));
    expect(() => graph.initializer(new Float32Array(3), [2, 2], 'w')).toThrow(
      /"w": expected 4 values, as its shape \[2, 2\] has, found 3/,
    );
  });

  it('refuses an output under the name of another value, or of an input or constant itself', async () => {
    const { graph, x, weight, y } = makeGraph();
    const next = graph.node('Relu', [y], y.shape);
    for (const [name, value] of [
      ['x', y],
      ['x', x],
      [weight.name, weight],
      [y.name, next],
    ] as const)
      expect(() => graph.output(name, value)).toThrow(
        `Values of a graph: expected each name once, found "${name}" twice.`,
      );
    graph.output(next.name, next);
    // Names that are given later keep clear of it.
    graph.output('Relu_99', y);
    for (let value = next, i = 0; i < 100; i++) value = graph.node('Relu', [value], value.shape);
    const session = await nodeRuntime.open(toOnnx(graph));
    expect(session.outputNames).toEqual([next.name, 'Relu_99']);
    await session.close();
  });
});

describe('nodeRuntime', () => {
  it('says so where bytes are no model', async () => {
    await expect(nodeRuntime.open(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
      kind: 'run',
      code: 'model-unusable',
    });
  });

  it('names the input that was not fed', async () => {
    const { graph, y } = makeGraph();
    graph.output('y', y);
    const session = await nodeRuntime.open(toOnnx(graph));
    await expect(session.run({})).rejects.toMatchObject({ code: 'missing-feed', message: /"x"/ });
    await session.close();
  });
});
