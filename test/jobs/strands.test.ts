import { expect, test } from 'vitest';
import type { Plan, PlannedJob } from '../../src/jobs/plan.js';
import { groupStrands, strandsOf } from '../../src/jobs/strands.js';

const job = (id: string, run: string, needs: string[] = [], threads = 1): PlannedJob =>
  ({ id, kind: 'train', run, needs, threads, device: 'cpu', seed: 0, settings: {} }) as PlannedJob;
const plan = (jobs: PlannedJob[]): Plan => ({ plan: 1, lesionlab: '0', made: { by: 'hand' }, attempts: 3, jobs });
const shown = (jobs: PlannedJob[]) =>
  strandsOf(plan(jobs)).map(
    (strand) => `${strand.index}/${strand.stage}: ${strand.jobs.map(({ id }) => id).join(' ')}`,
  );

test('jobs of a folder are one strand, in the order of their needs; what needs other folders comes a stage later', () => {
  expect(
    shown([
      job('pool', '.', ['a-score', 'b-score']),
      job('a-score', 'a', ['a']),
      job('a', 'a'),
      job('b', 'b'),
      job('b-score', 'b', ['b']),
    ]),
  ).toEqual(['0/0: a a-score', '1/0: b b-score', '2/1: pool']);
});

test('a job that needs another folder begins a new strand of its own folder', () => {
  expect(shown([job('a', 'a'), job('b', 'b', ['a']), job('a2', 'a', ['a', 'b'])])).toEqual([
    '0/0: a',
    '1/1: b',
    '2/2: a2',
  ]);
});

test('an array holds strands of one stage and as many threads', () => {
  const groups = groupStrands(
    strandsOf(plan([job('a', 'a'), job('b', 'b', [], 2), job('c', 'c'), job('d', '.', ['a'])])),
  );
  expect(groups.map(({ stage, threads, strands }) => [stage, threads, strands.map(({ index }) => index)])).toEqual([
    [0, 1, [0, 2]],
    [0, 2, [1]],
    [1, 1, [3]],
  ]);
});
