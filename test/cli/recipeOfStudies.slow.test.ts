import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyPaintedData } from '../node/paintedData.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-recipes-'));
const at = (name: string) => join(root, name);
const data = at('data');
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = at('cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe = `extends: demo
imageSize: 24
normalisation: imagenet
augmentation:
  rotationDegrees: 180
training:
  epochs: 1
  batchSize: 8
`;
const configOf = (run: string) => JSON.parse(readFileSync(join(at(run), 'config.json'), 'utf8'));

it('--recipe serves the commands that train more than once, or not to the end', async () => {
  const file = at('every.yaml');
  writeFileSync(file, recipe);
  const call = (...words: string[]) => callCommandLine([...words, '--recipe', file, '--threads', '1', '--quiet']);
  expect((await call('find-lr', data, '--out', at('lr'), '--steps', '20')).status).toBe(0);
  expect((await call('cross-validate', data, '--run', at('folds'), '--folds', '3')).status).toBe(0);
  expect((await call('leak', data, '--run', at('leak'))).status).toBe(0);
  const found = JSON.parse(readFileSync(join(at('lr'), 'learning-rate.json'), 'utf8'));
  expect(found).toMatchObject({ preset: 'demo', recipeFile: { name: file }, recipe: { normalisation: 'imagenet' } });
  for (const run of ['folds/fold-3', 'leak/by-image', 'leak/by-lesion'])
    expect(configOf(run)).toMatchObject({
      recipeFile: { name: file },
      recipe: { augmentation: { rotationDegrees: 180 } },
    });
  const leak = JSON.parse(readFileSync(join(at('leak'), 'leak.json'), 'utf8'));
  expect(leak.overrides).toContain('augmentation.rotationDegrees=180');
});
