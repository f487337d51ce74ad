#!/usr/bin/env node
/**
 * Where a training step's time goes, and what stands between it and PyTorch's: by operator of the whole step, and each distinct layer alone, forward
 * and either gradient, beside PyTorch (oneDNN) alone at the same.
 * usage: node bench/stepOperators.mjs MODEL [image size, default 224] [batch, default 16] [threads, default 2] [python, default python3]
 * Milliseconds are the runtime's own of its operators, the least of several runs; PyTorch's the least of as many, in its faster memory format.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { filterLayout, gradientMemory } from '../dist/graph/blocked/filters.js';
import { channelLayout, storedShape } from '../dist/graph/blocked/layout.js';
import { conv, elementCount, Graph, gradients, linear, toOnnx } from '../dist/graph/index.js';
import { convMaxPool } from '../dist/graph/ops/convolution/convMaxPool.js';
import { initialWeights } from '../dist/models/index.js';
import { benchModel } from '../dist/node/bench/benchOptions.js';
import { freshBatches } from '../dist/node/bench/freshBatches.js';
import { nodeRuntime } from '../dist/runtime/node.js';
import { Trainer } from '../dist/training/index.js';
import { buildTrainingGraph } from '../dist/training/trainingGraph.js';

const [name, size = 224, batch = 16, threads = 2] = process.argv
  .slice(2, 6)
  .map((text, i) => (i ? Number(text) : text));
const python = process.argv[6] ?? 'python3';
if (!name) {
  console.error('usage: node bench/stepOperators.mjs MODEL [image size] [batch] [threads] [python]');
  process.exit(2);
}
const rounds = 7;
const classCount = 7;
const channelBlock = await nodeRuntime.channelBlock();
const model = await benchModel({ model: name, imageSize: size });
const options = {
  model,
  classCount,
  imageSize: size,
  batchSize: batch,
  optimizer: { kind: 'adam', weightDecay: 0 },
  classWeights: Array(classCount).fill(1),
  labelSmoothing: 0,
  weightAveraging: 0,
};

/** Runs something with the runtime's profiler on: [operator, least milliseconds, shapes] of each node. */
async function profile(run) {
  const folder = await mkdtemp(join(tmpdir(), 'lesionlab-step-'));
  try {
    await run(join(folder, 'profile'));
    const [file] = await readdir(folder);
    const nodes = new Map();
    for (const { cat, name: event, dur, args } of JSON.parse(await readFile(join(folder, file), 'utf8'))) {
      if (cat !== 'Node' || !event.endsWith('_kernel_time')) continue;
      const shapes = (found) => (found ?? []).map((tensor) => Object.values(tensor)[0]);
      const node = nodes.get(event) ?? { operator: args.op_name, least: Number.POSITIVE_INFINITY };
      node.least = Math.min(node.least, dur / 1000);
      node.inputs = shapes(args.input_type_shape);
      node.outputs = shapes(args.output_type_shape);
      nodes.set(event, node);
    }
    return [...nodes.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Operations of a node that multiplies matrices, two for each product; 0 for others. */
function operationsOf({ operator, inputs, outputs }) {
  const count = elementCount(outputs[0] ?? []);
  if (operator === 'Conv' || operator === 'FusedConv') return 2 * count * elementCount(inputs[1].slice(1));
  if (operator === 'ConvTranspose') return 2 * elementCount(inputs[0]) * elementCount(inputs[1].slice(1));
  if (operator === 'MatMul') return 2 * count * inputs[0].at(-1);
  if (operator === 'Gemm' || operator === 'FusedGemm')
    return 2 * Math.sqrt(elementCount(inputs[0]) * elementCount(inputs[1]) * count);
  return 0;
}

const noise = (shape) => {
  let state = 1;
  return Float32Array.from({ length: elementCount(shape) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x40000000 - 1;
  });
};

/** The whole step. */
async function profileStep() {
  let times;
  const nodes = await profile(async (profilePrefix) => {
    const weights = initialWeights({ model, classCount, imageSize: size }, 0);
    const trainer = await Trainer.open(nodeRuntime, options, weights, { threads, device: 'cpu', profilePrefix });
    const next = freshBatches({ batchSize: batch, imageSize: size, classCount, seed: 0 });
    const step = async () => {
      const { images, labels } = next();
      const [start, updates] = [performance.now(), trainer.updateMilliseconds];
      await trainer.step(images, labels, 1e-5);
      return [performance.now() - start, trainer.updateMilliseconds - updates];
    };
    await step();
    times = [];
    for (let round = 0; round < rounds; round++) times.push(await step());
    trainer.session.endProfile();
    await trainer.close();
  });
  const least = (i) => Math.min(...times.map((time) => time[i]));
  return { nodes, step: least(0), update: least(1) };
}

/** Distinct layers with weights, as the training graph has them, and how often. */
function layersOf() {
  const { graph } = buildTrainingGraph(options, 'cpu', undefined, channelBlock);
  const found = new Map();
  for (const { operator, inputs, attributes } of graph.applications) {
    const kind = { blockedConvNorm: 'conv', conv: 'conv', convMaxPool: 'convMaxPool', linear: 'linear' }[operator.name];
    if (!kind) continue;
    const { stride = 1, padding = 0, dilation = 1, groups = 1 } = attributes;
    const [x, weight] = inputs.map(({ shape }) => shape);
    const layer = { kind, x, weight, stride, padding, dilation, groups, first: inputs[0].name === 'images' };
    const key = JSON.stringify(layer);
    found.set(key, { layer, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()];
}

const operators = { conv, convMaxPool, linear };
const parts = ['forward', 'input gradient', 'weight gradient'];

/** One part of a layer alone, in the layouts that a network has there. */
function buildPart({ kind, x: shape, weight: weightShape, first, ...attributes }, part) {
  const block = kind === 'conv' ? channelBlock : undefined;
  const graph = new Graph({ channelBlock: block });
  const blocked = block && channelLayout(block);
  const stored = block && filterLayout(weightShape, block, attributes.groups);
  const x = graph.input('x', shape, 'float32', first ? undefined : blocked);
  const weight = graph.input('weight', weightShape, 'float32', stored);
  const bias = kind === 'conv' ? [] : [graph.input('bias', [weightShape[0]])];
  const { stride, padding, dilation, groups } = attributes;
  const own = kind === 'conv' ? { stride, padding, dilation, groups } : kind === 'convMaxPool' ? { padding } : {};
  const y = graph.apply(operators[kind], [x, weight, ...bias], own);
  if (part === 'forward') graph.output('y', y);
  else {
    const seed = graph.input('seed', y.shape, 'float32', y.layout);
    const [gradient] = gradients(graph, y, [part === 'input gradient' ? x : weight], seed);
    graph.output('gradient', gradientMemory(graph, gradient));
  }
  return graph;
}

async function timePart(layer, part) {
  const graph = buildPart(layer, part);
  const onnx = toOnnx(graph);
  const nodes = await profile(async (profilePrefix) => {
    const session = await nodeRuntime.open(onnx, { threads, profilePrefix });
    const feeds = Object.fromEntries(
      graph.inputs
        .filter(({ name: input }) => session.inputNames.includes(input))
        .map(({ name: input, shape, layout }) => {
          const full = storedShape(shape, layout);
          return [input, { data: noise(full), shape: full }];
        }),
    );
    const targets = await session.run(feeds);
    for (let round = 0; round < rounds; round++) await session.run(feeds, targets);
    session.endProfile();
    await session.close();
  });
  const sum = (list) => list.reduce((total, { least }) => total + least, 0);
  return { all: sum(nodes), multiplying: sum(nodes.filter((node) => operationsOf(node) > 0)) };
}

/** PyTorch's side: a line with a question, a line with the answer. */
async function openTorch() {
  const script = fileURLToPath(new URL('torchStepOperators.py', import.meta.url));
  const arguments_ = [script, String(threads), String(rounds)];
  const child = spawn(python, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: version } = await lines.next();
  const ask = async (question) => {
    if (version === undefined) return undefined;
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value } = await lines.next();
    return value === undefined ? undefined : JSON.parse(value);
  };
  const close = async () => {
    child.stdin.end();
    if (version !== undefined && child.exitCode === null) await once(child, 'exit');
  };
  return { version, ask, close };
}

/** Operations of a part: two for each product, whatever a lowering adds or a border takes away. */
function operationsOfPart({ kind, x, weight, stride, padding }) {
  if (kind === 'linear') return 2 * (elementCount(x) / x.at(-1)) * elementCount(weight);
  const pair = (value, i) => (Array.isArray(value) ? value[i] : value);
  const behind = (i) => (Array.isArray(padding) ? padding[i + (padding.length === 4 ? 2 : 0)] : padding);
  const sides = [0, 1].map(
    (i) => Math.floor((x[i + 2] + pair(padding, i) + behind(i) - weight[i + 2]) / pair(stride, i)) + 1,
  );
  return 2 * x[0] * elementCount(weight) * elementCount(sides);
}

const cell = (text, width = 9) => String(text).padStart(width);
const number = (value, digits = 2) => (value === undefined ? '' : value.toFixed(digits));
const torch = await openTorch();
console.log(
  `${model.title}, ${size} px, batch ${batch}, ${threads} threads, blocks of ${channelBlock ?? 'none'}, onnxruntime ${nodeRuntime.version}, ${torch.version ?? 'no PyTorch'}\n`,
);

const { nodes, step, update } = await profileStep();
const byOperator = new Map();
for (const node of nodes) {
  const grouped = node.operator === 'Conv' && node.inputs[1][1] === 1 && node.inputs[1][0] > 1;
  const title = grouped ? 'Conv, a channel each' : node.operator;
  const sum = byOperator.get(title) ?? { milliseconds: 0, operations: 0, nodes: 0 };
  sum.milliseconds += node.least;
  sum.operations += operationsOf(node);
  sum.nodes += 1;
  byOperator.set(title, sum);
}
console.log(`${'operator of the step'.padEnd(24)}${cell('nodes')}${cell('ms')}${cell('share')}${cell('GFLOP/s')}`);
for (const [title, sum] of [...byOperator].sort(([, a], [, b]) => b.milliseconds - a.milliseconds)) {
  if (sum.milliseconds < 0.002 * step) continue;
  const rate = sum.operations > 0 ? number(sum.operations / sum.milliseconds / 1e6, 0) : '';
  const share = `${number((100 * sum.milliseconds) / step, 1)}%`;
  console.log(`${title.padEnd(24)}${cell(sum.nodes)}${cell(number(sum.milliseconds))}${cell(share)}${cell(rate)}`);
}
const inside = [...byOperator.values()].reduce((total, { milliseconds }) => total + milliseconds, 0);
for (const [title, milliseconds] of [
  ['Adam', update],
  ['between operators, copies', step - update - inside],
])
  console.log(
    `${title.padEnd(24)}${cell('', 8)}${cell(number(milliseconds), 10)}${cell(`${number((100 * milliseconds) / step, 1)}%`)}`,
  );
console.log(`${'step'.padEnd(24)}${cell('')}${cell(number(step))}`);
const whole = await torch.ask({ model: name, size, batch, classes: classCount });
if (whole) {
  console.log(
    `\nPyTorch, ${whole.memoryFormat}: step ${number(whole.step)} ms; of its own time, with its profiler on:`,
  );
  for (const [operator, milliseconds] of whole.operators)
    console.log(`${operator.padEnd(44)}${cell(number(milliseconds))}`);
}

console.log(
  `\n${'layer alone'.padEnd(46)}${['times', 'GFLOP', 'ms', 'multiply', 'GFLOP/s', 'PyTorch', 'GFLOP/s'].map((title) => cell(title)).join('')}`,
);
const totals = new Map();
for (const { layer, times } of layersOf()) {
  const operations = operationsOfPart(layer) / 1e9;
  const { kind, x, weight, stride } = layer;
  const title =
    kind === 'linear'
      ? `linear ${weight[1]} to ${weight[0]}`
      : `${weight[2]}x${weight[3]} ${x[1]}-${weight[0]} at ${x[2]}${[stride].flat()[0] > 1 ? ` /${[stride].flat()[0]}` : ''}${kind === 'conv' ? '' : ', pooled'}`;
  const theirs = await torch.ask({ layer });
  for (const [i, part] of parts.entries()) {
    if (part === 'input gradient' && layer.first) continue;
    const { all, multiplying } = await timePart(layer, part);
    const other = theirs?.[i];
    const row = [times, number(operations), number(all), number(multiplying), number((1000 * operations) / all, 0)];
    row.push(number(other), other === undefined ? '' : number((1000 * operations) / other, 0));
    console.log(`${`${title}, ${part}`.padEnd(46)}${row.map((text) => cell(text)).join('')}`);
    const sum = totals.get(part) ?? [0, 0, 0];
    totals.set(part, [sum[0] + times * all, sum[1] + times * multiplying, sum[2] + times * (other ?? Number.NaN)]);
  }
}
for (const [part, [all, multiplying, other]] of totals)
  console.log(
    `${`all, ${part}`.padEnd(46)}${cell('', 18)}${cell(number(all))}${cell(number(multiplying))}${cell('')}${cell(Number.isNaN(other) ? '' : number(other))}`,
  );
await torch.close();
