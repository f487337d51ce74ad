import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
// As `download` has it loaded: it then sends what Node's own fetch is asked for.
import 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobOutcome } from '../../../src/jobs/jobEvent.js';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import type { OpenedPlan } from '../../../src/node/jobs/openedPlan.js';
import { openStore } from '../../../src/node/jobs/queue/resultStore.js';
import { storedFolder } from '../../../src/node/jobs/queue/storedFolder.js';
import { workInStore } from '../../../src/node/jobs/queue/workInStore.js';
import { startS3Server } from './s3Server.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-store-'));
let server: Awaited<ReturnType<typeof startS3Server>>;
beforeAll(async () => {
  server = await startS3Server('secret');
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

const job = (id: string, run: string, needs: string[] = []) =>
  ({ id, run, needs, kind: 'train' }) as unknown as PlannedJob;
/** The plan as one machine has it. */
const machine = (name: string): OpenedPlan => ({
  folder: join(root, name),
  named: name,
  hash: 'h',
  plan: { plan: 1, lesionlab: '0', made: { by: 'hand' }, attempts: 3, jobs: [job('a', 'a'), job('b', 'b', ['a'])] },
});
const write = ({ folder }: OpenedPlan, path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const read = ({ folder }: OpenedPlan, path: string) => readFileSync(join(folder, path), 'utf8');
const open = (prefix: string) => openStore(`s3://bucket/${prefix}`, server.environment);
const hearing = { signal: new AbortController().signal, hear: () => {} };
const done: JobOutcome = { type: 'done' };

it('what one machine did is on another, removed files and journals included', async () => {
  const [store, one, two] = [open('brought'), machine('one'), machine('two')];
  write(one, 'a/checkpoints/best.safetensors', 'weights');
  write(one, 'a/metrics.jsonl', '1\n');
  write(one, 'a/.lesionlab-lease.json', '{}');
  write(one, 'jobs/a.jsonl', '{}\n');
  await storedFolder(store, one, 'a').meet('one');
  write(two, 'a/old.txt', 'of an earlier call');
  expect(await storedFolder(store, two, 'a').bring()).toBe(true);
  expect(read(two, 'a/checkpoints/best.safetensors')).toBe('weights');
  expect(read(two, 'jobs/a.jsonl')).toBe('{}\n');
  expect(() => read(two, 'a/old.txt')).toThrow('ENOENT');
  expect(() => read(two, 'a/.lesionlab-lease.json')).toThrow('ENOENT');
  expect(await storedFolder(store, two, 'b').bring()).toBe(false);
});

it('a worker that another one took over from sends nothing more, and stops', async () => {
  const [store, one, two] = [open('taken'), machine('first'), machine('second')];
  const outcome = await workInStore(
    store,
    one,
    job('a', 'a'),
    hearing,
    async (signal) => {
      write(one, 'a/metrics.jsonl', 'first\n');
      await expect.poll(() => server.objects.get('taken/folders/a/files.json')?.bytes.toString()).toContain('metrics');
      // It is cut off, the job is given to another one, which goes on from what was sent.
      const other = await workInStore(store, two, job('a', 'a'), hearing, async () => {
        expect(read(two, 'a/metrics.jsonl')).toBe('first\n');
        write(two, 'a/metrics.jsonl', 'first\nsecond\n');
        return done;
      });
      expect(other).toEqual(done);
      write(one, 'a/metrics.jsonl', 'first\nother\n');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { type: 'interrupted' };
    },
    20,
  );
  expect(outcome).toEqual({ type: 'held', by: 'Another worker was given a.' });
  const asker = machine('asker');
  await storedFolder(store, asker, 'a').bring();
  expect(read(asker, 'a/metrics.jsonl')).toBe('first\nsecond\n');
});

it('brings what a job needs of others', async () => {
  const [store, one, two] = [open('needs'), machine('needs-1'), machine('needs-2')];
  await workInStore(store, one, job('a', 'a'), hearing, async () => {
    write(one, 'a/predictions.csv', 'p');
    return done;
  });
  await workInStore(store, two, job('b', 'b', ['a']), hearing, async () => {
    expect(read(two, 'a/predictions.csv')).toBe('p');
    return done;
  });
});

it('tries that were made apart from each other are not mixed; a longer journal goes before a shorter one', async () => {
  const [store, one, two, three] = [open('apart'), machine('apart-1'), machine('apart-2'), machine('apart-3')];
  write(one, 'jobs/a.jsonl', 'x\ny\n');
  write(one, 'a/metrics.jsonl', 'one');
  await storedFolder(store, one, 'a').meet('one');
  write(two, 'jobs/a.jsonl', 'x\n');
  write(two, 'a/metrics.jsonl', 'two');
  await storedFolder(store, two, 'a').meet('two');
  expect(read(two, 'a/metrics.jsonl')).toBe('one');
  write(three, 'jobs/a.jsonl', 'z\n');
  await expect(storedFolder(store, three, 'a').meet('three')).rejects.toMatchObject({ code: 'results-diverged' });
  write(one, 'jobs/a.jsonl', 'x\ny\nz\n');
  write(one, 'a/metrics.jsonl', 'more');
  await storedFolder(store, one, 'a').meet('one');
  await storedFolder(store, two, 'a').bring();
  expect(read(two, 'a/metrics.jsonl')).toBe('more');
});

it('says what is wrong with a store', async () => {
  const { environment, control } = server;
  await expect(
    openStore('s3://bucket/x', { ...environment, AWS_SECRET_ACCESS_KEY: 'other' }).read('a'),
  ).rejects.toMatchObject({
    code: 'store-refuses',
    message: expect.not.stringContaining('other'),
  });
  await expect(openStore('s3://other/x', environment).write('a', new Uint8Array(1))).rejects.toMatchObject({
    code: 'no-bucket',
  });
  expect(() => openStore('s3://bucket/x', {})).toThrow('no keys');
  expect(() => openStore('s3:/bucket', environment)).toThrow('no address of a store');
  control.away = true;
  await expect(open('x').read('a')).rejects.toMatchObject({ code: 'store-away' });
  control.away = false;
});
