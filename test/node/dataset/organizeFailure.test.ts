import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { silentProgress } from '../../../src/progress.js';

// In a process of many test files the modules may be loaded already, with the real one.
vi.resetModules();
vi.doMock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return {
    ...actual,
    open: async (path: string, ...rest: [string]) => {
      const file = await actual.open(path, ...rest);
      if (path.includes('b.jpg'))
        file.writeFile = async (data) => {
          await file.write((data as Uint8Array).subarray(0, 2));
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        };
      return file;
    },
  };
});

const { undoOrganize } = await import('../../../src/node/dataset/organize.js');
const { organizeStep } = await import('../../../src/node/steps/organize.js');

const root = mkdtempSync(join(tmpdir(), 'lesionlab-organize-'));
afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
  rmSync(root, { recursive: true, force: true });
});

test('a copy that fails leaves no half file, and the rest can be taken back', async () => {
  const ids = ['a', 'b', 'c'];
  const dataset = {
    info: { id: 'test', name: 'Test', synthetic: false, classes: [{ id: 'nv', name: 'Naevus' }] },
    records: ids.map((imageId) => ({ imageId, lesionId: imageId, label: 0, age: null })),
    images: {
      imageIds: ids,
      has: () => true,
      location: (id: string) => `images.zip: ${id}.jpg`,
      byteLength: () => 7,
      fingerprint: (id: string) => id,
      read: async (id: string) => new TextEncoder().encode(`image ${id}`),
      close: async () => {},
    },
    metadataFile: 'metadata.csv',
    hasLesionIds: false,
  };
  const out = join(root, 'out');
  const context = { progress: silentProgress, signal: new AbortController().signal };
  await expect(organizeStep(context, dataset, out)).rejects.toMatchObject({ kind: 'run', code: 'not-writable' });
  expect(readdirSync(join(out, 'nv'))).toEqual(['a.jpg']);
  expect(await undoOrganize(out, silentProgress)).toMatchObject({ removed: 1, alreadyGone: 2 });
});
