import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { jobPaths } from '../../src/jobs/jobPaths.js';
import { readPlan } from '../../src/jobs/readPlan.js';
import type { WorkJob, WorkPlan } from '../../src/jobs/work.js';
import { resolveRecipe } from '../../src/training/recipe/resolveRecipe.js';
import { nothingSaid } from '../../web/src/views/train/readSaid.js';
import { openRecipeFile, recipeText, valuesOf } from '../../web/src/views/train/recipeValues.js';
import { readTraining, type TrainFields, withNetworkFile } from '../../web/src/views/work/trainFields.js';
import { parseWorkAddress, workAddress } from '../../web/src/views/work/workAddress.js';
import {
  nameFrom,
  planEvaluation,
  planExport,
  planJudgement,
  planPrediction,
  planTraining,
  runPath,
  type WrittenPlan,
} from '../../web/src/work/workPlans.js';
import { jobStateWords, planTitle, standingOf, standingWords } from '../../web/src/work/workWords.js';

const read = (plan: WrittenPlan) =>
  readPlan(JSON.stringify(plan), 'The plan', {
    ...{ lesionlab: '1', seed: 0, threads: 2, device: 'cpu' },
    absolute: (path) => `/runs/${path}`,
  }).jobs;

const fields = (changed: Partial<TrainFields> = {}): TrainFields => ({
  ...{ preset: 'demo', file: null, network: null, values: valuesOf(resolveRecipe('demo').recipe) },
  ...{ data: 'HAM', name: '', networkFile: '', said: nothingSaid, weights: '' },
  ...{ seed: '3', limit: '', repetition: 'once', also: [] },
  ...changed,
});

