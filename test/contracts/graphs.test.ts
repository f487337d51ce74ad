import { filterLayout, readFilter, storeFilter } from '../../src/graph/blocked/filters.js';
import { flatten, Graph, gradients, toOnnx, type Value } from '../../src/graph/index.js';
import { notWhole, testContracts } from './contract.js';

const notShapes = [[0], [-1, 3], [1.5], [Number.NaN], ['3'], [Number.POSITIVE_INFINITY, 2], 3, null];

const withInput = (call: (graph: Graph, x: Value, ...rest: never[]) => unknown) => {
  return (...rest: never[]) => {
    const graph = new Graph();
    return call(graph, graph.input('x', [2, 3]), ...rest);
  };
};

testContracts('graphs', [
  {
    call: (options: object) => new Graph(options),
    name: 'new Graph',
    good: () => [{ target: 'cpu', channelBlock: 8 }],
    bad: [
      ['0.target', ['gpu', null]],
      ['0.channelBlock', notWhole(1)],
    ],
  },
  {
    call: withInput((graph, _x, name: string, shape: number[], type: 'float32') => graph.input(name, shape, type)),
    name: 'Graph.input',
    good: () => ['y', [1, 2], 'float32'],
    bad: [
      ['0', ['x', '', null]],
      ['1', notShapes],
      ['2', ['float64', null]],
    ],
  },
  {
    call: withInput((graph, _x, data: Float32Array, shape: number[], name: string) =>
      graph.initializer(data, shape, name),
    ),
    name: 'Graph.initializer',
    good: () => [new Float32Array(6), [2, 3], 'w'],
    bad: [
      ['0', [new Float32Array(5), new Float32Array(0)]],
      ['1', [...notShapes, [2, 2]]],
      ['2', ['x', '']],
    ],
  },
  {
    call: withInput((graph, x, shape: number[]) => graph.node('Relu', [x], shape)),
    name: 'Graph.node',
    good: () => [[2, 3]],
    bad: [['0', notShapes]],
  },
  {
    call: withInput((graph, x, name: string, value?: Value) => {
      graph.output('taken', x);
      graph.output(name, value ?? x);
    }),
    name: 'Graph.output',
    good: () => ['y', undefined],
    bad: [
      ['0', ['taken', '', null]],
      ['1', [{ name: 'of another graph', shape: [1], type: 'float32' }]],
    ],
  },
  {
    call: withInput((graph, x, seedShape: number[] | null, sources: number) => {
      const other = graph.input('other', [1]);
      const y = graph.apply(flatten, [x], {});
      const seed = seedShape ? graph.input('seed', seedShape) : undefined;
      return gradients(graph, y, [x, other].slice(0, sources), seed);
    }),
    name: 'gradients',
    good: () => [[2, 3], 1],
    bad: [
      ['0', [null, [3, 2], [1]]],
      ['1', [0, 2]],
    ],
  },
  {
    call: withInput((graph, x, outputs: number, symbolicShapes: Record<string, string[]>) => {
      if (outputs > 0) graph.output('y', graph.node('Relu', [x], x.shape));
      return toOnnx(graph, { symbolicShapes });
    }),
    name: 'toOnnx',
    good: () => [1, { x: ['batch', 3], y: ['batch', 3] }],
    bad: [
      ['0', [0]],
      ['1', [{ z: ['batch', 3] }, { x: ['batch'] }]],
    ],
  },
  {
    call: storeFilter,
    good: () => [new Float32Array(8 * 8 * 9), [8, 8, 3, 3], filterLayout([8, 8, 3, 3], 8)],
    bad: [['0', [new Float32Array(8)]]],
  },
  {
    call: readFilter,
    good: () => [new Float32Array(8 * 8 * 9), [8, 8, 3, 3], filterLayout([8, 8, 3, 3], 8)],
    bad: [['0', [new Float32Array(8)]]],
  },
]);
