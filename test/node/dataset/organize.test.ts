import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { manifestName, undoOrganize } from '../../../src/node/dataset/organize.js';
import { organizeStep } from '../../../src/node/steps/organize.js';
import { silentProgress } from '../../../src/progress.js';

let root: string;
let out: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-organize-'));
  mkdirSync(join(root, 'data'));
  out = join(root, 'by-class');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const contents: Record<string, string> = { a: 'image a', b: 'image b', c: 'image c', d: 'image d' };

/** Four images of two classes and an empty class; `zipped` ones have no path of their own. */
function makeDataset(zipped: readonly string[] = [], missing: readonly string[] = []): Dataset {
  const paths = new Map<string, string>();
  for (const [id, text] of Object.entries(contents)) {
    if (missing.includes(id)) continue;
    if (zipped.includes(id)) paths.set(id, `${join(root, 'data', 'images.zip')}: part/${id}.jpg`);
    else {
      paths.set(id, join(root, 'data', `${id}.jpg`));
      writeFileSync(paths.get(id)!, text);
    }
  }
  return {
    info: {
      id: 'test',
      name: 'Test',
      synthetic: false,
      classes: [
        { id: 'mel', name: 'Melanoma' },
        { id: 'nv', name: 'Naevus' },
        { id: 'df', name: 'Dermatofibroma' },
      ],
    },
    records: ['a', 'b', 'c', 'd'].map((imageId, i) => ({
      imageId,
      lesionId: imageId,
      label: i < 3 ? 1 : 0,
      age: null,
    })),
    images: {
      imageIds: [...paths.keys()],
      has: (id) => paths.has(id),
      location: (id) => paths.get(id)!,
      byteLength: (id) => contents[id].length,
      fingerprint: (id) => id,
      read: async (id) => new TextEncoder().encode(contents[id]),
      close: async () => {},
    },
    metadataFile: 'metadata.csv',
    hasLesionIds: false,
  };
}

const notes: string[] = [];
const context = () => {
  notes.length = 0;
  return {
    progress: { ...silentProgress, note: (line: string) => void notes.push(line) },
    signal: new AbortController().signal,
  };
};
const tree = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
const allFiles = ['mel/d.jpg', 'nv/a.jpg', 'nv/b.jpg', 'nv/c.jpg'];

