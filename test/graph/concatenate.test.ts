import { describe, expect, it } from 'vitest';
import {
  concat,
  concatenate,
  elementCount,
  Graph,
  gradients,
  relu,
  toOnnx,
  type Value,
} from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

/** Densely connected: each layer takes all values before it, side by side. */
function dense(graph: Graph, first: Value, layers: number, join: (values: readonly Value[]) => Value): Value {
  const values = [first];
  for (let i = 0; i < layers; i++) values.push(graph.apply(relu, [join(values)], {}));
  return join(values);
}

const joinAll = (graph: Graph) => (values: readonly Value[]) =>
  values.length === 1 ? values[0] : concatenate(graph, values, 1);

describe('concatenate', () => {
  it('puts values behind the longest earlier concatenation of those before', () => {
    const graph = new Graph();
    dense(graph, graph.input('x', [2, 3]), 4, joinAll(graph));
    const joined = graph.applications.filter(({ operator }) => operator.name === 'concat');
    expect(joined.map(({ output }) => output.shape[1])).toEqual([6, 12, 24, 48]);
    expect(joined.map(({ inputs }) => inputs.length)).toEqual([2, 2, 2, 2]);
    expect(joined.slice(1).map(({ inputs }) => inputs[0].name)).toEqual(
      joined.slice(0, -1).map(({ output }) => output.name),
    );
  });

  it('takes one along another axis, or of other values, for none', () => {
    const graph = new Graph();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => graph.input(name, [2, 2]));
    concatenate(graph, [a, b], 0);
    concatenate(graph, [b, a], 1);
    concatenate(graph, [a, b, c], 1);
    expect(graph.applications.at(-1)!.inputs).toEqual([a, b, c]);
  });

  it('has the gradient of one over all values', async () => {
    const run = async (join: (graph: Graph, values: readonly Value[]) => Value) => {
      const graph = new Graph();
      const x = graph.input('x', [2, 3]);
      const output = dense(graph, x, 3, (values) => (values.length === 1 ? values[0] : join(graph, values)));
      const seed = graph.input('seed', output.shape);
      graph.output('output', output);
      graph.output('gradient', gradients(graph, output, [x], seed)[0]);
      const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
      const found = await session.run({
        x: { data: wave(6, 1), shape: [2, 3] },
        seed: { data: wave(elementCount(seed.shape), 2), shape: seed.shape },
      });
      await session.close();
      return found;
    };
    const grown = await run((graph, values) => concatenate(graph, values, 1));
    const flat = await run((graph, values) => graph.apply(concat, values, { axis: 1 }));
    expect(grown.output.data).toEqual(flat.output.data);
    const expected = [...(flat.gradient.data as Float32Array)];
    [...(grown.gradient.data as Float32Array)].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });
});
