import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
let data: string;
const at = (name: string) => join(root, name);
const call = async (status: number, ...words: string[]) => {
  const found = await callCommandLine(words);
  expect(found.status, found.stderr).toBe(status);
  return found;
};
const train = (status: number, name: string, ...more: string[]) =>
  call(status, 'train', data, '--run', at(name), '--preset', 'demo', '--epochs', '1', '--image-size', '32', ...more);
const splitsOf = (name: string) => readFileSync(join(at(name), 'splits.csv'), 'utf8');

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-ensemble-'));
  data = at('data');
  process.env.LESIONLAB_CACHE = at('cache');
  await writeSyntheticDataset(data, { images: 140, size: [64, 48], progress: silentProgress });
  await train(0, 'a', '--limit', '120');
  await train(0, 'b', '--limit', '120', '--seed', '1', '--split-seed', '0');
}, 600_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('--split-seed', () => {
  it('gives networks of other seeds the same images and split, and is kept on resuming', async () => {
    expect(splitsOf('b')).toBe(splitsOf('a'));
    const weights = ['a', 'b'].map((name) => readFileSync(join(at(name), 'checkpoints', 'best.safetensors')));
    expect(weights[0].equals(weights[1])).toBe(false);
    expect(JSON.parse(readFileSync(join(at('b'), 'splits.json'), 'utf8')).seed).toBe(0);
    expect(JSON.parse(readFileSync(join(at('b'), 'config.json'), 'utf8'))).toMatchObject({
      seed: 1,
      split: { seed: 0 },
    });
    await call(0, 'train', data, '--run', at('b'), '--resume');
    const refused = await call(2, 'train', data, '--run', at('b'), '--resume', '--split-seed', '1');
    expect(refused.stderr).toContain('splitSeed (asked for: 1, the run has: 0)');
    expect(splitsOf('b')).toBe(splitsOf('a'));
  });

  it('is what an ensemble asks for where splits differ', async () => {
    await train(0, 'c', '--limit', '120', '--seed', '1');
    const refused = await call(4, 'ensemble', at('a'), at('c'), '--run', at('none'));
    expect(refused.stderr).toContain('--split-seed');
  });
});

describe('an ensemble in the command line', () => {
  it('is made, evaluated, exported, compared and asked like a run', async () => {
    const text = await call(0, 'ensemble', at('a'), at('b'), '--run', at('both'));
    expect(text.stdout).toMatch(/validation images of \d+ lesions/);
    expect(text.stdout).toMatch(/lenet +0\.500/);
    await call(4, 'ensemble', at('a'), at('b'), '--run', at('both'));
    const weighted = await call(
      0,
      ...['ensemble', at('a'), at('b'), '--run', at('both'), '--weighting', 'validation', '--overwrite', '--json'],
    );
    const { members } = weighted.json<{ members: { run: string; weight: number }[] }>();
    expect(members.map(({ run }) => run)).toEqual(['../a', '../b']);
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    for (const name of ['a', 'b']) await call(0, 'evaluate', at(name), '--resamples', '20');
    const evaluated = await call(0, 'evaluate', at('both'), '--resamples', '20');
    expect(evaluated.stdout).toMatch(/test images of \d+ lesions, ensemble\n/);
    expect(evaluated.stdout).toMatch(/Balanced accuracy minus that of [ab], the best member on validation/);
    await call(0, 'evaluate', at('both'), '--split', 'validation', '--resamples', '0');
    await call(0, 'compare', at('a'), at('both'), '--resamples', '20');
    await call(0, 'export', at('both'));
    const model = join(at('both'), 'model.onnx');
    const photographs = join(data, 'HAM10000_images_part_1');
    const [run, file] = [
      await call(0, 'predict', at('both'), photographs, '--json'),
      await call(0, 'predict', model, photographs, '--json'),
    ];
    type Answers = { images: { probabilities: number[]; outOfDistribution: { score: number } }[] };
    const [first, second] = [run, file].map((found) => found.json<Answers>().images);
    first.forEach(({ probabilities, outOfDistribution }, i) => {
      probabilities.forEach((p, k) => {
        expect(Math.abs(p - second[i].probabilities[k])).toBeLessThan(1e-5);
      });
      expect(second[i].outOfDistribution.score / outOfDistribution.score).toBeCloseTo(1, 3);
    });
    expect((await call(4, 'export', at('both'), '--int8')).stderr).toContain('holds an ensemble');
    expect((await call(4, 'train', data, '--run', at('both'), '--resume')).stderr).toContain('holds an ensemble');
    await call(0, 'report', at('both'));
  }, 600_000);
});
