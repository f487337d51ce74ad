import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

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
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((next) => setTimeout(next, 50));
  if (!condition()) throw new Error('Waited 30 seconds in vain.');
}
