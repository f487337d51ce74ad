#!/usr/bin/env node
/**
 * One trained convolution with bias and ReLU, forward and with all its gradients: as ONNX's own operators, on channels in blocks, and in
 * PyTorch where it is installed. usage: node bench/convLayers.mjs [batch size, default 16] [threads, default 2] [python, default python3].
 * Milliseconds, medians; all take turns. In blocks, inputs, gradients and weights come and go as a network has them there: in blocks.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { filterLayout } from '../dist/graph/blocked/filters.js';
import { channelLayout, storedShape } from '../dist/graph/blocked/layout.js';
import { conv, elementCount, Graph, gradients, toOnnx } from '../dist/graph/index.js';
import { nodeRuntime } from '../dist/runtime/node.js';

const [batch = 16, threads = 2] = process.argv.slice(2, 4).map(Number);
const python = process.argv[4] ?? 'python3';
const rounds = 15;
const block = await nodeRuntime.channelBlock();
if (block === undefined) {
  console.error('onnxruntime has no blocked kernels on this processor: there is nothing to compare.');
  process.exit(1);
}

const square = (k, stride = 1) => ({ kernel: [k, k], stride: [stride, stride], padding: [k >> 1, k >> 1] });
/** Title, channels, filters, side, window, groups. */
const layers = [
  ['1x1, 192 to 32, 28x28', 192, 32, 28, square(1), 1],
  ['1x1, 32 to 192, 28x28', 32, 192, 28, square(1), 1],
  ['3x3, 128 to 32, 28x28', 128, 32, 28, square(3), 1],
  ['3x3, 64 to 128, stride 2, 28x28', 64, 128, 28, square(3, 2), 1],
  ['3x3, 64, dilation 2, 28x28', 64, 64, 28, { ...square(3), padding: [2, 2], dilation: [2, 2] }, 1],
  ['7x1, 128, 14x14', 128, 128, 14, { kernel: [7, 1], stride: [1, 1], padding: [3, 0] }, 1],
  ['1x7, 128, 14x14', 128, 128, 14, { kernel: [1, 7], stride: [1, 1], padding: [0, 3] }, 1],
  ['depthwise 3x3, 144, 28x28', 144, 144, 28, square(3), 144],
  ['depthwise 5x5, 240, 14x14', 240, 240, 14, square(5), 240],
  ['depthwise 5x5, 240, stride 2, 28x28', 240, 240, 28, square(5, 2), 240],
  ['depthwise 7x7, 96, 56x56', 96, 96, 56, square(7), 96],
  ['groups of 2, 3x3, 64, 28x28', 64, 64, 28, square(3), 32],
  ['groups of 4, 3x3, 128, 28x28', 128, 128, 28, square(3), 32],
  ['groups of 8, 3x3, 104, 28x28', 104, 104, 28, square(3), 13],
  ['groups of 16, 3x3, 128, 28x28', 128, 128, 28, square(3), 8],
  ['groups of 24, 3x3, 144, 28x28', 144, 144, 28, square(3), 6],
  ['groups of 64, 3x3, 256, 14x14', 256, 256, 14, square(3), 4],
  ['groups of 8, 1x1, 128, 28x28', 128, 128, 28, square(1), 16],
  ['groups of 80, 1x1, 240, 28x28', 240, 240, 28, square(1), 3],
  ['squeezed 1x1, 240 to 10, 1x1', 240, 10, 1, square(1), 1],
  ['squeezed 1x1, 10 to 240, 1x1', 10, 240, 1, square(1), 1],
].filter(([title]) => title.includes(process.argv[5] ?? ''));

const noise = (shape) => {
  let state = 1;
  return Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
};

function buildLayer([, channels, filters, side, { kernel, stride, padding, dilation = [1, 1] }, groups], channelBlock) {
  const graph = new Graph({ channelBlock });
  const shape = [filters, channels / groups, ...kernel];
  const blocks = channelBlock && channelLayout(channelBlock);
  const x = graph.input('x', [batch, channels, side, side], 'float32', blocks);
  const weight = graph.input('weight', shape, 'float32', channelBlock && filterLayout(shape, channelBlock, groups));
  const bias = graph.input('bias', [filters]);
  const attributes = { stride, padding: [...padding, ...padding], dilation, groups, activation: 'relu' };
  const y = graph.apply(conv, [x, weight, bias], attributes);
  const seed = graph.input('seed', y.shape, 'float32', blocks);
  for (const [i, gradient] of gradients(graph, y, [x, weight, bias], seed).entries())
    graph.output(`gradient ${i}`, gradient);
  return graph;
}

async function open(graph) {
  const session = await nodeRuntime.open(toOnnx(graph), { threads, spin: false });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape, layout }) => {
      const stored = storedShape(shape, layout);
      return [name, { data: noise(stored), shape: stored }];
    }),
  );
  // The first run makes the arrays that later ones write into.
  const targets = await session.run(feeds);
  const step = async () => {
    const start = performance.now();
    await session.run(feeds, targets);
    return performance.now() - start;
  };
  return { step, close: () => session.close() };
}

/** PyTorch's side: a line with a layer opens it, an empty line takes a step. */
async function openTorch() {
  const script = fileURLToPath(new URL('torchConvLayer.py', import.meta.url));
  const child = spawn(python, [script, String(batch), String(threads)], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    return done ? undefined : Number(value);
  };
  const { value: version } = await lines.next();
  const openLayer = async (layer) => {
    if (version === undefined) return { step: async () => Number.NaN, close: async () => {} };
    await ask(JSON.stringify(layer));
    return { step: () => ask(''), close: async () => {} };
  };
  const close = async () => {
    child.stdin.end();
    if (version !== undefined && child.exitCode === null) await once(child, 'exit');
  };
  return { version, openLayer, close };
}

const torch = await openTorch();
console.log(
  `batch ${batch}, ${threads} threads, blocks of ${block}, onnxruntime ${nodeRuntime.version}, ${torch.version ?? 'no PyTorch'}`,
);
console.log(
  `${'layer with its gradients'.padEnd(38)}${['plain', 'blocked', 'PyTorch'].map((name) => name.padStart(9)).join('')}`,
);
for (const layer of layers) {
  const opened = [await open(buildLayer(layer)), await open(buildLayer(layer, block)), await torch.openLayer(layer)];
  const times = opened.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { step }] of opened.entries()) times[i].push(await step());
  for (const { close } of opened) await close();
  const medians = times.map((list) => list.sort((a, b) => a - b)[rounds >> 1]);
  const shown = medians.map((median) => (Number.isNaN(median) ? '' : median.toFixed(2)).padStart(9));
  console.log(layer[0].padEnd(38) + shown.join(''));
}
await torch.close();
