import { describe, expect, it } from 'vitest';
import { isSameJob, jobChanges } from '../../src/jobs/jobChanges.js';
import { jobPaths } from '../../src/jobs/jobPaths.js';
import { mapPaths, parseMapping } from '../../src/jobs/mapPaths.js';
import type { Plan, PlannedJob } from '../../src/jobs/plan.js';
import { planText } from '../../src/jobs/planText.js';
import { readPlan } from '../../src/jobs/readPlan.js';
import { presets } from '../../src/training/recipe/presets/registry.js';
import { recipeSettings, valueAt } from '../../src/training/recipe/recipeSettings.js';
import { groupAt } from '../../src/training/recipe/withChanges.js';
import { thrown } from '../thrown.js';

const defaults = {
  lesionlab: '1.2.3',
  seed: 4,
  threads: 2,
  device: 'cpu',
  absolute: (path: string) => (path.startsWith('/') ? path : `/base/${path}`),
} as const;
const read = (text: string): Plan => readPlan(text, 'mine.yaml', defaults);
const findings = (text: string) => {
  const error = thrown(() => read(text));
  expect(error).toMatchObject({ code: 'bad-plan', kind: 'usage' });
  return error.details;
};

describe('a plan by hand', () => {
  const plan = read(`
data: HAM10000
threads: 1
settings:
  train: { preset: head, weights: w.pth }
jobs:
  - id: first
  - { id: second, seed: 7, settings: { weights: imagenet, split: { kind: file, path: s.csv } } }
  - { id: look, kind: evaluate, needs: first }
  - { id: file, kind: export, needs: first }
  - { id: elsewhere, kind: evaluate, needs: second, data: /other }
`);
  const job = (id: string) => plan.jobs.find((one) => one.id === id)!;

  it('gets what all jobs have in common, and what follows', () => {
    expect(plan).toMatchObject({ lesionlab: '1.2.3', made: { by: 'hand', file: 'mine.yaml' }, attempts: 3 });
    expect(job('first')).toMatchObject({ kind: 'train', run: 'first', data: ['/base/HAM10000'], seed: 4, threads: 1 });
    expect(job('second')).toMatchObject({ seed: 7, run: 'second' });
    expect(job('look')).toMatchObject({ run: 'first', needs: ['first'], settings: {} });
    expect(job('look').data).toBeUndefined();
    expect(job('elsewhere').data).toEqual(['/other']);
  });

  it('reads paths from its folder, and leaves words alone', () => {
    expect(job('first').settings).toEqual({ preset: 'head', weights: '/base/w.pth' });
    expect(job('second').settings).toMatchObject({ weights: 'imagenet', split: { path: '/base/s.csv' } });
  });

  it('lets jobs in one folder follow each other', () => {
    expect(job('file').needs).toEqual(['first', 'look']);
  });

  it('is the same when it is written and read again', () => {
    const again = readPlan(JSON.stringify(plan), 'plan.json', { ...defaults, seed: 99, threads: 9 });
    expect(again).toEqual(plan);
    expect(planText(again)).toBe(planText({ ...plan, lesionlab: '9', made: { by: 'x' } }));
  });
});