describe('the form of a training', () => {
  it('says no more than its preset where nothing was changed', () => {
    expect(read(planTraining(readTraining(fields())))).toEqual([
      {
        ...{ id: 'run', kind: 'train', run: 'run', data: ['/runs/HAM'], seed: 3, threads: 2, device: 'cpu', needs: [] },
        settings: { preset: 'demo' },
      },
    ]);
  });

  it('has what was changed trained as it stands there', () => {
    const { values } = fields();
    const changed = fields({
      values: { ...values, 'training.optimizer': 'sgd', 'augmentation.hue': '0.1' },
      limit: '80',
    });
    const [job] = read(planTraining(readTraining(changed)));
    const { recipe } = resolveRecipe((job.settings as { recipe: object }).recipe);
    // Weight decay stands in a field, too: with another optimizer it stays.
    expect(recipe).toMatchObject({ augmentation: { hue: 0.1 }, training: { optimizer: 'sgd', weightDecay: 0.05 } });
    expect(job.settings).toMatchObject({ limit: 80 });
    expect(() => readTraining(fields({ values: { ...values, 'training.epochs': 'many' } }))).toThrow(/training.epochs/);
    expect(() => readTraining(fields({ seed: '-1' }))).toThrow(/seed/);
    expect(() => readTraining(fields({ limit: 'all' }))).toThrow(/number of images/);
    expect(() => readTraining(fields({ data: '' }))).toThrow(/data/);
    const head = { preset: 'head', values: valuesOf(resolveRecipe('head').recipe) };
    expect(() => readTraining(fields(head))).toThrow(/trained weights/);
    expect(readTraining(fields({ ...head, weights: 'imagenet' }))).toMatchObject({ weights: 'imagenet' });
  });

  it('trains somebody’s network, which says itself what no field was changed for', () => {
    const chosen = withNetworkFile(fields(), 'nets/deep/net.onnx', 'head');
    const settingsOf = (form: TrainFields) => {
      const [job] = read(planTraining(readTraining(form)));
      // What a plan says of it is held to the folders that were named.
      expect(jobPaths(job)).toContain('/runs/nets/deep/net.onnx');
      return job.settings;
    };
    // As `--model net.onnx --preset quick`: size, fit and statistics are the network's, and no weights are wanted.
    const model = '/runs/nets/deep/net.onnx';
    expect(settingsOf(chosen)).toEqual({ recipe: { extends: 'head', model } });
    const { values } = chosen;
    expect(settingsOf({ ...chosen, values: { ...values, 'training.epochs': '3' } })).toEqual({
      recipe: { extends: 'head', model, training: { epochs: 3 } },
    });
    // Of stages of the preset's own network nothing is said.
    expect(settingsOf(withNetworkFile(fields(), 'nets/deep/net.onnx', 'resnet18'))).toEqual({
      recipe: { extends: 'resnet18', model, training: { freeze: 'none', learningRateFactors: {} } },
    });
    const said = { ...nothingSaid, imageSize: '64', mean: '0.5', cut: 'pool' };
    expect(settingsOf({ ...chosen, said })).toMatchObject({
      network: { imageSize: 64, mean: [0.5, 0.5, 0.5], cut: 'pool' },
    });
    expect(() => readTraining({ ...chosen, said: { ...nothingSaid, mean: 'red' } })).toThrow(/red/);
    expect(withNetworkFile({ ...chosen, said }, '', 'lenet')).toMatchObject({ said: nothingSaid, preset: 'lenet' });
  });

  it('opens and saves recipes of somebody’s network', async () => {
    const chosen = withNetworkFile(fields(), 'nets/net.onnx', 'head');
    const file = (text: string) => new File([text], 'mine.yaml');
    const text = recipeText({ ...chosen, values: { ...chosen.values, 'training.epochs': '3' } });
    expect(parseYaml(text)).toEqual({ extends: 'head', model: 'net.onnx', training: { epochs: 3 } });
    const opened = await openRecipeFile(file(`${text}\nimageSize: 96\n`), chosen);
    expect(readTraining(opened).recipe).toEqual({
      recipe: {
        ...{ name: 'mine.yaml', sha256: expect.stringMatching(/^\w{64}$/) },
        changes: { extends: 'head', model: 'nets/net.onnx', imageSize: 96, training: { epochs: 3 } },
      },
    });
    await expect(openRecipeFile(file('extends: head\nmodel: other.onnx\n'), chosen)).rejects.toThrow(
      'mine.yaml trains the network other.onnx, which is not chosen here.',
    );
    await expect(openRecipeFile(file(`${text}\nimagesize: 96\n`), chosen)).rejects.toThrow('imagesize');
    const stages = await openRecipeFile(
      file('extends: resnet18\nmodel: net.onnx\ntraining: { freeze: features.0 }\n'),
      chosen,
    );
    expect(readTraining(stages).recipe).toMatchObject({ recipe: { changes: { training: { freeze: 'features.0' } } } });
    const several = 'extends: head\nmodel: net.onnx\nmembers: [{ model: lenet }, { name: b }]\n';
    await expect(openRecipeFile(file(several), chosen)).rejects.toThrow('trains 2 networks');
    // A recipe of one of lesionlab's own takes its place.
    expect(await openRecipeFile(file('extends: lenet\n'), chosen)).toMatchObject({ networkFile: '', preset: 'lenet' });
  });

  it('repeats with seeds on one split, or on other images, and judges where that is asked for', () => {
    const seeds = read(planTraining(readTraining(fields({ repetition: 'seeds-3', also: ['judge', 'exclude'] }))));
    expect(seeds.map(({ id, seed }) => [id, seed])).toEqual([
      ...[
        ['seed-3', 3],
        ['seed-3-test', 3],
        ['seed-3-report', 3],
      ],
      ...[
        ['seed-4', 4],
        ['seed-4-test', 3],
        ['seed-4-report', 3],
      ],
      ...[
        ['seed-5', 5],
        ['seed-5-test', 3],
        ['seed-5-report', 3],
      ],
    ]);
    expect(seeds[3]).toMatchObject({ settings: { splitSeed: 3, excludeUnusable: true } });
    expect(seeds[5]).toMatchObject({ kind: 'report', run: 'seed-4', needs: ['seed-4-test'] });
    const folds = read(planTraining(readTraining(fields({ repetition: 'folds-5' }))));
    expect(folds).toHaveLength(11);
    expect(folds[8]).toMatchObject({ settings: { preset: 'demo', ratios: [3, 1, 1], split: { fold: 4, folds: 5 } } });
    expect(folds.at(-1)).toMatchObject({ kind: 'pool', run: '.' });
  });
});

describe('work in a run that is there already', () => {
  const source = runPath('first/run');

  it('names the run below the folder of runs, whatever other places are called', () => {
    const options = { source, data: '', excludeUnusable: false };
    expect(read(planEvaluation({ ...options, split: 'test' }))).toMatchObject([
      { id: 'run-test', kind: 'evaluate', settings: { source: '/runs/./first/run', split: 'test' } },
      { id: 'run-test-report', kind: 'report', needs: ['run-test'] },
    ]);
    expect(read(planEvaluation({ ...options, split: 'other', data: 'all/clinic' }))[0]).toMatchObject({
      ...{ id: 'clinic', data: ['/runs/all/clinic'], settings: { source: '/runs/./first/run' } },
    });
    expect(() => planEvaluation({ ...options, split: 'other' })).toThrow(/data/);
    expect(read(planExport(source))).toMatchObject([{ kind: 'export', settings: { source: '/runs/./first/run' } }]);
    expect(read(planPrediction(source, ['ward'], true))).toMatchObject([
      { kind: 'predict', settings: { images: ['/runs/ward'], excludeUnusable: true } },
    ]);
    expect(() => planPrediction(source, [], true)).toThrow(/images/);
    expect(read(planJudgement('t/theirs.csv', 'HAM', ''))).toMatchObject([
      { id: 'judged', kind: 'judge', data: ['/runs/HAM'], settings: { source: '/runs/t/theirs.csv' } },
      { id: 'report', kind: 'report', run: 'judged' },
    ]);
    for (const [theirs, truth] of [
      ['', 'HAM'],
      ['t.csv', ''],
    ])
      expect(() => planJudgement(theirs, truth, '')).toThrow();
  });
});

