import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Graph, toOnnx } from '../../src/graph/index.js';
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

  it('runs in WebAssembly where the addon has no binary, and says so once', async () => {
    const warnings: string[] = [];
    const loadAddon = async () => {
      throw new Error("Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'\nRequire stack: ...");
    };
    const runtime = makeNodeRuntime({ loadAddon, warn: (text) => warnings.push(text) });
    for (let i = 0; i < 2; i++) {
      const session = await runtime.open(reluModel(), { threads: 1 });
      const target = { data: new Float32Array(2), shape: [2] };
      await session.run(feeds, { y: target });
      expect([...target.data]).toEqual([0, 2]);
      await session.close();
    }
    expect(runtime.name).toBe('onnxruntime-web');
    expect(runtime.version).toMatch(/^\d+\.\d+/);
    expect(warnings).toEqual([expect.stringMatching(/darwin\/x64.*WebAssembly.*CPU only/)]);
    await expect(runtime.open(reluModel(), { device: 'webgpu' })).rejects.toMatchObject({
      kind: 'run',
      code: 'no-webgpu',
      hint: 'Use `device` cpu.',
    });
  });
});