describe('what is no plan', () => {
  const jobs = (...lines: string[]) => `data: d\njobs:\n${lines.map((line) => `  - ${line}`).join('\n')}\n`;

  it('waits for itself', () => {
    expect(findings(jobs('{ id: a, needs: c }', '{ id: b, needs: a }', '{ id: c, needs: b }'))[0]).toMatch(
      /jobs wait for each other: a needs c needs b needs a/,
    );
    expect(findings(jobs('{ id: a, needs: a }'))).toContain('a needs itself');
  });

  it('has two jobs in a folder, or one in another', () => {
    expect(findings(jobs('{ id: a, run: x }', '{ id: b, run: x }'))[0]).toContain('a and b both make the folder x');
    expect(findings(jobs('{ id: a, run: x }', '{ id: b, run: x/y }'))[0]).toContain('x/y lies in x');
    expect(findings(jobs('{ id: a }', '{ id: a, run: b }'))).toContain('two jobs are called a');
  });

  it('leads out of its folder', () => {
    for (const run of ['../other', '/abs', 'a/../b', 'a//b', '.hidden', '.'])
      expect(findings(jobs(`{ id: a, run: "${run}" }`)).join(), run).toMatch(/run|folder/);
  });

  it('names what there is not', () => {
    expect(findings(jobs('{ id: a, needs: zz }'))).toContain('a needs zz, which is no job of the plan');
    expect(findings('jobs:\n  - id: a\n')).toContain('a (train) has no data');
    expect(findings(jobs('{ id: a, kind: evaluate }'))[0]).toContain('which no job of the plan makes');
    expect(findings(jobs('{ id: a, kind: dance }'))[0]).toContain('line 3');
    expect(findings(jobs('{ id: a, settings: { presett: head } }')).join()).toContain('presett');
    expect(findings(jobs('{ id: a }', '{ id: p, kind: pool, needs: a }'))[0]).toContain('two folds or more');
  });

  it('is no list of jobs at all', () => {
    expect(findings('jobs: []')[0]).toContain('jobs');
    expect(findings('lr: 3')).toHaveLength(2);
    expect(findings('- a')[0]).toContain('found a list');
  });
});

describe('jobChanges', () => {
  const job: PlannedJob = {
    id: 'a',
    kind: 'train',
    run: 'a',
    data: ['/x/HAM'],
    seed: 0,
    threads: 2,
    device: 'cpu',
    needs: [],
    settings: { preset: 'head', weights: '/x/w.pth', recipe: { name: 'r', changes: { training: { epochs: 3 } } } },
  };

  it('sees every setting, and not where files lie', () => {
    const moved: PlannedJob = { ...job, data: ['/y/HAM'], settings: { ...job.settings, weights: '/y/w.pth' } };
    expect(jobChanges(job, moved)).toEqual([]);
    const recipe = { name: 'other', changes: { training: { epochs: 4 } } };
    const other: PlannedJob = { ...job, threads: 1, settings: { preset: 'demo', recipe } };
    expect(jobChanges(job, other)).toEqual([
      'threads (2, now 1)',
      'settings.preset (head, now demo)',
      'settings.weights (/x/w.pth, now not set)',
      'settings.recipe.changes.training.epochs (3, now 4)',
    ]);
  });

  const by = (changes: object, overrides?: Record<string, unknown>): PlannedJob => ({
    ...job,
    settings: { recipe: { name: 'r', changes: { ...changes } }, ...(overrides && { overrides }) },
  });

  it.each(recipeSettings.filter(({ standard }) => standard !== undefined))(
    'finds no change where a plan of before there was $path leaves it unsaid, and it stands at what it came to',
    ({ path, group, name, standard, kind }) => {
      for (const base of [{}, { extends: 'head' }]) {
        const own = 'extends' in base ? valueAt(presets.head.recipe, path) : undefined;
        const said = (value: unknown) => {
          const changes: Record<string, unknown> = { ...base };
          groupAt(changes, group)[name] = value;
          return by(changes);
        };
        const [before, same] = [by(base), said(own ?? standard)];
        expect(jobChanges(before, same)).toEqual([]);
        expect(jobChanges(same, before)).toEqual([]);
        expect(isSameJob(before, same)).toBe(true);
        const another = { names: ['sex'], factors: { layer4: 0.5 }, choice: 'another', text: 'another' }[
          kind as string
        ];
        const other = said(another ?? 77);
        expect(jobChanges(before, other)[0]).toMatch(`settings.recipe.changes.${path}`);
        expect(isSameJob(before, other)).toBe(false);
      }
    },
  );

  it('sees what is left unsaid as what it comes to beside the rest', () => {
    const preset = { extends: 'demo' };
    const { epochs, weightDecay } = presets.demo.recipe.training;
    expect(jobChanges(by(preset), by(preset, { epochs }))).toEqual([]);
    expect(jobChanges(by(preset), by(preset, { epochs: epochs + 1 }))).toEqual([
      `settings.overrides.epochs (not set, now ${epochs + 1})`,
    ]);
    // With another optimizer, what was left unsaid is 0.
    const sgd = { ...preset, training: { optimizer: 'sgd' } };
    expect(weightDecay).toBeGreaterThan(0);
    expect(jobChanges(by(sgd), by({ ...sgd, training: { ...sgd.training, weightDecay } }))).toEqual([
      `settings.recipe.changes.training.weightDecay (not set, now ${weightDecay})`,
    ]);
    expect(jobChanges(by(sgd), by({ ...sgd, training: { ...sgd.training, weightDecay: 0 } }))).toEqual([]);
    // A network out of a file brings its own, whatever the preset has.
    const file = { ...preset, model: '/nets/own.onnx' };
    const { imageSize } = presets.demo.recipe;
    expect(jobChanges(by(file), by({ ...file, imageSize }))).toHaveLength(1);
    // What is not known here is compared as it is written.
    expect(jobChanges(by({ extends: 'later' }), by({ extends: 'later', newer: 1 }))).toEqual([
      'settings.recipe.changes.newer (not set, now 1)',
    ]);
  });

  it('sees those of each of several networks', () => {
    const several = (folder: string, epochs: number): PlannedJob => {
      const members = [{ model: `${folder}/net.onnx` }, { model: 'lenet', training: { epochs } }];
      return { ...job, settings: { member: 'lenet', recipe: { name: 'r', changes: { members } } } };
    };
    expect(jobChanges(several('/x', 3), several('/y', 3))).toEqual([]);
    expect(jobChanges(several('/x', 3), several('/x', 4))).toEqual([
      'settings.recipe.changes.members.1.training.epochs (3, now 4)',
    ]);
    const member = (training: object): PlannedJob => {
      const members = [{ model: 'resnet18' }, { model: 'lenet', training }];
      return { ...job, settings: { member: 'lenet', recipe: { name: 'r', changes: { extends: 'demo', members } } } };
    };
    expect(jobChanges(member({}), member({ fullSizeEpochs: 0 }))).toEqual([]);
    expect(jobChanges(member({}), member({ fullSizeEpochs: 2 }))).toHaveLength(1);
  });
});

