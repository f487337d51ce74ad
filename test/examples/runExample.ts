import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';

/** The folder of example programs. */
export const examples = resolve(import.meta.dirname, '../../examples');

/** Environment of an example whose temporary files lie in a folder. */
export const exampleEnvironment = (folder: string) => ({ ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder });

/** Runs an example from an empty folder to its end, and expects that it leaves nothing behind. @returns the lines that it prints */
export function runExample(name: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lesionlab-examples-'));
  try {
    const call = spawnSync(process.execPath, [join(examples, `${name}.mjs`)], {
      cwd: folder,
      encoding: 'utf8',
      env: exampleEnvironment(folder),
    });
    expect(call.stderr).toBe('');
    expect(call.status).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    return call.stdout.trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
