import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '../../src/jobs/jobStatus.js';
import { copyPaintedData } from '../node/paintedData.js';
import { differences, isLeftover, readTree } from './folderTree.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-jobs-'));
const binary = resolve(import.meta.dirname, '../../bin/lesionlab.js');
const plan = `data: data
threads: 1
settings:
  train: { preset: demo, overrides: { imageSize: 24, epochs: 6, batchSize: 4 } }
jobs:
  - id: a
  - { id: b, seed: 1 }
  - { id: c, seed: 2 }
  - { id: look, kind: evaluate, needs: a, settings: { resamples: 0, scoresOnly: true } }
`;

/** Calls the command line in the test's folder. */
function call(...words: string[]) {
  const environment = { ...process.env, LESIONLAB_CACHE: join(root, 'cache') };
  const child = spawn(process.execPath, [binary, ...words, '--quiet', '--json'], { cwd: root, env: environment });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<{ status: number | null; json: { jobs: JobStatus[] }; stderr: string }>((done) =>
    child.on('close', (status) => done({ status, json: stdout ? JSON.parse(stdout) : undefined, stderr })),
  );
  return { child, ended };
}

const run = (folder: string) => call('jobs', 'jobs.yaml', '--run', folder, '--resume');
const lines = (folder: string, id: string) => {
  const path = join(root, folder, 'jobs', `${id}.jsonl`);
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; pid: number })
    : [];
};

/** Waits until a training has saved something. @returns the number of its process */
async function trains(folder: string, id: string): Promise<number> {
  for (let i = 0; i < 2400; i++, await pause(50))
    if (existsSync(join(root, folder, id, 'metrics.jsonl'))) return lines(folder, id).at(-1)!.pid;
  throw new Error(`${id} did not begin`);
}
const signalled = (child: ChildProcess, signal: NodeJS.Signals) => child.kill(signal);
const gone = async (pid: number) => {
  for (let i = 0; i < 200; i++, await pause(50))
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
  return false;
};

beforeAll(async () => {
  await copyPaintedData(join(root, 'data'), { images: 150, size: [40, 30] });
  writeFileSync(join(root, 'jobs.yaml'), plan);
  const { status, json, stderr } = await run('calm').ended;
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(json.jobs.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const sameAsCalm = (folder: string) =>
  expect(differences(readTree(join(root, 'calm')), readTree(join(root, folder)))).toEqual([]);

describe('a plan on this machine', () => {
  it('goes on where a process of a job was killed, by itself', async () => {
    const { ended } = run('killed');
    process.kill(await trains('killed', 'a'), 'SIGKILL');
    expect(await ended).toMatchObject({ status: 0 });
    expect(lines('killed', 'a').map(({ event }) => event)).toEqual(['began', 'began', 'done']);
    sameAsCalm('killed');
  });

  it('is saved by Ctrl-C, and goes on with what is missing', async () => {
    const { child, ended } = run('stopped');
    await trains('stopped', 'b');
    signalled(child, 'SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toContain('everything so far is saved');
    const shown = await call('jobs', 'stopped').ended;
    expect(shown.json.jobs.map(({ state }) => state)).toContain('ready');
    expect(shown.json.jobs.map(({ state }) => state)).not.toContain('running');
    const before = lines('stopped', 'a').filter(({ event }) => event === 'done').length;
    expect(await run('stopped').ended).toMatchObject({ status: 0 });
    expect(lines('stopped', 'a').filter(({ event }) => event === 'done').length).toBe(Math.max(1, before));
    sameAsCalm('stopped');
  });

  it('leaves no process behind where the one that runs it is killed', async () => {
    const { child, ended } = run('orphaned');
    const pid = await trains('orphaned', 'a');
    child.kill('SIGKILL');
    await ended;
    // Called again at once: what is still being saved is waited for.
    expect(await run('orphaned').ended).toMatchObject({ status: 0 });
    expect(await gone(pid)).toBe(true);
    sameAsCalm('orphaned');
  });

  it('gives back a folder that a job left held when it was killed at its very end', async () => {
    cpSync(join(root, 'calm'), join(root, 'left'), { recursive: true });
    const folder = join(root, 'left', 'a');
    const script = `
      import { holdFolder } from ${JSON.stringify(pathToFileURL(resolve(import.meta.dirname, '../../dist/node/files/lease/holdFolder.js')).href)};
      await holdFolder(${JSON.stringify(folder)}, { command: 'job a' }, async () => process.kill(process.pid, 'SIGKILL'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await new Promise((ended) => child.once('close', ended));
    expect(readdirSync(folder).filter(isLeftover)).toHaveLength(2);
    expect(await run('left').ended).toMatchObject({ status: 0, json: { jobs: [{ state: 'done' }, {}, {}, {}] } });
    sameAsCalm('left');
  });

  it('is run by one process at a time', async () => {
    const { ended } = run('twice');
    await trains('twice', 'a');
    const second = await run('twice').ended;
    expect(second.status).toBe(4);
    expect(second.stderr).toContain('is being written by "jobs"');
    expect(await ended).toMatchObject({ status: 0 });
    sameAsCalm('twice');
  });

  it('does what does not need a job that fails, and tells why it failed', async () => {
    cpSync(join(root, 'jobs.yaml'), join(root, 'whole.yaml'));
    writeFileSync(
      join(root, 'jobs.yaml'),
      plan.replace('id: a\n', `id: a\n    settings: { overrides: { imageSize: 24, epochs: 6, batchSize: 149 } }\n`),
    );
    const { status, json, stderr } = await run('failing').ended;
    cpSync(join(root, 'whole.yaml'), join(root, 'jobs.yaml'));
    expect(stderr).toBe('');
    expect(status).toBe(2);
    expect(json.jobs.map(({ state }) => state)).toEqual(['failed', 'done', 'done', 'blocked']);
    expect(json.jobs[0].error!.message).toMatch(/149/);
    // Of no use to try again.
    expect(json.jobs[0].attempts).toBe(1);
    // Mended, the plan goes on with what is missing.
    const mended = await run('failing').ended;
    expect(mended).toMatchObject({ status: 0 });
    sameAsCalm('failing');
  });

  it('is refused where it was changed over results, and beside another plan', async () => {
    writeFileSync(join(root, 'jobs.yaml'), plan.replace('epochs: 6', 'epochs: 7'));
    const changed = await run('calm').ended;
    writeFileSync(join(root, 'other.yaml'), plan);
    writeFileSync(join(root, 'jobs.yaml'), plan);
    expect(changed).toMatchObject({ status: 2 });
    expect(changed.stderr).toContain('a: settings.overrides.epochs (6, now 7)');
    const other = await call('jobs', 'other.yaml', '--run', 'calm', '--resume').ended;
    expect(other).toMatchObject({ status: 2 });
    expect(other.stderr).toContain('already holds the plan jobs.yaml');
    expect(await run('calm').ended).toMatchObject({ status: 0 });
  });
});
