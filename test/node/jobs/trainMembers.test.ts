import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LesionlabError } from '../../../src/errors.js';
import { placePlan } from '../../../src/node/jobs/openPlan.js';
import { planMembers, trainsSeveral } from '../../../src/node/jobs/trainMembers.js';
import type { RunOptions } from '../../../src/node/training/planRun.js';
import type { RecipeChanges } from '../../../src/training/index.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-members-'));
const at = (...names: string[]) => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe = {
  extends: 'demo',
  imageSize: 24,
  members: [{ model: 'lenet' }, { model: 'resnet18', imageSize: 32 }, { model: 'lenet' }],
} as RecipeChanges;
const options = (more: Partial<RunOptions> = {}): RunOptions => ({ data: 'data', run: at('run'), recipe, ...more });
const plan = async (more: Partial<RunOptions> = {}, complete = true) =>
  (await planMembers(testContext(), { ...options(more), complete })).plan.jobs;
const refusal = (more: Partial<RunOptions>): Promise<LesionlabError> =>
  plan(more).then(
    () => Promise.reject(new Error('It was not refused.')),
    (error: LesionlabError) => error,
  );

function weights(name: string, files: readonly string[]): string {
  mkdirSync(at(name));
  for (const file of files) writeFileSync(at(name, file), '');
  return at(name);
}

describe('several networks of one recipe', () => {
  it('are trained below one folder on one split, then answer together in the folder itself', async () => {
    const jobs = await plan();
    expect(jobs.map(({ id, kind, run, seed }) => [id, kind, run, seed])).toEqual([
      ['lenet', 'train', 'members/lenet', 0],
      ['resnet18', 'train', 'members/resnet18', 0],
      ['lenet-2', 'train', 'members/lenet-2', 1],
      ['ensemble', 'ensemble', '.', 0],
      ['evaluate', 'evaluate', '.', 0],
      ['explain', 'explain', '.', 0],
      ['report', 'report', '.', 0],
    ]);
    expect(jobs.slice(0, 3).map(({ settings }) => settings)).toEqual([
      expect.objectContaining({ member: 'lenet', splitSeed: 0, explore: true }),
      expect.objectContaining({ member: 'resnet18', splitSeed: 0 }),
      expect.objectContaining({ member: 'lenet-2', splitSeed: 0 }),
    ]);
    expect(jobs[3].needs).toEqual(['lenet', 'resnet18', 'lenet-2']);
  });

  it('are not evaluated where they are to be trained alone', async () => {
    expect((await plan({}, false)).map(({ kind }) => kind)).toEqual(['train', 'train', 'train', 'ensemble']);
  });

  it('find their own weights in a folder', async () => {
    const folder = weights('all', ['lenet.safetensors', 'resnet18-through-layer3.safetensors', 'resnet18_mine.txt']);
    const found = (await plan({ weightsFile: folder })).slice(0, 3).map(({ settings }) => settings);
    expect(found.map((settings) => 'weights' in settings && settings.weights)).toEqual([
      at('all', 'lenet.safetensors'),
      at('all', 'resnet18-through-layer3.safetensors'),
      at('all', 'lenet.safetensors'),
    ]);
  });

  it('take one file for all where they are of one architecture', async () => {
    const file = at('all', 'lenet.safetensors');
    const members = [{ name: 'a' }, { name: 'b', training: { learningRate: 0.01 } }];
    const alike = await plan({
      weightsFile: file,
      recipe: { extends: 'demo', model: 'lenet', members } as RecipeChanges,
    });
    const found = alike.filter(({ kind }) => kind === 'train').map(({ settings }) => settings);
    expect(found.map((settings) => 'weights' in settings && settings.weights)).toEqual([file, file]);
  });

  it('name every network without weights, and what was looked for', async () => {
    const none = await refusal({ weightsFile: weights('none', ['resnet180.safetensors']) });
    expect(none).toMatchObject({ code: 'weights-missing', kind: 'usage' });
    expect(none.message).toContain('lenet, resnet18');
    expect(none.details.join()).toContain('looked for resnet18-f37072fd.pth');
    const one = await refusal({ weightsFile: weights('one', ['lenet.pth', 'resnet18.pth', 'resnet18-a.onnx']) });
    expect(one.message).toContain('several files of weights of resnet18: resnet18-a.onnx, resnet18.pth');
    expect((await refusal({ weightsFile: at('one', 'lenet.pth') })).code).toBe('weights-of-one');
  });

  it('refuse what only one network can have', async () => {
    expect((await refusal({ overrides: { model: 'lenet' } })).code).toBe('model-of-several');
    expect((await refusal({ network: { cut: 'x' } })).code).toBe('no-network-file');
    expect((await refusal({ overrides: { trainOn: 'train-and-validation' } })).code).toBe('validation-learned');
    expect((await refusal({ overrides: { distillation: 0.5 } })).code).toBe('teacher-needed');
  });

  it('are gone on with as they began, and what is asked for besides comes to it', async () => {
    const run = at('again');
    const first = await planMembers(testContext(), options({ run, overrides: { epochs: 3 } }));
    await placePlan(first);
    const bare = { data: 'elsewhere', run, resume: true };
    expect(await trainsSeveral(bare)).toBe(true);
    expect(await trainsSeveral({ ...bare, resume: false })).toBe(false);
    const { plan: on } = await planMembers(testContext(), { ...bare, complete: true });
    expect(on.jobs.map(({ id }) => id)).toEqual([
      ...first.plan.jobs.map(({ id }) => id),
      ...['evaluate', 'explain', 'report'],
    ]);
    expect(on.jobs[1].settings).toEqual(first.plan.jobs[1].settings);
    const other = planMembers(testContext(), { ...bare, overrides: { epochs: 4 } });
    await expect(other).rejects.toMatchObject({ code: 'resume-changes' });
  });
});
