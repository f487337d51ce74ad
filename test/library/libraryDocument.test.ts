import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { conv, Graph, globalAveragePool, linear, relu, toOnnx } from '../../src/graph/index.js';
import { blocksOf } from '../guideChapters.js';

const root = resolve(import.meta.dirname, '../..');
const programs = blocksOf(readFileSync(join(root, 'docs/library.md'), 'utf8'), 'js');
const folder = mkdtempSync(join(tmpdir(), 'lesionlab-library-'));

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/lesionlab'), 'junction');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'net.onnx'), smallNetwork());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A convolution and a linear layer, for one image of [3, 64, 64]. */
function smallNetwork(): Uint8Array {
  const graph = new Graph();
  const weight = (name: string, ...shape: number[]) =>
    graph.initializer(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
      shape,
      name,
    );
  const images = graph.input('pixels', [1, 3, 64, 64]);
  const filters = [images, weight('conv.weight', 4, 3, 3, 3), weight('conv.bias', 4)];
  const map = graph.apply(relu, [graph.apply(conv, filters, { stride: 2, padding: 1 })], {});
  const features = graph.apply(globalAveragePool, [map], {});
  graph.output('scores', graph.apply(linear, [features, weight('fc.weight', 5, 4), weight('fc.bias', 5)], {}));
  return toOnnx(graph);
}

/** Runs the document's program that imports a module. @returns the lines that it prints */
function runProgramOn(module: string): string[] {
  const [program, ...others] = programs.filter((code) => code.includes(`from '${module}'`));
  expect(program, `docs/library.md has a program with ${module}`).toBeDefined();
  expect(others).toEqual([]);
  writeFileSync(join(folder, 'program.js'), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['program.js'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.trim().split('\n');
}

it('trains a graph by its gradients', () => {
  const losses = runProgramOn('lesionlab/runtime/node').map(Number);
  expect(losses).toHaveLength(20);
  // Two classes that nothing tells apart yet.
  expect(losses[0]).toBeCloseTo(Math.log(2), 5);
  for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]);
  expect(losses[19]).toBeLessThan(0.05);
});

it('reads a file into a graph', () => {
  expect(runProgramOn('lesionlab/onnx')).toEqual([expect.stringMatching(/^3 layers, 4 weights, \d+ bytes$/)]);
});