describe('mappings', () => {
  it('put the longest folder in the place of the plan’s', () => {
    const job = {
      data: ['/data/ham', '/database'],
      settings: { weights: '/data/w/a.pth', n: 3 },
    } as unknown as PlannedJob;
    const mappings = ['/data=/mnt/d', '/data/w=/weights'].map(parseMapping);
    expect(mapPaths(job, mappings)).toEqual({
      data: ['/mnt/d/ham', '/database'],
      settings: { weights: '/weights/a.pth', n: 3 },
    });
  });

  it('are two absolute paths', () => {
    for (const text of ['data=/mnt', '/data', '/data=mnt', '=/x'])
      expect(
        thrown(() => parseMapping(text)),
        text,
      ).toMatchObject({ code: 'bad-mapping' });
  });
});

it('files of a job are its data and what its settings name, but for words in their place', () => {
  const { jobs } = read(`
jobs:
  - { id: a, data: d, settings: { weights: imagenet, overrides: { model: net.onnx }, split: { kind: file, path: s.csv } } }
  - { id: b, kind: judge, data: d, settings: { source: t.csv, calibrateOn: validation, trainedOn: u.csv } }
  - { id: c, kind: predict, needs: a, settings: { images: [i, j] } }
  - { id: e, data: d, settings: { member: lenet, recipe: { members: [{ model: lenet }, { model: net.onnx }] } } }
`);
  expect(jobs.map(jobPaths)).toEqual([
    ['/base/d', '/base/net.onnx', '/base/s.csv'],
    ['/base/d', '/base/t.csv', '/base/u.csv'],
    ['/base/i', '/base/j'],
    ['/base/d', '/base/net.onnx'],
  ]);
});
