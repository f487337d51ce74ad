import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileAt } from '../../../src/node/files/folderFiles.js';
import { openZip } from '../../../src/node/files/zipFiles.js';
import { writeZip } from '../writeZip.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-range-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7);
const left = () => readdirSync(tmpdir()).filter((name) => /^lesionlab-[A-Za-z0-9]{6}$/.test(name)).length;

test.each([true, false])(
  'parts of a file in a zip are those of the whole, packed or not (%s), and nothing is left',
  async (compress) => {
    const path = join(folder, 'a.zip');
    writeZip(path, { 'x.npy': bytes }, { store: !compress });
    const before = left();
    const { files, close } = await openZip(await fileAt(path));
    const [file] = files;
    const parts = await Promise.all(
      [
        [0, 10],
        [2_999_990, 10],
        [1_048_570, 12],
      ].map(([start, n]) => file.readRange!(start, n)),
    );
    expect(parts.map((part) => [...part])).toEqual(
      [
        [0, 10],
        [2_999_990, 10],
        [1_048_570, 12],
      ].map(([start, n]) => [...bytes.subarray(start, start + n)]),
    );
    await expect(file.readRange!(2_999_999, 5)).rejects.toMatchObject({ code: 'damaged-zip-entry' });
    expect(left()).toBe(before);
    await close();
  },
);

test('damage is found before anything is handed out', async () => {
  const path = join(folder, 'a.zip');
  writeZip(path, { 'x.npy': bytes }, { store: true });
  const content = readFileSync(path);
  content[1_500_000] ^= 1;
  writeFileSync(path, content);
  const { files, close } = await openZip(await fileAt(path));
  await expect(files[0].readRange!(0, 10)).rejects.toMatchObject({
    code: 'damaged-zip-entry',
    message: expect.stringContaining('CRC-32'),
  });
  await close();
});
