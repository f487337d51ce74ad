import { describe, expect, it } from 'vitest';
import { Graph, gather, gradients, multiply, slice, toOnnx, type Value } from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';

/** The gradient of x [2, 6] where stretches of its last axis meet factors of their own, and what onnxruntime runs for it. */
async function gradientOf(build: (graph: Graph, x: Value) => Value[]) {
  const graph = new Graph();
  const x = graph.input('x', [2, 6]);
  const parts = build(graph, x);
  const scaled = parts.map((part, i) => graph.apply(multiply, [part, graph.scalar(10 ** i)], {}));
  const flat = scaled.map((part) => graph.node('ReduceSum', [part], [], { keepdims: 0 }));
  // Each part's sum is an application of its own, so that their gradients come one by one.
  const sum = {
    name: 'sum',
    lower: () => flat.reduce((a, b) => graph.node('Add', [a, b], [])),
    gradient: () => scaled.map(({ shape }) => graph.node('Expand', [graph.scalar(1), graph.integers(shape)], shape)),
  };
  const forward = graph.nodes.length;
  const [gradient] = gradients(graph, graph.apply(sum, scaled, {}), [x]);
  graph.output('gradient', gradient);
  const session = await nodeRuntime.open(toOnnx(graph));
  const result = await session.run({ x: { data: new Float32Array(12), shape: [2, 6] } });
  await session.close();
  return {
    row: [...(result.gradient.data as Float32Array)].slice(0, 6),
    nodes: graph.nodes.slice(forward).map((node) => node.operator),
  };
}

const cut = (graph: Graph, x: Value, from: number, to: number) =>
  graph.apply(slice, [x], { starts: [from], ends: [to], axes: [1] });

describe('gradients of stretches', () => {
  it('of a split are joined, without zeros and sums', async () => {
    const { row, nodes } = await gradientOf((graph, x) => [
      cut(graph, x, 4, 6),
      cut(graph, x, 0, 1),
      cut(graph, x, 1, 4),
    ]);
    expect(row).toEqual([10, 100, 100, 100, 1, 1]);
    expect(nodes).toContain('Concat');
    expect(nodes).not.toContain('Pad');
  });

  it('of single positions too, whose axis was dropped', async () => {
    const { row } = await gradientOf((graph, x) =>
      [3, 5].map((place) => graph.apply(gather, [x], { indices: [place], indexShape: [], axis: 1 })),
    );
    expect(row).toEqual([0, 0, 0, 1, 0, 10]);
  });

  it('that overlap are added', async () => {
    const { row } = await gradientOf((graph, x) => [cut(graph, x, 0, 4), cut(graph, x, 2, 6), cut(graph, x, 3, 4), x]);
    expect(row).toEqual([1001, 1001, 1011, 1111, 1010, 1010]);
  });

  it('of different axes are added', async () => {
    const { row } = await gradientOf((graph, x) => [
      graph.apply(slice, [x], { starts: [0], ends: [1] }),
      cut(graph, x, 1, 2),
    ]);
    expect(row).toEqual([1, 11, 1, 1, 1, 1]);
  });
});
