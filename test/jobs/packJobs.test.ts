import { expect, it } from 'vitest';
import { foldJobs } from '../../src/jobs/foldJobs.js';
import { packJobs } from '../../src/jobs/packJobs.js';

const jobs = (...seconds: number[]) => seconds.map((own) => ({ seconds: own, threads: 2 }));

it('jobs begin in their order, as soon as there are cores', () => {
  expect(packJobs(jobs(3, 5, 4), 4)).toEqual([
    { begins: 0, ends: 3 },
    { begins: 0, ends: 5 },
    { begins: 3, ends: 7 },
  ]);
  // One that wants more than there is has all of it.
  expect(packJobs([{ seconds: 2, threads: 8 }, ...jobs(1)], 2).map(({ begins }) => begins)).toEqual([0, 2]);
  expect(packJobs([], 2)).toEqual([]);
});

it('a cross-validation is a training and an evaluation a fold, and all of them pooled', () => {
  const made = foldJobs(3, 0);
  expect(made.map(({ id }) => id)).toEqual(
    [1, 2, 3].flatMap((i) => [`fold-${i}`, `fold-${i}-evaluate`]).concat('pool'),
  );
  expect(made.at(-1)).toMatchObject({ needs: ['fold-1-evaluate', 'fold-2-evaluate', 'fold-3-evaluate'], run: '.' });
  expect(made.at(-1)!.settings).toEqual({ resamples: 0 });
});
