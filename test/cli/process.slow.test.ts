import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { silentProgress } from '../../src/progress.js';

const binary = resolve(import.meta.dirname, '../../bin/lesionlab.js');
const built = existsSync(resolve(import.meta.dirname, '../../dist/cli/main.js'));
const folder = mkdtempSync(join(tmpdir(), 'lesionlab-process-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program itself, compiled, as people start it. `npm test` compiles first. */
describe.skipIf(!built)('the lesionlab program', () => {
  it('ends with the exit status, stdout only JSON with --json', () => {
    const call = spawnSync(process.execPath, [binary, 'explore', join(folder, 'none'), '--json'], { encoding: 'utf8' });
    expect(call.status).toBe(3);
    expect(JSON.parse(call.stdout)).toMatchObject({ error: { code: 'no-folder' } });
  });

  it('is quiet when its output is closed early', () => {
    const call = spawnSync('sh', ['-c', `"${process.execPath}" "${binary}" --help | true`], { encoding: 'utf8' });
    expect(call.stderr).toBe('');
  });

  it('saves and ends with 130 at the first Ctrl-C', async () => {
    const child = spawn(process.execPath, [binary, 'demo', '--run', join(folder, 'demo'), '--images', '5000'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    const ended = new Promise<number | null>((done) => child.on('exit', (status) => done(status)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await waitFor(() => existsSync(join(folder, 'demo', 'data', 'SYNTHETIC.txt')));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stderr).toContain('Interrupted');
    expect(stderr).not.toContain('bug');
  });

  it('ends at once at the second Ctrl-C, while the network is trained', async () => {
    const data = join(folder, 'data');
    await writeSyntheticDataset(data, { images: 140, size: [40, 30], progress: silentProgress });
    const run = join(folder, 'twice');
    const command = ['train', data, '--run', run, '--preset', 'demo', '--epochs', '9999', '--batch-size', '64'];
    const environment = { ...process.env, LESIONLAB_CACHE: join(folder, 'cache') };
    const child = spawn(process.execPath, [binary, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: environment,
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const ended = new Promise((done) => child.on('exit', (status, signal) => done(signal ?? status)));
    await waitFor(() => existsSync(join(run, 'steps.jsonl')) && stderr.includes('train loss'));
    child.kill('SIGINT');
    child.kill('SIGINT');
    // The two may arrive as one: then it saves and ends.
    expect(['SIGINT', 130]).toContain(await ended);
    expect(stderr).not.toContain('terminate called');
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((next) => setTimeout(next, 50));
  if (!condition()) throw new Error('Waited 30 seconds in vain.');
}
