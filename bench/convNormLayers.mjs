#!/usr/bin/env node
import { filterLayout } from '../dist/graph/blocked/filters.js';
import { storedShape } from '../dist/graph/blocked/layout.js';
/**
 * One trained layer (convolution, batch norm, ReLU) with all its gradients: as ONNX's own operators, and as one operator on channels in
 * blocks. usage: node bench/convNormLayers.mjs [batch size, default 32] [threads, default 2]. Milliseconds, medians; the two take turns.
 */
import { batchNorm, conv, elementCount, Graph, gradients, maxPool, relu, toOnnx } from '../dist/graph/index.js';
import { blockedConvNorm } from '../dist/graph/ops/convolution/blockedConvNorm.js';
import { nodeRuntime } from '../dist/runtime/node.js';

const [batch = 32, threads = 2] = process.argv.slice(2).map(Number);
const rounds = 15;
const epsilon = 1e-5;
const block = await nodeRuntime.channelBlock();
if (block === undefined) {
  console.error('onnxruntime has no blocked kernels on this processor: there is nothing to compare.');
  process.exit(1);
}

/** Title, channels, filters, side, kernel, stride, depthwise. */
const layers = [
  ['7x7, 3 to 64, stride 2 (stem)', 3, 64, 112, 7, 2, false],
  ['3x3, 64', 64, 64, 28, 3, 1, false],
  ['3x3, 64 to 128, stride 2', 64, 128, 28, 3, 2, false],
  ['3x3, 128', 128, 128, 14, 3, 1, false],
  ['3x3, 256', 256, 256, 7, 3, 1, false],
  ['3x3, 512', 512, 512, 4, 3, 1, false],
  ['1x1, 24 to 144', 24, 144, 28, 1, 1, false],
  ['1x1, 144 to 24', 144, 24, 28, 1, 1, false],
  ['depthwise 3x3, 144', 144, 144, 28, 3, 1, true],
  ['depthwise 3x3, 96, stride 2', 96, 96, 56, 3, 2, true],
];

/** Feeds for a graph, whatever its inputs are. */
const noise = (shape) => {
  let state = 1;
  return Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
};

async function open(build) {
  const graph = build();
  const session = await nodeRuntime.open(toOnnx(graph), { threads });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape, layout }) => {
      const stored = storedShape(shape, layout);
      return [name, { data: noise(stored), shape: stored }];
    }),
  );
  // The first run makes the arrays that later ones write into.
  const targets = await session.run(feeds);
  return { step: () => session.run(feeds, targets), close: () => session.close() };
}

function buildLayer([, channels, filters, side, k, stride, depthwise], channelBlock) {
  const graph = new Graph({ channelBlock });
  const shape = [filters, depthwise ? 1 : channels, k, k];
  const x = graph.input('x', [batch, channels, side, side]);
  const layout = channelBlock && filterLayout(shape, channelBlock, depthwise ? filters : 1);
  const weight = graph.input('weight', shape, 'float32', layout);
  const [scale, bias, shift] = ['scale', 'bias', 'shift'].map((name) => graph.input(name, [filters]));
  const window = { stride, padding: k >> 1 };
  let y;
  if (channelBlock) {
    const attributes = { ...window, groups: depthwise ? filters : 1, epsilon, activation: 'relu' };
    y = graph.apply(blockedConvNorm, [x, weight, scale, bias, shift], attributes);
  } else {
    const convolved = graph.apply(conv, [x, weight, shift], { ...window, groups: depthwise ? channels : 1 });
    y = graph.apply(relu, [graph.apply(batchNorm, [convolved, scale, bias], { epsilon, nearlyCentred: true })], {});
  }
  // Images have no gradient; others come and go as their neighbours want them: in blocks here, row by row there.
  const sources = [weight, scale, bias, ...(channels > 3 ? [x] : [])];
  const seed = graph.input('seed', y.shape, 'float32', y.layout);
  for (const [i, gradient] of gradients(graph, y, sources, seed).entries()) graph.output(`gradient ${i}`, gradient);
  return graph;
}

async function time(forms) {
  const opened = [];
  for (const form of forms) opened.push(await open(form));
  const times = opened.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { step }] of opened.entries()) {
      const start = performance.now();
      await step();
      times[i].push(performance.now() - start);
    }
  }
  for (const { close } of opened) await close();
  return times.map((list) => list.sort((a, b) => a - b)[rounds >> 1]);
}

console.log(`batch ${batch}, ${threads} threads, blocks of ${block}, onnxruntime ${nodeRuntime.version}`);
console.log(`${'layer with its gradients'.padEnd(34)}${'separate'.padStart(9)}${'blocked'.padStart(9)}`);
for (const layer of layers) {
  const [separate, blocked] = await time([() => buildLayer(layer), () => buildLayer(layer, block)]);
  console.log(layer[0].padEnd(34) + separate.toFixed(1).padStart(9) + blocked.toFixed(1).padStart(9));
}

/** Overlapping max pooling: `webgpu` stands for the form by comparisons, which runs on the CPU, too. */
const buildPooling = (target) => {
  const graph = new Graph({ target });
  const x = graph.input('x', [batch, 64, 56, 56]);
  const y = graph.apply(maxPool, [x], { kernel: 3, stride: 2, padding: 1 });
  graph.output('gradient', gradients(graph, y, [x], graph.input('seed', y.shape))[0]);
  return graph;
};
const [compared, scattered] = await time([() => buildPooling('webgpu'), () => buildPooling('cpu')]);
console.log(
  `max pooling 3x3, stride 2, 64, 56 px: by comparisons ${compared.toFixed(1)}, by indices ${scattered.toFixed(1)}`,
);
