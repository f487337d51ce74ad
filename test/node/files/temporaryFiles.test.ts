import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporarySuffix } from '../../../src/node/files/temporaryFiles.js';
import { writeFileWhole } from '../../../src/node/files/writeFile.js';
import { checkRunFolder } from '../../../src/node/run/runFolder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-temporary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ownSuffix = temporarySuffix('0123abcd');
const goneProcess = () => spawnSync(process.execPath, ['-e', '']).pid;

function leave(name: string, hoursAgo = 0): string {
  const path = join(folder, name);
  writeFileSync(path, 'half');
  const then = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(path, then, then);
  return name;
}

describe('what killed processes were writing', () => {
  it('is removed where the process is gone, or nobody has written to it for a day; nothing else is', async () => {
    const [machine] = ownSuffix.split('-');
    leave(`.state.safetensors.${machine}-${goneProcess()}-89abcdef.tmp`);
    leave('.state.safetensors.89abcdef.tmp', 25);
    leave(`.last.safetensors.${ownSuffix}`, 25);
    const kept = [
      // This process, in another thread; another machine; an earlier version, a moment ago; not ours at all.
      leave(`.best.safetensors.${ownSuffix}`),
      leave(`.best.safetensors.${machine === 'aaaaaa' ? 'bbbbbb' : 'aaaaaa'}-1-89abcdef.tmp`, 23),
      leave('.config.json.89abcdef.tmp'),
      leave('notes.tmp', 99),
      leave('.mine.tmp', 99),
      leave('picture.89abcdef.tmp', 99),
      leave('.backup.20240131.tmp', 99),
    ];
    await writeFileWhole(join(folder, 'state.safetensors'), 'whole');
    expect(readdirSync(folder).sort()).toEqual([...kept, 'state.safetensors'].sort());
  });

  it('tells whose a file is that is being written', () => {
    expect(ownSuffix).toMatch(new RegExp(`^[0-9a-f]{6}-${process.pid}-0123abcd\\.tmp$`));
  });
});

it('a folder that holds nothing but what a killed process began is still free for a run', async () => {
  leave('..lesionlab-run.json.89abcdef.tmp');
  expect(await checkRunFolder(folder)).toEqual({ resumes: false });
  leave('notes.txt');
  await expect(checkRunFolder(folder)).rejects.toMatchObject({ code: 'folder-in-use' });
});
