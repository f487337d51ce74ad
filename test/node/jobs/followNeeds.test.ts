import { describe, expect, it } from 'vitest';
import { runError } from '../../../src/errors.js';
import type { JobOutcome } from '../../../src/jobs/jobEvent.js';
import type { PlannedJob } from '../../../src/jobs/plan.js';
import { followNeeds } from '../../../src/node/jobs/followNeeds.js';
import { openedPlan } from '../../../src/node/jobs/openPlan.js';
import { postError } from '../../../src/postedError.js';
import { testContext } from '../tinyRun.js';

const job = (id: string, ...needs: string[]): PlannedJob => ({
  ...{ id, needs, run: id, seed: 0, threads: 1, device: 'cpu' },
  kind: 'train',
  data: ['/d'],
  settings: {},
});
const failed = (again: boolean): JobOutcome => ({ type: 'failed', error: postError(runError('x', 'No.')), again });

/** Follows jobs whose outcomes are given by id, in turn; the last one stays. @returns ids in the order in which they were started */
async function follow(jobs: PlannedJob[], outcomes: Record<string, JobOutcome[]> = {}) {
  const opened = openedPlan({ plan: 1, lesionlab: '0', made: { by: 'hand' }, attempts: 3, jobs }, '/none');
  const started: string[] = [];
  const request = { jobs, call: 'c', overwrite: false, mappings: [], hear: () => {} };
  await followNeeds(testContext(), opened, request, async ({ id }) => {
    started.push(id);
    const left = outcomes[id] ?? [{ type: 'done' }];
    return left.length > 1 ? left.shift()! : left[0];
  });
  return started;
}

describe('followNeeds', () => {
  it('starts jobs once what they need is done', async () => {
    expect(await follow([job('c', 'a', 'b'), job('a'), job('b', 'a')])).toEqual(['a', 'b', 'c']);
  });

  it('leaves out what needs a job that failed, and does the others', async () => {
    const jobs = [job('a'), job('b', 'a'), job('c', 'b'), job('d')];
    expect(await follow(jobs, { a: [failed(false)] })).toEqual(['a', 'd']);
  });

  it('tries again where that may help, as often as the plan says', async () => {
    expect(await follow([job('a'), job('b', 'a')], { a: [failed(true), { type: 'done' }] })).toEqual(['a', 'a', 'b']);
    expect(await follow([job('a')], { a: [failed(true)] })).toEqual(['a', 'a', 'a']);
  });
});
