#!/usr/bin/env node
/**
 * One block of a network beside PyTorch, forward alone and with all its gradients: a ViT-S block, ConvNeXt blocks, a Swin block.
 * usage: node bench/blocks.mjs [--block vit] [--batch 16] [--threads 2] [--rounds 15] [--python python3] [--profile prefix]
 * Prints medians of steps that take turns, by the clock and of all threads together (milliseconds), and the median of the pairs' ratios.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { storedShape } from '../dist/graph/blocked/layout.js';
import * as lib from '../dist/graph/index.js';
import { nodeRuntime } from '../dist/runtime/node.js';

const { values: options } = parseArgs({
  options: {
    block: { type: 'string', multiple: true, default: ['vit', 'convnext96', 'convnext384', 'swin'] },
    batch: { type: 'string', default: '16' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '15' },
    python: { type: 'string', default: 'python3' },
    profile: { type: 'string' },
  },
});
const [batch, threads, rounds] = [options.batch, options.threads, options.rounds].map(Number);
const channelBlock = await nodeRuntime.channelBlock();

const noise = (shape, scale) => {
  let state = 1;
  return Float32Array.from({ length: lib.elementCount(shape) }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state / 0x40000000 - 1) * scale;
  });
};

/** Parameters are inputs in training, and constants in prediction. */
class Block {
  parameters = [];

  constructor(graph, training) {
    this.graph = graph;
    this.training = training;
  }

  parameter(shape) {
    const name = `parameter ${this.parameters.length}`;
    const value = this.training
      ? this.graph.input(name, shape)
      : this.graph.initializer(noise(shape, 0.1), shape, name);
    this.parameters.push(value);
    return value;
  }

  apply = (operator, inputs, attributes = {}) => this.graph.apply(operator, inputs, attributes);

  linear = (x, outputs) =>
    this.apply(lib.linear, [x, this.parameter([outputs, x.shape.at(-1)]), this.parameter([outputs])]);

  norm(x, epsilon = 1e-6) {
    const width = x.shape.at(-1);
    return this.apply(lib.layerNorm, [x, this.parameter([width]), this.parameter([width])], { axis: -1, epsilon });
  }

  mlp(x) {
    const width = x.shape.at(-1);
    return this.linear(this.apply(lib.gelu, [this.linear(x, 4 * width)], { approximation: 'none' }), width);
  }

  attention(x, heads, bias) {
    const [n, tokens, width] = x.shape;
    const qkv = this.apply(lib.reshape, [this.linear(x, 3 * width)], { shape: [n, tokens, 3, heads, width / heads] });
    const turned = this.apply(lib.transpose, [qkv], { permutation: [2, 0, 3, 1, 4] });
    const parts = [0, 1, 2].map((i) => this.apply(lib.gather, [turned], { indices: [i], indexShape: [], axis: 0 }));
    const scale = 1 / Math.sqrt(width / heads);
    const mixed = this.apply(lib.attention, bias ? [...parts, bias] : parts, { scale });
    const rows = this.apply(lib.transpose, [mixed], { permutation: [0, 2, 1, 3] });
    return this.linear(this.apply(lib.reshape, [rows], { shape: x.shape }), width);
  }

  add = (a, b) => this.apply(lib.add, [a, b]);

  vit(x, heads) {
    const y = this.add(x, this.attention(this.norm(x), heads));
    return this.add(y, this.mlp(this.norm(y)));
  }

  convnext(x) {
    const width = x.shape[1];
    const window = { stride: 1, padding: 3, groups: width };
    const mixed = this.apply(lib.conv, [x, this.parameter([width, 1, 7, 7]), this.parameter([width])], window);
    const last = this.apply(lib.transpose, [mixed], { permutation: [0, 2, 3, 1] });
    const scaled = this.apply(lib.multiply, [this.mlp(this.norm(last)), this.parameter([width])]);
    return this.add(x, this.apply(lib.transpose, [scaled], { permutation: [0, 3, 1, 2] }));
  }

  swin(x, heads, side = 7) {
    const [n, height, width, channels] = x.shape;
    const windows = [n, height / side, side, width / side, side, channels];
    const swapped = { permutation: [0, 1, 3, 2, 4, 5] };
    const split = this.apply(
      lib.transpose,
      [this.apply(lib.reshape, [this.norm(x, 1e-5)], { shape: windows })],
      swapped,
    );
    const count = (n * height * width) / side ** 2;
    const tokens = this.apply(lib.reshape, [split], { shape: [count, side ** 2, channels] });
    const mixed = this.attention(tokens, heads, this.relativeBias(heads, side));
    const back = [n, height / side, width / side, side, side, channels];
    const joined = this.apply(lib.transpose, [this.apply(lib.reshape, [mixed], { shape: back })], swapped);
    const y = this.add(x, this.apply(lib.reshape, [joined], { shape: x.shape }));
    return this.add(y, this.mlp(this.norm(y, 1e-5)));
  }

