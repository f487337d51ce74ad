import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placePlan } from '../../../src/node/jobs/openPlan.js';
import { planSeeds } from '../../../src/node/jobs/trainSeeds.js';
import { presets } from '../../../src/training/recipe/presets/registry.js';
import type { RecipeOverrides } from '../../../src/training/recipe/recipeChanges.js';
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

  it('takes what a plan leaves unsaid for what it comes to, when it is gone on with', async () => {
    const out = mkdtempSync(join(tmpdir(), 'lesionlab-seeds-'));
    const { epochs } = presets.demo.recipe.training;
    const options = { data: 'data', out, seeds: 2, preset: 'demo' };
    await placePlan(await planSeeds(testContext(), options));
    const again = (overrides: RecipeOverrides) =>
      planSeeds(testContext(), { ...options, resume: true, overrides }).then(({ plan }) => plan.jobs[0].settings);
    // The plan is as it was.
    expect(await again({ epochs, fullSizeEpochs: 0 })).not.toHaveProperty('overrides');
    await expect(again({ epochs: epochs + 1 })).rejects.toMatchObject({
      code: 'resume-changes',
      message: expect.stringContaining(`epochs (asked for: ${epochs + 1}, the plan has: none)`),
    });
    rmSync(out, { recursive: true, force: true });
  });
});
