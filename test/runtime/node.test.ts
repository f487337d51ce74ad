import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Graph, maxPool, pad, toOnnx } from '../../src/graph/index.js';
import { makeNodeRuntime } from '../../src/runtime/node.js';

function reluModel(): Uint8Array {
  const graph = new Graph();
  graph.output('y', graph.node('Relu', [graph.input('x', [2])], [2]));
  return toOnnx(graph);
}
const feeds = { x: { data: Float32Array.of(-1, 2), shape: [2] } };
const installed = JSON.parse(
  readFileSync(new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url), 'utf8'),
);

/** Zeros around a map of negative numbers, then the largest of each window: 0 wherever a window holds some of the border. */
describe('a border of zeros before a MaxPool counts', () => {
  const x = { data: new Float32Array(16).fill(-1), shape: [1, 1, 4, 4] };
  const expected = [0, 0, 0, 0, -1, 0, 0, 0, 0];
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };

  it('in files that are run as they are', async () => {
    const graph = new Graph();
    const pads = graph.integers([0, 0, 1, 1, 0, 0, 1, 1]);
    const padded = graph.node('Pad', [graph.input('x', x.shape), pads, graph.scalar(0)], [1, 1, 6, 6]);
    graph.output('y', graph.node('MaxPool', [padded], [1, 1, 3, 3], attributes));
    const session = await makeNodeRuntime().open(toOnnx(graph), { threads: 1 });
    expect([...(await session.run({ x })).y.data]).toEqual(expected);
    await session.close();
  });

  it('in graphs of lesionlab, whoever runs them', async () => {
    const graph = new Graph();
    const around = { before: [0, 0, 1, 1], after: [0, 0, 1, 1], mode: 'constant', value: 0 } as const;
    const padded = graph.apply(pad, [graph.input('x', x.shape)], around);
    graph.output('y', graph.apply(maxPool, [padded], { kernel: 2, stride: 2, padding: 0 }));
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(toOnnx(graph), { graphOptimizationLevel: 'all' });
    const { y } = await session.run({ x: new Tensor('float32', x.data, x.shape) });
    expect([...(y.data as Float32Array)]).toEqual(expected);
    await session.release();
  });
});

describe('the runtime in Node', () => {
  it('knows its version without loading the addon, and loads it once', async () => {
    let loads = 0;
    const loadAddon = async () => {
      loads += 1;
      return (await import('onnxruntime-node')) as never;
    };
    const runtime = makeNodeRuntime({ loadAddon });
    expect([runtime.name, runtime.version, loads]).toEqual(['onnxruntime-node', installed.version, 0]);
    const sessions = await Promise.all([1, 2].map(() => runtime.open(reluModel(), { threads: 1 })));
    expect([runtime.name, runtime.version, loads]).toEqual(['onnxruntime-node', installed.version, 1]);
    for (const session of sessions) await session.close();
  });

  it.each([
    [
      'is not installed',
      "Cannot find package 'onnxruntime-node' imported from /a/node.js",
      /^onnxruntime-node is not installed: .*WebAssembly.*CPU only.* To get it, install again with `npm install --ignore-scripts`\.$/,
    ],
    [
      'has no binary',
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'\nRequire stack: ...",
      new RegExp(`^onnxruntime-node has no binary for ${process.platform} ${process.arch}: .*WebAssembly.*slower\\.$`),
    ],
    [
      'does not load',
      "/lib/libc.so.6: version `GLIBC_2.28' not found (required by onnxruntime_binding.node)",
      /^onnxruntime-node does not load here \(.*GLIBC_2\.28.*\): .*WebAssembly/,
    ],
  ])('runs in WebAssembly where the addon %s, and says so once', async (_, message, said) => {
    const warnings: string[] = [];
    const loadAddon = async () => {
      throw new Error(message);
    };
    const runtime = makeNodeRuntime({ loadAddon, warn: (text) => warnings.push(text) });
    expect(runtime.missingAddon).toBeUndefined();
    for (let i = 0; i < 2; i++) {
      const session = await runtime.open(reluModel(), { threads: 1 });
      const target = { data: new Float32Array(2), shape: [2] };
      await session.run(feeds, { y: target });
      expect([...target.data]).toEqual([0, 2]);
      await session.close();
    }
    expect(runtime.name).toBe('onnxruntime-web');
    expect(runtime.version).toMatch(/^\d+\.\d+/);
    expect(warnings).toEqual([expect.stringMatching(said)]);
    expect(warnings[0]).toContain(runtime.missingAddon!.reason);
    await expect(runtime.open(reluModel(), { device: 'webgpu' })).rejects.toMatchObject({
      kind: 'run',
      code: 'no-webgpu',
      message: expect.stringContaining(runtime.missingAddon!.reason),
      hint: expect.stringContaining('Use `device` cpu.'),
    });
  });
});
