import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'lesionlab-telemetry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runGraph = `
  import { Graph, relu, toOnnx } from 'lesionlab/graph';
  import { nodeRuntime } from 'lesionlab/runtime/node';
  const graph = new Graph();
  graph.output('y', graph.apply(relu, [graph.input('x', [1, 1])], {}));
  const session = await nodeRuntime.open(toOnnx(graph), { threads: 1 });
  const { y } = await session.run({ x: { data: Float32Array.of(2), shape: [1, 1] } });
  console.log(nodeRuntime.name, y.data[0]);
  await session.close();`;
// What is imported in the main thread first, as the steps do, holds for threads too.
const inThread = `
  import 'lesionlab/runtime/node';
  import { Worker } from 'node:worker_threads';
  const code = ${JSON.stringify(runGraph)};
  new Worker(new URL('data:text/javascript,' + encodeURIComponent(code.replaceAll(/'(lesionlab[^']*)'/g, (_, name) => "'" + import.meta.resolve(name) + "'"))), { execArgv: [] });`;

it.skipIf(!existsSync(join(root, 'dist/runtime/node.js'))).each([
  ['the main thread', runGraph],
  ['a thread of its own', inThread],
])('onnxruntime in %s writes nothing into the home and temporary folders, nor sends it', (_, program) => {
  const home = mkdtempSync(join(folder, 'home-'));
  const temporary = join(home, 'temporary');
  mkdirSync(temporary);
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, TMPDIR: temporary, XDG_CACHE_HOME: join(home, 'cache') };
  delete env.ORT_DISABLE_TELEMETRY;
  const node = [process.execPath, ['--input-type=module', '-e', program]] as const;
  const call = spawnSync(node[0], node[1], { cwd: root, encoding: 'utf8', env });
  expect(call.stderr).toBe('');
  expect(call.stdout).toMatch(/^onnxruntime-\w+ 2\n$/);
  expect(readdirSync(home)).toEqual(['temporary']);
  expect(readdirSync(temporary)).toEqual([]);
});
