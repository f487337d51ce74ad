import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AttemptLine } from '../../../src/jobs/attempt.js';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import { runStrand } from '../../../src/node/jobs/arrays/runStrand.js';
import { executeJob } from '../../../src/node/jobs/executeJob.js';
import { appendAttempt, stopsInVain } from '../../../src/node/jobs/journal.js';
import { openedPlan } from '../../../src/node/jobs/openPlan.js';
import { readStatus } from '../../../src/node/jobs/readStatus.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-stops-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const job: PlannedJob = {
  ...{ id: 'a', needs: [], run: 'a', seed: 0, threads: 1, device: 'cpu' },
  kind: 'train',
  data: [join(root, 'none')],
  settings: {},
};
const open = (name: string) =>
  openedPlan({ plan: 1, lesionlab: '0', made: { by: 'hand' }, attempts: 3, jobs: [job] }, join(root, name));
const call = { call: 'c', overwrite: false };
const common = { time: '2026-01-01T00:00:00Z', call: 'c', attempt: 1, host: 'h', pid: 1 };

describe('a job that is told to end whenever it begins', () => {
  const stopped = testContext(AbortSignal.abort());

  it('is given up after ten times, and says what to do', async () => {
    const opened = open('vain');
    for (let i = 0; i < 9; i++) expect(await executeJob(stopped, opened, job, call)).toEqual({ type: 'interrupted' });
    expect((await readStatus(opened))[0].state).toBe('ready');
    const last = await executeJob(stopped, opened, job, call);
    expect(last).toMatchObject({ type: 'failed', again: false, error: { known: { code: 'stopped-in-vain' } } });
    expect((await readStatus(opened))[0]).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('10 times in a row'), hint: expect.stringContaining('--time') },
    });
    // Another call begins anew.
    expect(await executeJob(stopped, opened, job, { ...call, call: 'd' })).toEqual({ type: 'interrupted' });
  });

  it('is not, as long as it gets on in between', async () => {
    const opened = open('advancing');
    for (let i = 0; i < 30; i++) {
      if (i % 9 === 8) {
        await appendAttempt(opened.folder, 'a', { ...common, event: 'began', lesionlab: '0', job });
        await appendAttempt(opened.folder, 'a', { ...common, event: 'interrupted', seconds: 1, advanced: true });
      }
      expect(await executeJob(stopped, opened, job, call)).toEqual({ type: 'interrupted' });
    }
  });

  it('lines of earlier versions, which do not say, count as getting on', () => {
    const stop: AttemptLine = { ...common, event: 'interrupted', seconds: 1 };
    expect(stopsInVain([stop, stop], 'c')).toBe(0);
    expect(stopsInVain([stop, { ...stop, advanced: false }, { ...stop, advanced: false }], 'c')).toBe(2);
  });
});

it('a task whose journal cannot be written ends, too', async () => {
  const opened = open('unwritable');
  await readStatus(opened);
  await appendAttempt(opened.folder, 'a', { ...common, event: 'interrupted', seconds: 1 });
  rmSync(join(opened.folder, 'jobs'), { recursive: true });
  writeFileSync(join(opened.folder, 'jobs'), '');
  const { jobs } = await runStrand(testContext(), opened, 0, call);
  expect(jobs).toMatchObject([{ id: 'a', outcome: { type: 'failed' } }]);
});
