import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examples, runExample } from './runExample.js';

const programs = readdirSync(examples).filter((name) => name.endsWith('.mjs'));

describe('examples', () => {
  it('each say first what they show, are short, and are run by a test', () => {
    const tests = readdirSync(import.meta.dirname)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
      .join('\n');
    expect(programs.length).toBeGreaterThanOrEqual(10);
    for (const name of programs) {
      const lines = readFileSync(join(examples, name), 'utf8').split('\n');
      expect(lines[0], name).toMatch(/^\/\/ .+\.$/);
      expect(lines.length, name).toBeLessThan(75);
      expect(tests, `a test runs ${name}`).toContain(`'${name.replace('.mjs', '')}'`);
    }
  });

  it('import the package as those do who install it', () => {
    for (const name of programs) {
      const targets = [...readFileSync(join(examples, name), 'utf8').matchAll(/ from '([^']+)'/g)].map(([, to]) => to);
      for (const target of targets) expect(target, name).toMatch(/^(node:|lesionlab(\/|$)|onnxruntime-node$)/);
    }
  });
});

describe('arraysToMetrics', () => {
  it('gives the metrics of these ten images', () => {
    const lines = runExample('arraysToMetrics');
    // 8 of 10 are right; 3 of 4 melanomas, 5 of 6 nevi; 23 of 24 pairs are in order.
    expect(lines.slice(0, 3)).toEqual([
      `accuracy 0.8, balanced ${((3 / 4 + 5 / 6) / 2).toFixed(3)}, AUROC ${(23 / 24).toFixed(3)}`,
      'mel: 4 images, recall 0.750',
      'nv: 6 images, recall 0.833',
    ]);
    const [, low, high] = /^10 images of 5 groups: accuracy from ([\d.]+) to ([\d.]+)$/.exec(lines[3])!.map(Number);
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.8);
  });
});

describe('gradients', () => {
  it('finds the gradient that finite differences find', () => {
    const [, ...rows] = runExample('gradients').map((line) => line.trim().split(/\s+/).map(Number));
    expect(rows).toHaveLength(4);
    for (const [, gradient, difference] of rows) {
      expect(Math.abs(gradient)).toBeGreaterThan(0.01);
      expect(Math.abs(gradient - difference)).toBeLessThan(2e-3);
    }
  });
});

const lossesOf = (lines: readonly string[]) =>
  lines.flatMap((line) => /^step \d+: loss ([\d.]+)/.exec(line)?.slice(1).map(Number) ?? []);

describe('trainByHand', () => {
  it('learns what no straight line tells apart', () => {
    const lines = runExample('trainByHand');
    const losses = lossesOf(lines);
    expect(losses).toHaveLength(4);
    expect(losses[0]).toBeGreaterThan(0.6);
    expect(losses[3]).toBeLessThan(0.2);
    expect(Number(/(\d+) of 128 right/.exec(lines[3])![1])).toBeGreaterThan(112);
  });
});

describe('trainFile', () => {
  it('reads a file, trains it, and writes one that takes any number of images', () => {
    const lines = runExample('trainFile');
    expect(lines[0]).toContain('1 Conv, 1 Relu');
    // Nothing was refused.
    expect(lines[1]).toBe('3 layers, trained: conv.weight, conv.bias, fc.weight, fc.bias');
    const losses = lossesOf(lines);
    expect(losses).toHaveLength(4);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses[3]).toBeLessThan(0.02);
    expect(lines.at(-1)).toMatch(/^a file of \d{3,4} bytes that takes images \[batch,1,12,12\]$/);
  });
});

describe('ownNetwork', () => {
  it('learns to tell stripes apart', () => {
    const lines = runExample('ownNetwork');
    const losses = lines.slice(0, 3).map((line) => Number(/loss ([\d.]+)/.exec(line)![1]));
    expect(losses[2]).toBeLessThan(losses[0]);
    expect(losses[2]).toBeLessThan(0.3);
    expect(lines[3]).toContain('conv2.weight [16,8,3,3]');
    expect(Number(/(\d+) of 32 right/.exec(lines[4])![1])).toBeGreaterThan(28);
  });
});

describe('splitByLesion', () => {
  it('keeps lesions together, which a split by image does not', () => {
    const lines = runExample('splitByLesion');
    expect(lines.slice(0, 3)).toEqual([
      'train: 108 images of 54 lesions, 36 melanomas',
      'validation: 36 images of 18 lesions, 12 melanomas',
      'test: 36 images of 18 lesions, 12 melanomas',
    ]);
    const [, leaked, byImage] = /trained on: (\d+); split by image: (\d+)/.exec(lines[3])!;
    expect(leaked).toBe('0');
    expect(Number(byImage)).toBeGreaterThan(10);
    expect(lines[4]).toBe('image_id,lesion_id,dx,split');
  });
});

describe('exploreDataset', () => {
  it('counts images and lesions by class', () => {
    const lines = runExample('exploreDataset');
    expect(lines[0]).toContain('140 images, classes akiec,bcc,bkl,df,mel,nv,vasc');
    const counts = lines.slice(3, 10).map((line) => /^(\w+) +(\d+) images of (\d+) lesions$/.exec(line)!);
    expect(counts.map(([, id]) => id)).toEqual(['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc']);
    expect(counts.reduce((sum, [, , images]) => sum + Number(images), 0)).toBe(140);
    expect(lines.at(-1)).toMatch(/^0 findings, \d{2} files written$/);
  });
});
