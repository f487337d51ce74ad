import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LesionlabError } from '../../../src/errors.js';
import type { JobOf } from '../../../src/jobs/plan.js';
import { planAblation } from '../../../src/node/jobs/ablate.js';
import { openAblation } from '../../../src/node/jobs/ablationChoices.js';
import { planLeak } from '../../../src/node/jobs/leak.js';
import { membersOfPlans } from '../../../src/node/jobs/membersOfPlans.js';
import { placePlan } from '../../../src/node/jobs/openPlan.js';
import { type RecipeChanges, resolveRecipe } from '../../../src/training/index.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-ablate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let files = 0;
const write = (text: string): string => {
  const path = join(root, `ablation-${files++}.yaml`);
  writeFileSync(path, text);
  return path;
};
const base = `baseline: {extends: resnet18, training: {epochs: 3}}
seeds: [4, 7]
splitSeed: 9
settings: {limit: 500, batchSize: 16, weights: w.pth, ratios: [70, 20, 10]}
choices:
`;
const plain = `${base}  - {id: focal, change: {training: {focalLoss: 2}}}\n`;
const refused = (text: string) =>
  openAblation(write(text)).then(
    () => {
      throw new Error('expected an error');
    },
    (error: LesionlabError) => {
      expect(error).toMatchObject({ kind: 'usage', code: 'bad-ablation' });
      return error.details;
    },
  );
const recipeOf = (settings: JobOf<'train'>['settings']) =>
  resolveRecipe((settings.recipe as { changes: RecipeChanges }).changes).recipe;

describe('an ablation’s choices', () => {
  it('change the baseline, not its preset', async () => {
    const { choices } = await openAblation(
      write(`${base}  - {id: focal, change: {training: {focalLoss: 2}}}
  - {id: crop, change: {augmentation: {crop: [0.5, 1]}, imageSize: 128}}
  - {id: sgd, change: {training: {optimizer: sgd}}}
  - {id: demo, recipe: demo}
  - {id: other, weights: ../v.pth}
  - {id: adjusted, change: {training: {logitAdjustment: 1}}}
`),
    );
    const recipes = Object.fromEntries(choices.map(({ id, settings }) => [id, recipeOf(settings)]));
    expect(recipes.baseline).toMatchObject({ model: 'resnet18', training: { epochs: 3, batchSize: 16, focalLoss: 0 } });
    expect(recipes.focal).toEqual({
      ...recipes.baseline,
      training: { ...recipes.baseline.training, focalLoss: 2 },
    });
    expect(recipes.crop).toEqual({
      ...recipes.baseline,
      imageSize: 128,
      augmentation: { ...recipes.baseline.augmentation, crop: [0.5, 1] },
    });
    // What a recipe puts right where it is changed is put right here, too.
    expect(recipes.sgd.training).toEqual({ ...recipes.baseline.training, optimizer: 'sgd', weightDecay: 0 });
    expect(recipes.adjusted.training).toMatchObject({ logitAdjustment: 1, classWeights: 'none', labelSmoothing: 0 });
    expect(recipes.demo).toMatchObject({ model: 'lenet', training: { batchSize: 16, epochs: 60 } });
    expect(recipes.other).toEqual(recipes.baseline);
    expect(choices.find(({ id }) => id === 'other')!.settings.weights).toBe(resolve(root, '../v.pth'));
  });

  it('may be of recipe files beside it, and leave out what another schedule had', async () => {
    writeFileSync(join(root, 'mine.yaml'), 'extends: lenet\ntraining: {epochs: 7}\n');
    writeFileSync(join(root, 'steps.yaml'), 'extends: demo\ntraining: {schedule: step, stepEpochs: 5}\n');
    const { choices } = await openAblation(
      write(
        'baseline: ./steps.yaml\nseeds: 1\nchoices:\n  - {id: mine, recipe: mine.yaml}\n  - {id: cosine, change: {training: {schedule: cosine}}}\n',
      ),
    );
    const [baseline, mine, cosine] = choices.map(({ settings }) => recipeOf(settings));
    expect(baseline.training).toMatchObject({ schedule: 'step', stepEpochs: 5 });
    expect(mine).toMatchObject({ imageSize: 112, training: { epochs: 7 } });
    expect(cosine.training.schedule).toBe('cosine');
  });

  it('are refused with all that is wrong, and the lines', async () => {
    expect(
      await refused(`${base}  - {id: focal, change: {training: {focalLos: 2}}}
  - id: large
    change:
      imageSize: 4000
      training: {labelSmoothing: 2}
  - {id: same, change: {training: {epochs: 3}}}
  - {id: named, recipe: transfr}
  - {id: final, change: {training: {trainOn: train-and-validation}}}
  - {id: extending, change: {extends: demo}}
`),
    ).toEqual([
      'focal: training.focalLos (line 6): there is no such setting; did you mean training.focalLoss?',
      'large: imageSize (line 9): expected a whole number from 16 to 1024, found 4000',
      'large: training.labelSmoothing (line 10): expected a number from 0 to 0.5, found 2',
      'choices.2.id (line 11): same comes to the same as baseline: nothing differs',
      expect.stringMatching(/^named: There is no preset "transfr".* Did you mean transfer\?/),
      'choices.4.id (line 13): final learns from validation images (trainOn), which choices are compared on',
      'extending: extends (line 14): a change of another recipe has that one to extend; leave it out',
    ]);
  });

  it('have settings of jobs and of recipes in common, and nothing else', async () => {
    const { settings } = await openAblation(write(plain));
    expect(settings).toEqual({ limit: 500, weights: join(root, 'w.pth'), ratios: [70, 20, 10] });
    expect(
      await refused(plain.replace('limit: 500', 'limit: none, limt: 3, splitSeed: 1, augmentation: {hue: 0}')),
    ).toEqual([
      expect.stringMatching(/^settings.limt \(line 4\): there is no such setting of a training; did you mean limit/),
      'settings.splitSeed (line 4): say it as splitSeed, outside of settings',
      expect.stringMatching(/^settings.augmentation \(line 4\): .*say it under baseline/),
      expect.stringMatching(/^settings.limit \(line 4\): /),
    ]);
  });
});