  /** One number a head for every distance within a window (Liu et al. 2021). */
  relativeBias(heads, side) {
    const tokens = side ** 2;
    const indices = Array.from({ length: tokens ** 2 }, (_, i) => {
      const [a, b] = [Math.floor(i / tokens), i % tokens];
      const down = Math.floor(a / side) - Math.floor(b / side) + side - 1;
      return down * (2 * side - 1) + (a % side) - (b % side) + side - 1;
    });
    const table = this.parameter([(2 * side - 1) ** 2, heads]);
    const spread = this.apply(lib.gather, [table], { indices, indexShape: [tokens, tokens], axis: 0 });
    const turned = this.apply(lib.transpose, [spread], { permutation: [2, 0, 1] });
    return this.apply(lib.reshape, [turned], { shape: [1, heads, tokens, tokens] });
  }
}

const blocks = {
  vit: { shape: [batch, 197, 384], build: (block, x) => block.vit(x, 6) },
  convnext96: { shape: [batch, 96, 56, 56], build: (block, x) => block.convnext(x) },
  convnext384: { shape: [batch, 384, 14, 14], build: (block, x) => block.convnext(x) },
  swin: { shape: [batch, 56, 56, 96], build: (block, x) => block.swin(x, 3) },
};

async function open({ shape, build }, training) {
  const graph = new lib.Graph(training ? { channelBlock } : {});
  const block = new Block(graph, training);
  const image = shape.length === 4 && shape[1] > shape[3];
  const layout = training && channelBlock && image ? { kind: 'channels', block: channelBlock } : undefined;
  const x = graph.input('x', shape, 'float32', layout);
  const y = build(block, x);
  if (training) {
    const seed = graph.input('seed', y.shape, 'float32', y.layout);
    lib.gradients(graph, y, [x, ...block.parameters], seed).forEach((gradient, i) => {
      graph.output(`gradient ${i}`, gradient);
    });
  } else graph.output('y', y);
  const profile = options.profile ? { profilePrefix: options.profile } : {};
  const session = await nodeRuntime.open(lib.toOnnx(graph), { threads, spin: false, ...profile });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape: sides, layout: own }) => {
      const stored = storedShape(sides, own);
      return [name, { data: noise(stored, name.startsWith('parameter') ? 0.1 : 2), shape: stored }];
    }),
  );
  const targets = await session.run(feeds);
  return {
    step: () => session.run(feeds, targets),
    close: () => (options.profile ? session.endProfile() : session.close()),
  };
}

function startTorch(block) {
  const script = fileURLToPath(new URL('torchBlocks.py', import.meta.url));
  const child = spawn(options.python, [script, block, batch, threads], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null');
  return {
    ready: next(),
    step: async (kind) => {
      child.stdin.write(`${kind}\n`);
      return (await next()).formats;
    },
    close: () => child.stdin.end(),
  };
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

async function timed(step) {
  const [clock, used] = [performance.now(), process.cpuUsage()];
  await step();
  const wall = performance.now() - clock;
  const { user, system } = process.cpuUsage(used);
  return [wall, (user + system) / 1000];
}

console.log(
  `batch ${batch}, ${threads} threads, onnxruntime ${nodeRuntime.version}; milliseconds by the clock (of all threads)`,
);
for (const name of options.block) {
  const torch = startTorch(name);
  const ready = await torch.ready;
  for (const kind of ['forward', 'training']) {
    const own = await open(blocks[name], kind === 'training');
    const [ours, theirs] = [[], []];
    for (let round = -2; round < rounds; round++) {
      const steps = [async () => [await timed(own.step)], () => torch.step(kind)];
      const found = round % 2 ? [await steps[0](), await steps[1]()] : [await steps[1](), await steps[0]()].reverse();
      if (round < 0) continue;
      ours.push(found[0][0]);
      theirs.push(found[1]);
    }
    await own.close();
    // The memory format that is faster on the whole counts.
    const format = theirs[0]
      .map((_, i) => i)
      .sort((a, b) => median(theirs.map((t) => t[a][0])) - median(theirs.map((t) => t[b][0])))[0];
    const cells = [ours, theirs.map((t) => t[format])].map((list) =>
      [0, 1].map((i) => median(list.map((t) => t[i])).toFixed(1)),
    );
    const ratios = [0, 1].map((i) => median(ours.map((t, round) => theirs[round][format][i] / t[i])).toFixed(2));
    console.log(
      `${name} ${kind}`.padEnd(24),
      `lesionlab ${cells[0][0]} (${cells[0][1]})  PyTorch ${ready.torch} ${cells[1][0]} (${cells[1][1]})  ratio ${ratios[0]} (${ratios[1]})`,
    );
  }
  torch.close();
}
