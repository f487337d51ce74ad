import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobEvent, JobOutcome } from '../../../src/jobs/jobEvent.js';
import type { StartJob } from '../../../src/node/jobs/jobProcesses.js';
import { openPlanFolder } from '../../../src/node/jobs/openPlan.js';
import { askQueue } from '../../../src/node/jobs/queue/askQueue.js';
import { joinQueue } from '../../../src/node/jobs/queue/joinQueue.js';
import { parseQueueAddress } from '../../../src/node/jobs/queue/queueAddress.js';
import { createContext } from '../../../src/node/machine/stepContext.js';

/** A Valkey is one, too. */
const { LESIONLAB_REDIS_SERVER: program = 'redis-server' } = process.env;
const isInstalled = (() => {
  try {
    return /v=/.test(execFileSync(program, ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

const root = mkdtempSync(join(tmpdir(), 'lesionlab-redis-'));
let port = 0;
let server: ChildProcess | undefined;

async function startServer(...options: string[]): Promise<void> {
  server = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', root, '--save', '', ...options], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('redis-cli', ['-p', String(port), 'ping'], { stdio: 'pipe' });
      return;
    } catch {
      await pause(50);
    }
  }
  throw new Error(`${program} did not come up`);
}
async function stopServer(): Promise<void> {
  const ended = new Promise((resolve) => server?.once('exit', resolve));
  server?.kill('SIGKILL');
  await ended;
}
const address = () => parseQueueAddress(`redis://127.0.0.1:${port}`, {});
const cli = (...words: string[]) => execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' });

beforeAll(async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  port = (probe.address() as { port: number }).port;
  await new Promise((resolve) => probe.close(resolve));
  if (isInstalled) await startServer();
});
afterAll(async () => {
  if (isInstalled) await stopServer();
  rmSync(root, { recursive: true, force: true });
});

/** A plan whose jobs a stand-in does: which of them are begun how often, and what each is answered with. */
let plans = 0;
async function placePlan(count: number) {
  const folder = join(root, `plan-${++plans}`);
  mkdirSync(join(folder, 'data'), { recursive: true });
  const jobs = Array.from({ length: count }, (_, i) => ({ id: `a${i}`, run: `a${i}`, data: join(folder, 'data') }));
  writeFileSync(join(folder, 'plan.json'), JSON.stringify({ jobs }));
  return await openPlanFolder(folder);
}

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const timing = { lock: 1_000, again: 200, look: 100 };
/** A worker in this process. @returns has it saved and stopped */
function work(start: StartJob, mappings: { from: string; to: string }[] = []) {
  const controller = new AbortController();
  const notes: string[] = [];
  const left = joinQueue(address(), {
    mappings,
    start,
    beside: 1,
    keep: join(root, 'keep'),
    signal: controller.signal,
    note: (text) => notes.push(text),
    timing,
  });
  const stop = () => {
    controller.abort();
    return left;
  };
  stops.push(stop);
  return { stop, notes };
}
async function ask(count: number, signal?: AbortSignal, beside?: number) {
  const opened = await placePlan(count);
  const notes: string[] = [];
  const heard: string[] = [];
  const progress = {
    start: () => ({ update: () => {}, end: () => {} }),
    note: (text: string) => void notes.push(text),
  };
  const hear = (job: { id: string }, event: JobEvent) => void heard.push(`${job.id} ${event.type}`);
  const request = { jobs: opened.plan.jobs, call: `c${plans}`, overwrite: false, mappings: [], beside, hear };
  const asked = askQueue(createContext({ progress, ...(signal && { signal }) }), opened, request, address(), {
    look: 200,
    patience: 3_000,
  });
  asked.catch(() => {});
  return { asked, notes, heard, opened };
}
const done: JobOutcome = { type: 'done' };

describe.skipIf(!isInstalled)('a queue on Redis', () => {
  it('has each job done by one of two workers, and tells what they say', async () => {
    const begun: string[] = [];
    const start: StartJob = async (_, { id }, __, { hear }) => {
      begun.push(id);
      hear({ type: 'note', text: 'at it' });
      await pause(30);
      return done;
    };
    work(start);
    work(start);
    const { asked, heard } = await ask(6);
    await asked;
    expect(begun.sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5']);
    expect(heard.filter((line) => line.endsWith('note')).length).toBe(6);
  });

  it('has no more of them done at once than were asked for', async () => {
    let [atOnce, most, count] = [0, 0, 0];
    const start: StartJob = async () => {
      count++;
      most = Math.max(most, ++atOnce);
      await pause(100);
      atOnce--;
      return done;
    };
    work(start);
    work(start);
    await (await ask(3, undefined, 1)).asked;
    expect([count, most]).toEqual([3, 1]);
  });

  it('tries again what may do better, and no more what will not', async () => {
    const tries: Record<string, number> = {};
    work(async (_, { id }) => {
      tries[id] = (tries[id] ?? 0) + 1;
      if (id === 'a0') return { type: 'failed', again: false, error: { message: 'wrong' } };
      return tries[id] < 3 ? { type: 'failed', again: true, error: { message: 'bad luck' } } : done;
    });
    await (await ask(2)).asked;
    expect(tries).toEqual({ a0: 1, a1: 3 });
  });

  it('looks again at a job that another process has in hand', async () => {
    let looks = 0;
    const held: JobOutcome = { type: 'held', by: 'It is being written.' };
    work(async (_, __, ___, { hear }) => {
      const outcome = ++looks < 3 ? held : done;
      hear({ type: 'ended', outcome });
      return outcome;
    });
    const { asked, notes } = await ask(1);
    await asked;
    expect(looks).toBe(3);
    expect(notes).toContain('a0 waits: It is being written.');
  });

  it('says so where no worker has joined, and goes on once one has', async () => {
    const { asked, notes } = await ask(1);
    await expect.poll(() => notes.join()).toContain('No worker has joined the queue');
    work(async () => done);
    await asked;
  });

  it('has what is at hand saved where whoever asks wants to stop, and takes back the rest', async () => {
    const begun: string[] = [];
    work(async (_, { id }, __, { signal }) => {
      begun.push(id);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { type: 'interrupted' };
    });
    const controller = new AbortController();
    const { asked } = await ask(3, controller.signal);
    await expect.poll(() => begun.length).toBe(1);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ kind: 'interrupted' });
    expect(begun).toHaveLength(1);
    await pause(500);
    expect(begun).toHaveLength(1);
  });

  it('gives another worker what one that is to stop had in hand', async () => {
    const signals: AbortSignal[] = [];
    const first = work(async (_, __, ___, { signal }) => {
      signals.push(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { type: 'interrupted' };
    });
    const { asked } = await ask(1);
    await expect.poll(() => signals.length).toBe(1);
    await first.stop();
    work(async () => done);
    await asked;
  });

  it('asks again for what the server forgot, and counts nothing twice', async () => {
    const begun: string[] = [];
    work(async (_, { id }) => {
      // As executeJob does: what is done is not done again.
      if (!begun.includes(id)) begun.push(id);
      await pause(300);
      return done;
    });
    const { asked, notes } = await ask(4);
    await expect.poll(() => begun.length).toBe(2);
    cli('flushall');
    await asked;
    expect(begun.sort()).toEqual(['a0', 'a1', 'a2', 'a3']);
    expect(notes.join('\n')).toContain('no longer knows of');
  }, 30_000);

  it('waits for a server that is away, and goes on when it is back, empty', async () => {
    const begun = new Set<string>();
    const { notes: ofWorker } = work(async (_, { id }) => {
      begun.add(id);
      await pause(500);
      return done;
    });
    const { asked, notes } = await ask(3);
    await expect.poll(() => begun.size).toBe(1);
    await stopServer();
    await expect.poll(() => notes.join('\n')).toContain('is away');
    await startServer();
    await asked;
    expect([...begun].sort()).toEqual(['a0', 'a1', 'a2']);
    expect(notes.join('\n')).toContain('is back');
    expect(ofWorker.join('\n')).toContain('is back');
  }, 60_000);

  it('is an error where every worker has another folder of that name', async () => {
    const other = join(root, 'other');
    mkdirSync(other, { recursive: true });
    const { opened, asked } = await (async () => {
      work(async () => done, [{ from: join(root, `plan-${plans + 1}`), to: other }]);
      return await ask(1);
    })();
    await expect(asked).rejects.toMatchObject({
      code: 'all-refuse',
      details: [expect.stringContaining(`The plan's folder ${opened.folder} isn't shared with this machine`)],
    });
  }, 30_000);

  it('that is full says so', async () => {
    cli('config', 'set', 'maxmemory', '1mb');
    try {
      const { asked } = await ask(1);
      await expect(asked).rejects.toMatchObject({ code: 'queue-full', hint: expect.stringContaining('maxmemory') });
    } finally {
      cli('config', 'set', 'maxmemory', '0');
    }
  });

  it('with a password wants it, and the right one', async () => {
    cli('config', 'set', 'requirepass', 'right');
    try {
      const ofWorker = (text: string) =>
        joinQueue(parseQueueAddress(text, {}), {
          mappings: [],
          start: async () => done,
          beside: 1,
          keep: root,
          signal: AbortSignal.timeout(500),
          note: () => {},
        });
      await expect(ofWorker(`redis://127.0.0.1:${port}`)).rejects.toMatchObject({
        code: 'queue-password',
        message: expect.stringContaining('wants a password'),
      });
      await expect(ofWorker(`redis://:wrong@127.0.0.1:${port}`)).rejects.toMatchObject({
        code: 'queue-password',
        message: expect.not.stringContaining('wrong'),
      });
      await ofWorker(`redis://:right@127.0.0.1:${port}`);
    } finally {
      const client = new Redis(port, '127.0.0.1', { password: 'right' });
      await client.config('SET', 'requirepass', '');
      client.disconnect();
    }
  });
});