describe('organize', () => {
  it.each(['symbolic', 'hard', 'copy'] as const)('makes one folder a class by %s, and takes it back', async (link) => {
    const before = tree(join(root, 'data'));
    const summary = await organizeStep(context(), makeDataset(), out, { link });
    expect(summary).toMatchObject({ images: 4, perClass: { mel: 1, nv: 3, df: 0 }, made: { [link]: 4 }, excluded: [] });
    expect(tree(out)).toEqual([manifestName, ...allFiles].sort());
    expect(existsSync(join(out, 'df'))).toBe(true);
    for (const path of allFiles) {
      const id = path.at(-5)!;
      expect(readFileSync(join(out, path), 'utf8')).toBe(contents[id]);
      expect(lstatSync(join(out, path)).isSymbolicLink()).toBe(link === 'symbolic');
      expect(lstatSync(join(out, path)).nlink).toBe(link === 'hard' ? 2 : 1);
    }
    expect(JSON.parse(readFileSync(join(out, manifestName), 'utf8'))).toMatchObject({
      finished: true,
      synthetic: false,
    });

    expect(await undoOrganize(out, silentProgress)).toMatchObject({ removed: 4, alreadyGone: 0 });
    expect(existsSync(out)).toBe(false);
    expect(tree(join(root, 'data'))).toEqual([...before, 'a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].sort());
  });

  it('marks what it makes of synthetic images, and takes the mark back too', async () => {
    const plain = makeDataset();
    const dataset = { ...plain, info: { ...plain.info, synthetic: true } };
    const summary = await organizeStep(context(), dataset, out);
    expect(summary).toMatchObject({ images: 4, made: { symbolic: 4, copy: 0 } });
    expect(tree(out)).toContain('SYNTHETIC.txt');
    const again = await openDataset(out);
    expect(again.info.synthetic).toBe(true);
    await again.images.close();
    expect(await undoOrganize(out, silentProgress)).toMatchObject({ removed: 5 });
    expect(existsSync(out)).toBe(false);
  });

  it('copies images out of zips whatever was asked for, and says so once', async () => {
    const summary = await organizeStep(context(), makeDataset(['a', 'b']), out, { link: 'symbolic' });
    expect(summary.made).toEqual({ symbolic: 2, hard: 0, copy: 2 });
    expect(notes).toEqual([expect.stringContaining('zip')]);
    expect(readFileSync(join(out, 'nv/a.jpg'), 'utf8')).toBe('image a');
    expect(await undoOrganize(out, silentProgress)).toMatchObject({ removed: 4 });
  });

  it('overwrites nothing: one file in the way, and nothing at all is made', async () => {
    mkdirSync(join(out, 'nv'), { recursive: true });
    writeFileSync(join(out, 'nv', 'b.jpg'), 'mine');
    await expect(organizeStep(context(), makeDataset(), out)).rejects.toMatchObject({
      code: 'would-overwrite',
      exitStatus: 4,
      details: [expect.stringContaining('nv/b.jpg')],
    });
    expect(tree(out)).toEqual(['nv/b.jpg']);
    expect(readFileSync(join(out, 'nv', 'b.jpg'), 'utf8')).toBe('mine');
  });

  it('refuses to organize twice into one folder', async () => {
    await organizeStep(context(), makeDataset(), out);
    await expect(organizeStep(context(), makeDataset(), out)).rejects.toMatchObject({ code: 'already-organized' });
  });

  it('leaves alone what was there before and what came later', async () => {
    mkdirSync(join(out, 'nv'), { recursive: true });
    writeFileSync(join(out, 'nv', 'mine.txt'), 'mine');
    await organizeStep(context(), makeDataset(), out);
    writeFileSync(join(out, 'mel', 'later.txt'), 'later');
    await undoOrganize(out, silentProgress);
    expect(tree(out)).toEqual(['mel/later.txt', 'nv/mine.txt']);
  });

  it('keeps files that were changed, lists them, and removes the others', async () => {
    await organizeStep(context(), makeDataset(), out, { link: 'copy' });
    appendFileSync(join(out, 'nv', 'b.jpg'), '!');
    unlinkSync(join(out, 'nv', 'c.jpg'));
    await expect(undoOrganize(out, silentProgress)).rejects.toMatchObject({
      code: 'changed-files',
      exitStatus: 4,
      details: [expect.stringContaining('nv/b.jpg')],
    });
    expect(tree(out)).toEqual([manifestName, 'nv/b.jpg'].sort());
    writeFileSync(join(out, 'nv', 'b.jpg'), contents.b);
    expect(await undoOrganize(out, silentProgress)).toMatchObject({ removed: 1 });
    expect(existsSync(out)).toBe(false);
  });

  it('keeps a link that somebody pointed elsewhere or replaced by a file', async () => {
    await organizeStep(context(), makeDataset(), out);
    expect(readlinkSync(join(out, 'nv', 'a.jpg'))).toContain('a.jpg');
    unlinkSync(join(out, 'nv', 'a.jpg'));
    writeFileSync(join(out, 'nv', 'a.jpg'), contents.a);
    await expect(undoOrganize(out, silentProgress)).rejects.toMatchObject({ code: 'changed-files' });
    expect(readFileSync(join(out, 'nv', 'a.jpg'), 'utf8')).toBe(contents.a);
  });

  it('never removes anything outside its folder, whatever a manifest says', async () => {
    await organizeStep(context(), makeDataset(), out, { link: 'copy' });
    const path = join(out, manifestName);
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(
      path,
      JSON.stringify({ ...manifest, files: [{ ...manifest.files[0], path: '../data/a.jpg' }, ...manifest.files] }),
    );
    await expect(undoOrganize(out, silentProgress)).rejects.toMatchObject({ code: 'bad-file' });
    expect(tree(out)).toHaveLength(5);
    expect(existsSync(join(root, 'data', 'a.jpg'))).toBe(true);
  });

  it('stops for images without a file, before anything is made, unless they are to be left out', async () => {
    const dataset = makeDataset([], ['b']);
    await expect(organizeStep(context(), dataset, out)).rejects.toMatchObject({ exitStatus: 3, details: ['b'] });
    expect(existsSync(out)).toBe(false);
    const summary = await organizeStep(context(), dataset, out, { excludeUnusable: true });
    expect(summary).toMatchObject({ images: 3, excluded: ['b'] });
  });

  it('can be undone after an interruption', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(organizeStep({ ...context(), signal: controller.signal }, makeDataset(), out)).rejects.toMatchObject({
      exitStatus: 130,
    });
    await undoOrganize(out, silentProgress);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a folder below a file, and one without a manifest', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(organizeStep(context(), makeDataset(), join(root, 'file', 'x'))).rejects.toMatchObject({
      exitStatus: 4,
    });
    await expect(undoOrganize(root, silentProgress)).rejects.toMatchObject({ code: 'missing-file', exitStatus: 4 });
  });
});