describe('an ablation’s plan', () => {
  const options = (text: string, more = {}) => ({
    ablation: write(text),
    data: 'data',
    out: join(root, 'out'),
    ...more,
  });

  it('trains every choice with every seed on one split, looks at validation alone, and compares', async () => {
    const { plan } = await planAblation(testContext(), options(plain));
    const trainings = plan.jobs.filter((job) => job.kind === 'train');
    expect(trainings.map(({ run }) => run)).toEqual([
      'baseline/seed-4',
      'focal/seed-4',
      'baseline/seed-7',
      'focal/seed-7',
    ]);
    for (const { settings, data, run, seed } of trainings) {
      expect(settings).toMatchObject({ splitSeed: 9, limit: 500, explore: false });
      expect(data).toEqual([resolve('data')]);
      expect(run.endsWith(String(seed))).toBe(true);
    }
    const evaluations = plan.jobs.filter((job) => job.kind === 'evaluate');
    expect(evaluations.map(({ settings }) => settings.split)).toEqual(new Array(4).fill('validation'));
    expect(plan.jobs.at(-1)).toMatchObject({
      kind: 'compare-choices',
      needs: evaluations.map(({ id }) => id),
      settings: {
        baseline: ['baseline-seed-4', 'baseline-seed-7'],
        choices: [{ id: 'focal', trainings: ['focal-seed-4', 'focal-seed-7'] }],
        figure: 'logLoss',
        prevalence: 'equal',
      },
    });
  });

  it('takes what is asked for beside the file before what that says', async () => {
    const { plan } = await planAblation(
      testContext(),
      options(plain, { weightsFile: 'imagenet', limit: 80, overrides: { epochs: 1 } }),
    );
    const [first] = plan.jobs.filter((job) => job.kind === 'train');
    expect(first.settings).toMatchObject({ weights: 'imagenet', limit: 80 });
    expect(recipeOf(first.settings).training.epochs).toBe(1);
  });

  it('counts seeds from the one that is asked for, and is gone on with on as many threads as before', async () => {
    const text = plain.replace('[4, 7]', '2');
    const made = await planAblation({ ...testContext(), seed: 5, threads: 3 }, options(text));
    expect(made.plan.jobs.filter(({ kind }) => kind === 'train').map(({ seed }) => seed)).toEqual([5, 5, 6, 6]);
    await placePlan(made);
    const again = await planAblation({ ...testContext(), seed: 5 }, options(text, { resume: true }));
    expect(new Set(again.plan.jobs.map(({ threads }) => threads))).toEqual(new Set([3]));
    const asked = await planAblation(
      { ...testContext(), seed: 5 },
      options(text, { resume: true, threadsGiven: true }),
    );
    expect(new Set(asked.plan.jobs.map(({ threads }) => threads))).toEqual(new Set([1]));
  });
});

it('the example compares at least twelve choices, of which none is another in other words', async () => {
  const { choices, ablation } = await openAblation(resolve(import.meta.dirname, '../../../examples/ablation.yaml'));
  expect(choices.length).toBeGreaterThan(12);
  expect(ablation.seeds).toHaveLength(3);
  for (const { settings } of choices)
    expect(recipeOf(settings)).toMatchObject({ model: 'efficientnet_lite0', imageSize: 112 });
});

describe('trainings that are compared', () => {
  it('are no ensemble: seeds of one of them are', async () => {
    const out = join(root, 'compared');
    await placePlan(await planAblation(testContext(), { ablation: write(plain), data: 'HAM10000', out }));
    const seeds = [4, 7].map((seed) => join(out, 'baseline', `seed-${seed}`));
    await expect(membersOfPlans([out])).rejects.toMatchObject({
      kind: 'usage',
      code: 'compared-in-ensemble',
      hint: expect.stringContaining(`lesionlab ensemble ${seeds.join(' ')} --run`),
    });
    // Folders of runs are taken as they are.
    expect(await membersOfPlans(seeds)).toEqual(seeds);
    const leak = join(root, 'leak');
    await placePlan(await planLeak(testContext(), { data: 'HAM10000', out: leak, preset: 'demo' }));
    await expect(membersOfPlans([leak])).rejects.toMatchObject({ code: 'compared-in-ensemble' });
  });
});
