import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planSeeds } from '../../../src/node/jobs/trainSeeds.js';
import { testContext } from '../tinyRun.js';

describe('a command that plans several trainings', () => {
  it('gives each of them the teacher that was named, wherever the job runs', async () => {
    const teacher = { source: join('runs', 'ensemble'), trainedOn: 'list.csv' };
    const { plan } = await planSeeds(testContext(), { data: 'data', out: 'seeds', seeds: 2, teacher });
    const named = { source: resolve(teacher.source), trainedOn: resolve('list.csv') };
    expect(plan.jobs.map(({ settings }) => settings)).toEqual([
      expect.objectContaining({ teacher: named }),
      expect.objectContaining({ teacher: named }),
    ]);
  });

  it('says where the networks of a recipe lie, which is read from elsewhere later', async () => {
    const members = [{ model: 'lenet' }, { model: join('nets', 'net.onnx') }];
    for (const [changes, found] of [
      [{ model: 'net.onnx' }, { model: resolve('net.onnx') }],
      [{ members }, { members: [{ model: 'lenet' }, { model: resolve('nets/net.onnx') }] }],
    ]) {
      const options = { data: 'data', out: 'seeds', seeds: 2, member: 'lenet', recipe: changes };
      const { plan } = await planSeeds(testContext(), options);
      expect(plan.jobs[1].settings).toMatchObject({ recipe: found });
    }
  });
});
