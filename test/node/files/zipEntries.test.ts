import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { fileAt } from '../../../src/node/files/folderFiles.js';
import { openZip } from '../../../src/node/files/zipFiles.js';
import { listZip } from '../../../web/src/dataset/zippedFiles.js';
import { writeZip } from '../writeZip.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-entries-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const open: ((path: string) => Promise<readonly StoredFile[]>)[] = [
  async (path) => (await openZip(await fileAt(path))).files,
  async (path) => {
    const file = new File([readFileSync(path)], 'a.zip');
    return await listZip({ file, folders: [], location: path, byteLength: file.size } as never);
  },
];

/** A zip with its directory changed; `claim` is at 24 of each entry of it, and so in the file itself. */
function changed(name: string, files: Record<string, Uint8Array>, change: (zip: Buffer, at: number) => void): string {
  const path = join(folder, name);
  writeZip(path, files);
  const zip = readFileSync(path);
  for (let at = zip.indexOf('PK\x01\x02'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 4)) change(zip, at);
  writeFileSync(path, zip);
  return path;
}
const zeros = new Uint8Array(3_000_000);

describe.each([
  ['Node', open[0]],
  ['the page', open[1]],
])('entries of a zip, in %s', (surface, list) => {
  it.each([
    ['../x.jpg', 'leads out of its folder'],
    ['a/..\\..\\x.jpg', 'leads out of its folder'],
    ['/etc/x.jpg', 'from the root of a disk'],
    ['\\\\host\\x.jpg', 'from the root of a disk'],
    ['C:\\x.jpg', 'drive of Windows'],
    ['x.jpg\0.txt', 'byte of zero'],
  ])('%j is named for what it is', async (name, why) => {
    const path = join(folder, `${surface}.zip`);
    writeZip(path, { 'a.csv': zeros.subarray(0, 10), [name]: zeros.subarray(0, 10) });
    await expect(list(path)).rejects.toMatchObject({
      kind: 'data',
      code: 'unsafe-zip-entry',
      message: expect.stringContaining(why),
    });
  });

  it('with backslashes lie in folders, as Windows writes them', async () => {
    const path = join(folder, `${surface}.zip`);
    writeZip(path, { 'images\\mel\\x..1.jpg': zeros.subarray(0, 10) });
    const [file] = await list(path);
    expect([file.folders, file.name]).toEqual([['images', 'mel'], 'x..1.jpg']);
    expect(await file.read()).toHaveLength(10);
  });

  it('that share their bytes are refused', async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.csv`, zeros]));
    // Each entry is the first one's.
    const path = changed(`${surface}.zip`, files, (zip, at) => zip.writeUInt32LE(50_000, at + 20));
    await expect(list(path)).rejects.toMatchObject({ code: 'overlapping-zip' });
  });

  it('that claim more than an image or a table has are not unpacked', async () => {
    const path = changed(`${surface}.zip`, { 'x.csv': zeros }, (zip, at) => zip.writeUInt32LE(2 ** 31, at + 24));
    const [file] = await list(path);
    for (const read of [() => file.read(), () => file.readRange!(0, 5)])
      await expect(read()).rejects.toMatchObject({
        code: 'damaged-zip-entry',
        message: expect.stringContaining('claim to unpack to 2,048 MiB'),
      });
  });

  it('that hold more than they claim end there', async () => {
    const path = changed(`${surface}.zip`, { 'x.csv': zeros }, (zip, at) => zip.writeUInt32LE(1000, at + 24));
    const [file] = await list(path);
    for (const read of [() => file.read(), () => file.readRange!(0, 5)])
      await expect(read()).rejects.toMatchObject({ code: 'damaged-zip-entry' });
  });
});
