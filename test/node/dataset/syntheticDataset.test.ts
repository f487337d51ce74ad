import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { writeSyntheticDataset } from '../../../src/node/dataset/writeSyntheticDataset.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { silentProgress as progress } from '../../../src/progress.js';

let root: string;
let folder: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-synthetic-'));
  folder = join(root, 'data');
  await writeSyntheticDataset(folder, { images: 40, size: [64, 48], progress });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a synthetic dataset on disk', () => {
  it('opens as HAM10000, marked as synthetic, with masks and without anything amiss', async () => {
    const dataset = await openDataset(folder);
    expect(dataset.info.synthetic).toBe(true);
    expect(dataset.info.classes.map(({ id }) => id)).toEqual(['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc']);
    expect(dataset.hasLesionIds).toBe(true);
    expect(dataset.records).toHaveLength(40);
    for (const { imageId, lesionId } of dataset.records) {
      expect(imageId).toMatch(/^SYN_\d{7}$/);
      expect(lesionId).toMatch(/^SYNL_\d{7}$/);
      expect(dataset.images.has(imageId) && dataset.masks!.has(imageId)).toBe(true);
    }
    const { imageId } = dataset.records[0];
    expect(await sharpCodec.decode(await dataset.images.read(imageId))).toMatchObject({ width: 64, height: 48 });
    const mask = await sharpCodec.decode(await dataset.masks!.read(imageId));
    expect(new Set(mask.data)).toEqual(new Set([0, 255]));
    await dataset.images.close();
  });

  it('has the layout of the download', () => {
    expect(readdirSync(folder).sort()).toEqual([
      'HAM10000_images_part_1',
      'HAM10000_images_part_2',
      'HAM10000_metadata.csv',
      'HAM10000_segmentations_lesion_tschandl',
      'SYNTHETIC.txt',
    ]);
    for (const part of [1, 2]) expect(readdirSync(join(folder, `HAM10000_images_part_${part}`))).toHaveLength(20);
    expect(readFileSync(join(folder, 'HAM10000_metadata.csv'), 'utf8').split('\n')[0]).toBe(
      'lesion_id,image_id,dx,dx_type,age,sex,localization',
    );
    expect(readFileSync(join(folder, 'SYNTHETIC.txt'), 'utf8')).toMatch(/synthetic[\s\S]*medically\s+worthless/);
  });

  it('is reused by the same call, and written anew by another', async () => {
    const first = join(folder, 'HAM10000_images_part_1', 'SYN_0000001.jpg');
    const written = statSync(first).mtimeMs;
    const bytes = readFileSync(first);
    expect(await writeSyntheticDataset(folder, { images: 40, size: [64, 48], progress })).toMatchObject({
      reused: true,
    });
    expect(statSync(first).mtimeMs).toBe(written);
    const other = join(root, 'other');
    await writeSyntheticDataset(other, { images: 40, size: [64, 48], progress });
    expect(readFileSync(join(other, 'HAM10000_images_part_1', 'SYN_0000001.jpg'))).toEqual(bytes);
    expect(await writeSyntheticDataset(other, { images: 30, size: [64, 48], seed: 1, progress })).toMatchObject({
      reused: false,
    });
    expect(readdirSync(join(other, 'HAM10000_segmentations_lesion_tschandl'))).toHaveLength(30);
  });

  it('goes on after an interruption, and never stands there without its notice', async () => {
    const path = join(root, 'interrupted');
    const controller = new AbortController();
    const watching = { ...progress, start: () => ({ update: () => controller.abort(), end: () => {} }) };
    const options = { images: 40, size: [32, 24] as const, progress: watching, signal: controller.signal };
    await expect(writeSyntheticDataset(path, options)).rejects.toMatchObject({ exitStatus: 130 });
    expect(readFileSync(join(path, 'SYNTHETIC.txt'), 'utf8')).toContain('unfinished');
    expect(await writeSyntheticDataset(path, { ...options, progress, signal: undefined })).toMatchObject({
      reused: false,
    });
    expect((await openDataset(path)).records).toHaveLength(40);
  });

  it('never writes into a folder with something else, such as the real dataset', async () => {
    const path = mkdtempSync(join(root, 'real-'));
    writeFileSync(join(path, 'HAM10000_metadata.csv'), 'the real one');
    await expect(writeSyntheticDataset(path, { images: 40, progress })).rejects.toMatchObject({ exitStatus: 4 });
    expect(readdirSync(path)).toEqual(['HAM10000_metadata.csv']);
    writeFileSync(join(root, 'file'), '');
    await expect(writeSyntheticDataset(join(root, 'file', 'x'), { images: 40, progress })).rejects.toMatchObject({
      exitStatus: 4,
    });
    expect(existsSync(join(root, 'file', 'x'))).toBe(false);
  });
});