describe('words', () => {
  const job = (changed: Partial<WorkJob> = {}): WorkJob => ({
    ...{
      id: 'run',
      kind: 'train',
      run: 'run',
      state: 'done',
      attempts: 0,
      progress: null,
      runId: 'a/run',
      about: ['HAM'],
    },
    ...changed,
  });
  const plan = (jobs: WorkJob[], changed: Partial<WorkPlan> = {}): WorkPlan => ({
    ...{ name: 'a', state: 'resting', since: '2026-01-01T00:00:00Z', jobs },
    ...changed,
  });
  const stopped = job({ state: 'ready', attempts: 1, progress: { done: 3, total: 9, secondsLeft: null } });

  it('say how a plan stands', () => {
    expect(standingWords(plan([stopped]))).toBe('stopped, saved after 3 of 9 epochs');
    expect(standingWords(plan([job(), job({ id: 'b', state: 'ready' })]))).toBe('stopped, saved; 1 of 2 jobs done');
    expect(standingWords(plan([job({ state: 'ready' })]))).toBe('not begun');
    expect(standingWords(plan([job()], { state: 'waiting', turn: 2 }))).toBe('waits: number 2 in the queue');
    expect(standingOf(plan([job({ state: 'running' }), job({ state: 'failed' })]))).toBe('elsewhere');
    // Between two jobs nothing runs, and still somebody has it in hand.
    expect(standingOf(plan([stopped], { holder: 'process 7' }))).toBe('elsewhere');
    expect(standingWords(plan([stopped], { holder: 'process 7' }))).toBe('waits elsewhere');
    // Nobody stays with what Slurm was left with.
    const slurm = { arrays: ['7'], running: 0, waiting: 1, reasons: ['Resources'] };
    const submitted = (job: WorkJob, more: Partial<WorkPlan> = {}) => plan([job], { slurm, ...more });
    expect(standingOf(submitted(stopped))).toBe('elsewhere');
    expect(standingWords(submitted(stopped))).toBe('waits for Slurm');
    expect(standingWords(submitted(stopped, { holder: 'process 7' }))).toBe('waits for Slurm');
    expect(standingWords(submitted(job({ state: 'running' })))).toBe('running elsewhere');
    expect(standingWords(submitted(stopped, { slurm: { ...slurm, running: 1 } }))).toBe('running elsewhere');
    // Where it can't be asked, it may be gone on with here.
    const unasked = { ...slurm, waiting: 0, unanswered: 'There is no squeue here.' };
    expect(standingOf(submitted(stopped, { slurm: unasked }))).toBe('stopped');
    expect(standingOf(plan([job(), job({ state: 'blocked' })]))).toBe('failed');
    // What another evaluation has made anew was done all the same.
    expect(standingOf(plan([job({ state: 'ready', again: true, attempts: 1 })]))).toBe('done');
    const holder = '"job run" (process 17 on ward-3, since 2026-01-01 12:00:00 UTC)';
    expect(jobStateWords(job({ state: 'running', holder }), true)).toBe(
      'running: process 17 on ward-3, since 2026-01-01 12:00:00 UTC',
    );
    expect(jobStateWords(job({ state: 'blocked', because: ['run'] }))).toBe('cannot begin: run failed');
    expect(planTitle(plan([stopped]))).toBe('Training on HAM');
    expect(planTitle(plan([job({ kind: 'evaluate', about: ['the test images'] })]))).toBe(
      'Evaluation of a/run on the test images',
    );
  });

  it('make names of folders', () => {
    expect(nameFrom('Mein Datensatz (2)/äöü.csv')).toBe('Mein-Datensatz-2-a-o-u-.csv');
    expect([nameFrom('../x'), nameFrom('...'), nameFrom('a'.repeat(99)).length]).toEqual(['x', 'work', 60]);
  });

  it('are addresses, and back', () => {
    const places = [
      { at: 'list' },
      { at: 'new', kind: 'predict', run: 'a/b c' },
      { at: 'plan', name: 'work/a' },
    ] as const;
    for (const place of places) expect(parseWorkAddress(workAddress(place))).toEqual(place);
    expect(parseWorkAddress('/work/new/other')).toEqual({ at: 'list' });
    expect(parseWorkAddress('/work/plan/%E0%A4%A')).toEqual({ at: 'plan', name: '%E0%A4%A' });
  });
});
