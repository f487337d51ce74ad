import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-options-'));
const data = join(root, 'export');
const asked = ['--image-type', 'dermoscopic', '--allow-missing-images'];
const tinyRecipe = '--preset demo --image-size 16 --epochs 1 --batch-size 4 --threads 1 --quiet'.split(' ');
let dermoscopic: string[] = [];
let absent = '';

/** An archive export of synthetic images: every eighth is clinical, and one row's image was never published. */
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await writeSyntheticDataset(data, { images: 160, size: [24, 18], progress: silentProgress });
  const table = join(data, 'HAM10000_metadata.csv');
  const names: Record<string, string> = {
    akiec: 'actinic keratosis',
    bcc: 'basal cell carcinoma',
    bkl: 'pigmented benign keratosis',
    df: 'dermatofibroma',
    mel: 'melanoma',
    nv: 'nevus',
    vasc: 'vascular lesion',
  };
  const rows = readFileSync(table, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  const typed = rows.map(([lesion, id, dx], i) => ({
    lesion,
    id,
    dx,
    type: i % 8 === 7 ? 'clinical: close-up' : 'dermoscopic',
  }));
  dermoscopic = typed.filter(({ type }) => type === 'dermoscopic').map(({ id }) => id);
  absent = 'SYN_9999999';
  const lines = typed.map(({ lesion, id, dx, type }) => `${id},${lesion},${names[dx]},${type}`);
  writeFileSync(
    join(data, 'metadata.csv'),
    ['isic_id,lesion_id,diagnosis,image_type', ...lines, `${absent},L,nevus,dermoscopic`, ''].join('\n'),
  );
  rmSync(table);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('explore, split and organize take the images that are meant', async () => {
  const explored = await callCommandLine(['explore', data, ...asked, '--out', join(root, 'look'), '--json', '--quiet']);
  expect(explored.status, explored.stderr).toBe(0);
  expect(explored.json()).toMatchObject({
    exploration: { images: dermoscopic.length, dataset: { id: 'isic-archive' } },
  });
  const split = await callCommandLine(['split', data, ...asked, '--out', join(root, 'splits'), '--quiet']);
  expect(split.status, split.stderr).toBe(0);
  const csv = readFileSync(join(root, 'splits', 'splits.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  expect(csv.map((row) => row.split(',')[0]).sort()).toEqual([...dermoscopic].sort());
  const organized = await callCommandLine(['organize', data, ...asked, '--out', join(root, 'o'), '--json', '--quiet']);
  expect(organized.json()).toMatchObject({ images: dermoscopic.length });
});

it('a missing image stops a run where it is not expected, and the message says how to expect it', async () => {
  const call = await callCommandLine(['split', data, '--out', join(root, 'x'), '--json', '--quiet']);
  expect(call.status).toBe(3);
  expect(call.json()).toMatchObject({
    error: { message: expect.stringContaining(absent), hint: expect.stringContaining('--allow-missing-images') },
  });
});

it('data that tells no kinds of images apart refuses to choose among them', async () => {
  const call = await callCommandLine(['explore', join(root, 'o'), '--image-type', 'dermoscopic', '--json', '--quiet']);
  expect(call.status).toBe(3);
  expect(call.json()).toMatchObject({ error: { code: 'no-image-types' } });
});

it('a run remembers which images were meant, and is resumed and evaluated with them', async () => {
  const run = join(root, 'run');
  const trained = await callCommandLine(['train', data, '--run', run, ...tinyRecipe, ...asked]);
  expect(trained.status, trained.stderr).toBe(0);
  const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  expect(config.data).toMatchObject({
    images: dermoscopic.length,
    options: { imageTypes: ['dermoscopic'], allowMissing: true },
  });
  const resumed = await callCommandLine(['train', data, '--run', run, '--resume', '--quiet']);
  expect(resumed.status, resumed.stderr).toBe(0);
  const other = await callCommandLine(['train', data, '--run', run, '--resume', '--image-type', 'clinical', '--quiet']);
  expect(other.status).toBe(2);
  expect(other.stderr).toContain('imageTypes (asked for: clinical, the run has: dermoscopic)');
  const evaluated = await callCommandLine(['evaluate', run, '--resamples', '0', '--quiet']);
  expect(evaluated.status, evaluated.stderr).toBe(0);

  // Of other data, the options are that evaluation's own.
  const external = await callCommandLine([
    ...[
      'evaluate',
      run,
      '--data',
      data,
      '--name',
      'clinical',
      '--image-type',
      'clinical',
      '--resamples',
      '0',
      '--json',
      '--quiet',
    ],
  ]);
  expect(external.status, external.stderr).toBe(0);
  expect(external.json()).toMatchObject({
    images: 20,
    external: { options: { imageTypes: ['clinical'] } },
  });
  const own = await callCommandLine(['evaluate', run, '--image-type', 'clinical', '--quiet']);
  expect(own.status).toBe(2);
  expect(own.stderr).toContain('--image-type');
});
