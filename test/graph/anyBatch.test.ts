import { describe, expect, it } from 'vitest';
import {
  add,
  attention,
  concat,
  elementCount,
  expand,
  Graph,
  gather,
  gradients,
  layerNorm,
  linear,
  reshape,
  slice,
  toOnnx,
  transpose,
  type Value,
} from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { wave } from '../wave.js';

const [width, heads, tokens, classes] = [8, 2, 5, 3];

/** A small transformer as exporters write it: a class token, one attention, windows of two tokens, the token's logits. */
function build(graph: Graph, batch: number) {
  const constant = (shape: number[], phase: number) => graph.initializer(wave(elementCount(shape), phase, 0.5), shape);
  const x = graph.input('x', [batch, width, tokens]);
  const rows = graph.apply(transpose, [x], { permutation: [0, 2, 1] });
  const token = graph.apply(expand, [constant([1, 1, width], 1)], { shape: [batch, 1, width] });
  const all = graph.apply(concat, [token, rows], { axis: 1 });
  const norm = graph.apply(layerNorm, [all, constant([width], 2), constant([width], 3)], { axis: -1, epsilon: 1e-5 });
  const flat = graph.apply(linear, [norm, constant([3 * width, width], 4)], {});
  const split = graph.apply(reshape, [flat], { shape: [batch, tokens + 1, 3, heads, width / heads] });
  const turned = graph.apply(transpose, [split], { permutation: [2, 0, 3, 1, 4] });
  const parts = [0, 1, 2].map((i) => graph.apply(gather, [turned], { indices: [i], indexShape: [], axis: 0 }));
  const mixed = graph.apply(transpose, [graph.apply(attention, parts, { scale: 0.5 })], { permutation: [0, 2, 1, 3] });
  const joined = graph.apply(add, [all, graph.apply(reshape, [mixed], { shape: all.shape })], {});
  const windows = graph.apply(reshape, [joined], { shape: [(batch * (tokens + 1)) / 2, 2, width] });
  const swapped = graph.apply(slice, [windows], { starts: [-1], ends: [-3], axes: [1], steps: [-1] });
  const back = graph.apply(reshape, [swapped], { shape: all.shape });
  const chosen = graph.apply(gather, [back], { indices: [0], indexShape: [], axis: 1 });
  const logits = graph.apply(linear, [chosen, constant([classes, width], 5), constant([classes], 6)], {});
  return { x, logits, joined };
}

async function run(model: Uint8Array, feeds: Record<string, { data: Float32Array; shape: number[] }>) {
  const session = await nodeRuntime.open(model);
  const found = await session.run(feeds);
  await session.close();
  return found;
}

describe('a transformer built for one image', () => {
  it.each(['cpu', 'webgpu'] as const)('takes any number, gradients of activations included (%s)', async (target) => {
    const models = [1, 4].map((batch) => {
      const graph = new Graph({ target });
      const { logits, joined } = build(graph, batch);
      graph.output('logits', logits);
      const [gradient] = gradients(graph, logits, [joined as Value], graph.input('seed', logits.shape));
      graph.output('gradient', gradient);
      const symbolicShapes = {
        x: ['n', width, tokens],
        seed: ['n', classes],
        logits: ['n', classes],
        gradient: ['n', tokens + 1, width],
      };
      return toOnnx(graph, batch === 1 ? { symbolicShapes } : {});
    });
    const feeds = {
      x: { data: wave(4 * width * tokens, 7), shape: [4, width, tokens] },
      seed: { data: wave(4 * classes, 8), shape: [4, classes] },
    };
    const [open, closed] = await Promise.all(models.map((model) => run(model, feeds)));
    expect(open.logits.shape).toEqual([4, classes]);
    expect(open.logits.data).toEqual(closed.logits.data);
    expect(open.gradient.shape).toEqual([4, tokens + 1, width]);
    expect(open.gradient.data).toEqual(closed.gradient.data);
  });
});
