import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporarySuffix } from '../../../src/node/files/temporaryFiles.js';
import { copyFolderWhole } from '../../../src/node/files/writeFile.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lesionlab-copy-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('copies files and folders byte by byte, but nothing that was left half written', async () => {
  const from = join(root, 'from');
  mkdirSync(join(from, 'charts'), { recursive: true });
  writeFileSync(join(from, 'table.json'), '{}');
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
  writeFileSync(join(from, 'charts', 'age.svg'), bytes);
  writeFileSync(join(from, `.table.json.${temporarySuffix('0123abcd')}`), '{');
  const to = join(root, 'new', 'to');
  await copyFolderWhole(from, to);
  expect(readdirSync(to, { recursive: true }).sort()).toEqual(['charts', join('charts', 'age.svg'), 'table.json']);
  expect(Uint8Array.from(readFileSync(join(to, 'charts', 'age.svg')))).toEqual(bytes);
});

it('says of a folder that cannot be written what is wrong', async () => {
  const from = join(root, 'from');
  mkdirSync(from);
  writeFileSync(join(from, 'a'), '');
  writeFileSync(join(root, 'file'), '');
  await expect(copyFolderWhole(from, join(root, 'file', 'to'))).rejects.toMatchObject({ code: 'not-writable' });
});
