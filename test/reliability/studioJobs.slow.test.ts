import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyPaintedData } from '../node/paintedData.js';
import { differences, readTree } from './folderTree.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-studio-jobs-'));
const binary = resolve(import.meta.dirname, '../../bin/lesionlab.js');
const page = resolve(import.meta.dirname, '../../dist/web/index.html');
const environment = { ...process.env, LESIONLAB_CACHE: join(root, 'cache') };
const train = { preset: 'demo', overrides: { imageSize: 24, epochs: 6, batchSize: 4 } };
const night = {
  ...{ data: 'data', threads: 1, settings: { train } },
  jobs: [
    { id: 'a' },
    { id: 'b', seed: 1 },
    { id: 'look', kind: 'evaluate', needs: 'a', settings: { resamples: 0, scoresOnly: true } },
  ],
};
const later = { data: 'data', threads: 1, jobs: [{ id: 'c', settings: { ...train, preset: 'demo' } }] };

interface State {
  readonly plans: readonly {
    readonly name: string;
    readonly state: string;
    readonly error?: object;
    readonly jobs: readonly { readonly id: string; readonly state: string }[];
  }[];
}

/** A studio in a process of its own that may start work below a folder of runs. */
class Studio {
  static readonly started: Studio[] = [];
  readonly child: ChildProcess;
  readonly #ready: Promise<URL>;

  constructor(runs: string) {
    const words = ['studio', runs, '--no-open', '--json', '--work', 'data'];
    // A group of its own: what it starts ends with it where a machine does.
    const options = { cwd: root, env: environment, detached: true };
    this.child = spawn(process.execPath, [binary, ...words], options);
    Studio.started.push(this);
    this.#ready = new Promise((ready, fail) => {
      let text = '';
      this.child.stdout!.on('data', (part) => {
        text += part;
        if (text.includes('\n')) ready(new URL(JSON.parse(text).url));
      });
      let complaint = '';
      this.child.stderr!.on('data', (part) => {
        complaint += part;
      });
      this.child.on('exit', () => fail(new Error(`The studio ended: ${complaint}`)));
    });
  }

  async ask<T>(path: string, body?: object): Promise<T> {
    const url = await this.#ready;
    const headers = { 'x-lesionlab-token': url.searchParams.get('work')!, 'content-type': 'application/json' };
    const answer = await fetch(new URL(path, url), {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** @returns all plans, once none is at work */
  async rests(): Promise<State['plans']> {
    for (;;) {
      const { plans } = await this.ask<State>('api/work');
      if (plans.every(({ state }) => state === 'resting')) return plans;
      await pause(100);
    }
  }

  /** SIGKILL to the server, or to all that it started, too. */
  async kill(all: boolean): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      process.kill(all ? -this.child.pid! : this.child.pid!, 'SIGKILL');
      await ended;
    }
  }
}

const statesOf = (plans: State['plans']) => plans.flatMap(({ jobs }) => jobs.map(({ id, state }) => `${id} ${state}`));

/** Starts both plans, and waits until the first of them trains. @returns the number of the process that does */
async function begin(studio: Studio, runs: string): Promise<number> {
  await studio.ask('api/work/plans', { name: 'night', plan: night });
  await studio.ask('api/work/plans', { name: 'later', plan: later });
  while (!existsSync(join(root, runs, 'night', 'a', 'metrics.jsonl'))) await pause(50);
  const [line] = readFileSync(join(root, runs, 'night', 'jobs', 'a.jsonl'), 'utf8').split('\n');
  return JSON.parse(line).pid;
}

const lives = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const sameAsCalm = (runs: string) =>
  expect(differences(readTree(join(root, 'calm')), readTree(join(root, runs)))).toEqual([]);
const done = ['a done', 'b done', 'look done', 'c done'].sort();

describe.skipIf(!existsSync(page) || process.platform === 'win32')('work of a studio that is killed', () => {
  beforeAll(async () => {
    await copyPaintedData(join(root, 'data'), { images: 150, size: [40, 30] });
    for (const name of ['calm', 'server', 'all']) mkdirSync(join(root, name));
    const studio = new Studio('calm');
    await begin(studio, 'calm');
    expect(statesOf(await studio.rests()).sort()).toEqual(done);
    await studio.kill(true);
  });
  afterEach(async () => {
    for (const studio of Studio.started) await studio.kill(true);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('rests, with the plan whose turn had not come, and goes on in the next studio', async () => {
    const first = new Studio('server');
    const pid = await begin(first, 'server');
    await first.kill(false);
    // The process of the job saves and ends by itself.
    while (lives(pid)) await pause(50);
    const next = new Studio('server');
    const plans = (await next.ask<State>('api/work')).plans;
    expect(plans.map(({ name, state, error }) => [name, state, error]).sort()).toEqual([
      ['later', 'resting', undefined],
      ['night', 'resting', undefined],
    ]);
    expect(statesOf(plans).filter((state) => state.endsWith('running'))).toEqual([]);
    expect(statesOf(plans)).toContain('a ready');
    expect(statesOf(plans)).toContain('c ready');
    // What is not done does not look as if it were.
    const { runs } = await next.ask<{ runs: { id: string; state: string }[] }>('api/runs');
    expect(runs.find(({ id }) => id === 'night/a')).toBeDefined();
    expect(runs.find(({ id }) => id === 'night/a')!.state).not.toBe('finished');
    for (const name of ['night', 'later']) await next.ask(`api/work/plans/${name}/resume`, {});
    expect(statesOf(await next.rests()).sort()).toEqual(done);
    await next.kill(true);
    sameAsCalm('server');
  });

  it('rests where the machine went down with all of it, and goes on from the terminal', async () => {
    const first = new Studio('all');
    await begin(first, 'all');
    await first.kill(true);
    for (const name of ['night', 'later']) {
      const child = spawn(process.execPath, [binary, 'jobs', `all/${name}`, '--resume', '--quiet'], {
        ...{ cwd: root, env: environment },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let complaint = '';
      child.stderr!.on('data', (text) => {
        complaint += text;
      });
      const status = await new Promise((ended) => child.on('close', ended));
      expect(complaint).toBe('');
      expect(status).toBe(0);
    }
    sameAsCalm('all');
  });
});
