import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';
import { callCommandLine } from './callCommandLine.js';

let root: string;
let data: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-commands-'));
  data = join(root, 'data');
  await writeSyntheticDataset(data, { images: 140, size: [64, 48], progress: silentProgress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('explore', () => {
  it('writes the exploration, and prints the classes or one JSON object', async () => {
    const out = join(root, 'exploration');
    const text = await callCommandLine(['explore', data, '--out', out]);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/140 images of \d+ lesions/);
    expect(text.stdout).toMatch(/^mel +\d+ /m);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['exploration.html', 'exploration.json']));
    const json = await callCommandLine(['explore', data, '--out', out, '--json']);
    expect(json.json()).toMatchObject({ folder: out, exploration: { images: 140, dataset: { synthetic: true } } });
  });

  it('takes either --out or --run', async () => {
    expect((await callCommandLine(['explore', data, '--out', 'a', '--run', 'b'])).status).toBe(2);
  });
});

describe('split', () => {
  it('writes splits without leakage, the same for the same seed', async () => {
    const split = async (out: string, ...more: string[]) => {
      const call = await callCommandLine(['split', data, '--out', join(root, out), '--json', ...more]);
      expect(call.status).toBe(0);
      expect(call.json()).toMatchObject({ leakage: { lesions: 0, images: 0 } });
      return readFileSync(join(root, out, 'splits.csv'), 'utf8');
    };
    const first = await split('s1');
    expect(await split('s2')).toBe(first);
    expect(await split('s3', '--seed', '1')).not.toBe(first);
    await split('s4', '--ratios', '50/25/25', '--folds', '3');
    expect(existsSync(join(root, 's4', 'folds.csv'))).toBe(true);
  });
});

describe('organize', () => {
  it('makes class folders and takes them back', async () => {
    const out = join(root, 'by-class');
    const made = await callCommandLine(['organize', data, '--out', out, '--link', 'hard', '--json']);
    expect(made.json()).toMatchObject({ images: 140, made: { symbolic: 0, hard: 140, copy: 0 } });
    const undone = await callCommandLine(['organize', '--undo', out, '--json']);
    expect(undone.json()).toMatchObject({ removed: 141 });
    expect(existsSync(out)).toBe(false);
  });

  it('has --undo stand alone', async () => {
    expect((await callCommandLine(['organize', data, '--undo', 'x'])).status).toBe(2);
  });
});

describe('unusable data', () => {
  it('ends explore, split and organize with status 3, naming what is wrong', async () => {
    const empty = mkdtempSync(join(root, 'empty-'));
    const table = mkdtempSync(join(root, 'table-'));
    writeFileSync(
      join(table, 'HAM10000_metadata.csv'),
      'lesion_id,image_id,dx,dx_type,age,sex,localization\nL1,I1,wart,histo,50,male,back\n',
    );
    for (const folder of [empty, table]) {
      for (const command of [['explore'], ['split'], ['organize', '--out', join(root, 'never')]]) {
        const call = await callCommandLine([command[0], folder, ...command.slice(1)]);
        expect(call, command[0]).toMatchObject({ status: 3, stdout: '' });
        expect(call.stderr).toContain(folder);
      }
    }
    expect(existsSync(join(root, 'never'))).toBe(false);
  });
});
