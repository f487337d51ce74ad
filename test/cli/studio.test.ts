import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../bin/lesionlab.js', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-studio-'));
  mkdirSync(join(folder, 'runs'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command, with its outputs as they grow. */
function start(...options: string[]) {
  const child = spawn(process.execPath, [program, 'studio', ...options], { cwd: folder });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([status]) => status as number);
  return { child, output, ended };
}

async function waitFor(found: () => boolean): Promise<void> {
  while (!found()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('lesionlab studio', () => {
  it('says where it is, answers there, and ends on Ctrl-C with status 0', async () => {
    const { child, output, ended } = start('--no-open');
    await waitFor(() => output.stdout.includes('Ctrl-C'));
    expect(output.stdout).toContain(join(folder, 'runs'));
    const url = output.stdout.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0];
    const page = await fetch(url!);
    expect(await page.text()).toContain('lesionlab studio');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output.stderr.trim()).toBe('The studio has ended.');
    await expect(fetch(url!)).rejects.toThrow();
  });

  it('prints one JSON object with --json, at once', async () => {
    const { child, output, ended } = start('--no-open', '--json');
    await waitFor(() => output.stdout.includes('\n'));
    const { url, runs } = JSON.parse(output.stdout);
    expect(await (await fetch(`${url}api/studio`)).json()).toMatchObject({ runs });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(() => JSON.parse(output.stdout)).not.toThrow();
  });

  it('begins work where there are no runs yet', async () => {
    mkdirSync(join(folder, 'HAM'));
    const { child, output, ended } = start('new', '--work', 'HAM', '--no-open', '--json');
    await waitFor(() => output.stdout.includes('\n'));
    expect(JSON.parse(output.stdout)).toEqual({ url: expect.stringContaining('?work='), runs: join(folder, 'new') });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('refuses a folder that is not there, and a port that is taken', async () => {
    const missing = start('nowhere', '--no-open');
    expect(await missing.ended).toBe(4);
    expect(missing.output.stderr).toContain('There is no folder nowhere.');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const taken = start('--no-open', '--port', String(port));
    expect(await taken.ended).toBe(2);
    expect(taken.output.stderr).toContain(`Port ${port} is taken`);
    other.close();
  });

  it('says what to do about a port that there is not', async () => {
    for (const port of ['70000', '-1', '80.5', 'http']) {
      const { output, ended } = start('--no-open', '--port', port);
      expect(await ended, port).toBe(2);
      expect(output.stderr, port).toMatch(/--port/);
      expect(output.stderr, port).not.toMatch(/this is a bug/);
    }
  });
});
