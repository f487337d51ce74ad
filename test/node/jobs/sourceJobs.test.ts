import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlan } from '../../../src/jobs/readPlan.js';
import { executeJob } from '../../../src/node/jobs/executeJob.js';
import { openedPlan } from '../../../src/node/jobs/openPlan.js';
import { readStatus } from '../../../src/node/jobs/readStatus.js';
import { runPlan } from '../../../src/node/jobs/runPlan.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun();
});
afterAll(() => tiny?.remove());

const open = (text: string, folder = join(tiny.root, 'plan')) =>
  openedPlan(
    readPlan(text, 'a', {
      ...{ lesionlab: '1', seed: 0, threads: 1, device: 'cpu' },
      absolute: (path) => join(tiny.root, path),
    }),
    folder,
  );

describe('jobs in a run that is there already', () => {
  it('work in its folder, one after the other, and are known by what they leave there', async () => {
    const opened = open(`
settings: { evaluate: { source: run, scoresOnly: true, resamples: 0 }, report: { source: run } }
jobs:
  - { id: look, kind: evaluate }
  - { id: page, kind: report }
`);
    // No folder of the plan's, and still in one another's way.
    expect(opened.plan.jobs[1].needs).toEqual(['look']);
    const [look, page] = opened.plan.jobs;
    expect(await executeJob(testContext(), opened, page, { call: '1' })).toMatchObject({ type: 'failed', again: true });
    for (const job of [look, page])
      expect(await executeJob(testContext(), opened, job, { call: '1' })).toEqual({ type: 'done' });
    expect(existsSync(tiny.run.evaluation('test').evaluation)).toBe(true);
    expect(readFileSync(tiny.run.report, 'utf8')).toContain('<html');
    expect((await readStatus(opened)).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(existsSync(join(opened.folder, 'look'))).toBe(false);
    // What others make anew is told, and is no failure.
    writeFileSync(tiny.run.report, 'another');
    expect((await readStatus(opened))[1]).toMatchObject({ state: 'ready', again: true });
  });

  it('are told apart from those that need a run of the plan, and refused where a store keeps the results', async () => {
    expect(() => open('jobs: [{ id: look, kind: evaluate }]')).toThrow(/no job of the plan makes/);
    mkdirSync(join(tiny.root, 'other'), { recursive: true });
    const opened = open('jobs: [{ id: file, kind: export, settings: { source: run } }]', join(tiny.root, 'other'));
    await expect(
      runPlan(testContext(), opened, { on: 'redis://127.0.0.1:1?results=s3://bucket/a' }),
    ).rejects.toMatchObject({ code: 'source-and-store' });
  });
});
