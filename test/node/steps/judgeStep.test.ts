import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSplitFile, splitFileContent } from '../../../src/data/groups/splitFile.js';
import { LesionlabError } from '../../../src/errors.js';
import { type Evaluation, type Predictions, parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { decodeMessage, encodeMessage } from '../../../src/graph/protobuf.js';
import { compareStep } from '../../../src/node/steps/compare.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { type JudgeStepOptions, judgeStep } from '../../../src/node/steps/judge.js';
import { openStudioRuns } from '../../../src/node/studio/studioRuns.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
let folder: string;
let ofRun: Evaluation;
/** The predictions of the run as another tool would write them. */
let table: string;
const resamples = 60;

beforeAll(async () => {
  tiny = await makeTinyRun();
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-judge-'));
  ({ evaluation: ofRun } = await evaluateStep(testContext(), { run: tiny.run.path, resamples }));
  const own = parsePredictionsCsv(readFileSync(tiny.run.evaluation('test').predictions, 'utf8'), { file: 'p' });
  const rows = own.imageIds.map((id, i) =>
    [`images/${id}.jpg`, ...own.probabilities.slice(i * own.classes.length, (i + 1) * own.classes.length)].join(),
  );
  table = join(folder, 'theirs.csv');
  writeFileSync(table, `${['filename', ...own.classes.map(({ id }) => `prob_${id}`)].join()}\n${rows.join('\n')}\n`);
});
afterAll(() => {
  tiny.remove();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
const judgeIt = (options: Partial<JudgeStepOptions>) =>
  judgeStep(testContext(), {
    source: table,
    truth: tiny.data,
    run: join(folder, `run${count++}`),
    resamples,
    ...options,
  });

/** The last cell of each row. */
const splitLines = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').at(-1));

/** Numbers of an evaluation that do not depend on how it came about, to 6 digits. */
function numbers({
  images,
  lesions,
  accuracy,
  balancedAccuracy,
  macroF1,
  loss,
  auroc,
  brierScore,
  perClass,
  questions,
  intervals,
}: Evaluation) {
  const { method: _, ...bounds } = intervals!;
  const text = JSON.stringify({
    images,
    lesions,
    accuracy,
    balancedAccuracy,
    macroF1,
    loss,
    auroc,
    brierScore,
    perClass,
    questions,
    bounds,
  });
  return JSON.parse(text, (_, value) => (typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value));
}

/** What comes of counting the second class as the first, and of leaving the third out. */
function mergedByHand({ classes, imageIds, labels, probabilities }: Predictions) {
  const ids = classes.map(({ id }) => id);
  const [first, second, third] = ids;
  const labelOf = (dx: string) => (dx === second ? first : dx);
  const scored = imageIds.flatMap((imageId, i) => {
    if (ids[labels[i]] === third) return [];
    const own = Object.fromEntries(ids.map((id) => [id, 0]));
    for (const [k, id] of ids.entries()) own[labelOf(id)] += probabilities[i * ids.length + k];
    const rest = 1 - own[third];
    return [
      {
        imageId,
        dx: ids[labels[i]],
        probabilities: Object.fromEntries(Object.entries(own).map(([id, p]) => [id, p / rest])),
      },
    ];
  });
  return { labelOf, scored };
}

describe('somebody else’s classifier', () => {
  it('gives the same numbers as a run, as a table and as an ONNX file', async () => {
    const asTable = await judgeIt({});
    expect(numbers(asTable.evaluation)).toEqual(numbers(ofRun));
    const { path } = await exportStep(testContext(), { run: tiny.run.path });
    // A run's own table of splits says which images were tested, and which learned from.
    const { splitsCsv } = tiny.run;
    const asFile = await judgeIt({ source: path, expected: splitsCsv, trainedOn: splitsCsv });
    expect(numbers(asFile.evaluation)).toEqual(numbers(ofRun));
    const { flow, overlap } = asFile.evaluation.judgement;
    expect(flow).toMatchObject({ missing: 0, scoredImages: ofRun.images });
    expect(overlap).toMatchObject({ images: 0, sameLesion: 0 });
    expect(overlap!.listed).toBe(splitLines(splitsCsv).filter((split) => split !== 'test').length);
    const { comparisons } = await compareStep(testContext(), {
      runs: [tiny.run.path, asTable.run, asFile.run],
      resamples: 10,
    });
    for (const { metrics } of comparisons)
      for (const { difference } of metrics) expect(Math.abs(difference)).toBeLessThan(1e-6);
  });

  it('maps the outputs of a file to classes of the truth, as the columns of a table are mapped', async () => {
    const own = parsePredictionsCsv(readFileSync(tiny.run.evaluation('test').predictions, 'utf8'), { file: 'p' });
    const ids = own.classes.map(({ id }) => id);
    const { path } = await exportStep(testContext(), { run: tiny.run.path });
    // The same network with other names for its classes, as a program that numbers them would call them.
    const numbered = join(folder, 'numbered.onnx');
    const model = decodeMessage('Model', new Uint8Array(readFileSync(path)));
    const units = JSON.stringify(ids.map((_, k) => `unit ${k}`));
    const metadata = (model.metadata as { key: string; value: string }[])
      .filter(({ key }) => key !== 'malignant' && key !== 'certainty')
      .map(({ key, value }) => ({ key, value: key === 'classes' || key === 'classNames' ? units : value }));
    writeFileSync(numbered, encodeMessage('Model', { ...model, metadata }));
    const expected = tiny.run.evaluation('test').predictions;
    await expect(judgeIt({ source: numbered, expected })).rejects.toMatchObject({ code: 'unmapped-classes' });
    // All but one named; two outputs are of one class, and what the last of them was for is counted as it.
    const [first, second, third] = ids;
    const map = Object.fromEntries(ids.map((id, k) => [`unit ${k}`, k === 1 ? first : k === 2 ? '' : id]));
    const countAs = { [second]: first, [third]: '' };
    const asFile = await judgeIt({ source: numbered, expected, map: { ...map, ...countAs } });
    const { labelOf, scored } = mergedByHand(own);
    expect(asFile.evaluation.images).toBe(scored.length);
    expect(asFile.evaluation.classes).not.toContain(second);
    expect(asFile.evaluation.classes).not.toContain(third);
    const found = parsePredictionsCsv(readFileSync(join(asFile.run, 'evaluation/test/predictions.csv'), 'utf8'), {
      file: 'p',
    });
    const kept = found.classes.map(({ id }) => id);
    for (const [i, id] of found.imageIds.entries()) {
      const row = scored.find(({ imageId }) => imageId === id)!;
      expect(kept[found.labels[i]]).toBe(labelOf(row.dx));
      for (const [k, name] of kept.entries())
        expect(found.probabilities[i * kept.length + k]).toBeCloseTo(row.probabilities[name], 5);
    }
    // By the place of an output in place of its name, and as columns of a table.
    const byPlace = Object.fromEntries(ids.map((id, k) => [String(k), k === 1 ? first : k === 2 ? '' : id]));
    const again = await judgeIt({ source: numbered, expected, map: { ...byPlace, ...countAs } });
    expect(numbers(again.evaluation)).toEqual(numbers(asFile.evaluation));
    const columns = Object.fromEntries(ids.map((id, k) => [`prob_${id}`, k === 1 ? first : k === 2 ? '' : id]));
    const asTable = await judgeIt({ classColumns: columns, map: countAs });
    expect(numbers(asTable.evaluation)).toEqual(numbers(asFile.evaluation));
    await expect(judgeIt({ source: numbered, expected, map: { nothing: first } })).rejects.toMatchObject({
      code: 'unknown-class',
    });
  });

  it('is a run folder like any other: studio, report, documents, a log', async () => {
    const { run, report, evaluation } = await judgeIt({
      name: 'their net',
      unit: 'lesion',
      calibrateOn: '0.4',
      prevalence: 0.1,
      trainedOn: table,
    });
    const { runs, problems } = await (await openStudioRuns(run)).list();
    expect(problems).toEqual([]);
    const [summary] = runs;
    expect(summary).toMatchObject({ model: 'their net', judged: true, preset: null, state: 'finished', report: true });
    const html = readFileSync(report, 'utf8');
    for (const words of [
      'their net',
      'set aside by lesion and not scored',
      'On some of them',
      'fitted for 90% sensitivity',
      'Calibration: ',
      'At a prevalence of 10.0%',
    ])
      expect(html).toContain(words);
    expect(html).not.toContain('had never seen');
    expect(html).not.toContain('the validation images');
    const card = readFileSync(join(run, 'model-card.md'), 'utf8');
    expect(card).toContain('made elsewhere');
    expect(card).not.toContain('validation images');
    expect(existsSync(join(run, 'evaluation/test/image-predictions.csv'))).toBe(true);
    const { judgement } = evaluation;
    expect(judgement.unit).toMatchObject({ of: 'lesion', join: 'mean', clusters: 'lesion' });
    expect(judgement.overlap?.images).toBe(judgement.flow.scoredImages);
    expect(judgement.flow.images).toBe(judgement.flow.scoredImages + judgement.flow.setAside);
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(config.judged).toMatchObject({
      kind: 'table',
      file: 'theirs.csv',
      options: { unit: 'lesion', calibrateOn: '0.4', trainedOn: 'theirs.csv' },
    });
    expect(readFileSync(join(run, 'splits.csv'), 'utf8')).toMatch(/,validation$/m);
    await expect(evaluateStep(testContext(), { run })).rejects.toMatchObject({ kind: 'run', code: 'is-judged' });
  });

  it('is never fitted on what is scored', async () => {
    const truth = join(folder, 'truth.csv');
    writeFileSync(
      truth,
      `id,label,lesion\n${Array.from({ length: 12 }, (_, i) => `a${i},${i % 2},l${i >> 1}`).join('\n')}\n`,
    );
    const score = (from: number, to: number) =>
      `id,score\n${Array.from({ length: to - from }, (_, i) => `a${from + i},${(0.2 + 0.5 * ((from + i) % 2) + 0.01 * i).toFixed(2)}`).join('\n')}\n`;
    const [scored, other] = ['scored', 'other'].map((name) => join(folder, `${name}.csv`));
    writeFileSync(scored, score(0, 6));
    writeFileSync(other, score(6, 12));
    const mixed = { source: scored, truth, positive: ['1'] };
    // An image of its own, but of a lesion that is scored.
    const mixedTruth = join(folder, 'mixed.csv');
    writeFileSync(mixedTruth, readFileSync(truth, 'utf8').replace('a6,0,l3', 'a6,0,l2'));
    await expect(judgeIt({ ...mixed, truth: mixedTruth, calibrateOn: other })).rejects.toMatchObject({
      code: 'fitted-on-scored',
      details: ['l2'],
    });
    await expect(judgeIt({ ...mixed, calibrateOn: 'validation' })).rejects.toMatchObject({ code: 'no-validation' });
    const { evaluation } = await judgeIt({ ...mixed, calibrateOn: other });
    expect(evaluation.judgement.fitted).toMatchObject({ on: 'other.csv, other images', images: 6 });
    expect(evaluation.judgement.questions[0].points.map(({ kind }) => kind)).toEqual([
      'answer',
      'fitted',
      'fitted',
      'fitted',
      'fitted',
    ]);
  });

  it('calibrates on answers to images that are not scored, where a list or a split file says which are', async () => {
    const rows = Array.from({ length: 24 }, (_, i) => ({ id: `b${i}`, dx: i % 2 ? 'mel' : 'nv', test: i < 12 }));
    const csv = (name: string, head: string, lines: readonly string[]) => {
      const path = join(folder, name);
      writeFileSync(path, `${[head, ...lines].join('\n')}\n`);
      return path;
    };
    const content = splitFileContent(
      {},
      rows.map(({ id, dx, test }) => ({
        ...{ imageId: id, lesionId: id, group: id, dx },
        split: test ? ('test' as const) : ('validation' as const),
      })),
    );
    const splitFile = join(folder, 'divided.split.csv');
    writeFileSync(splitFile, formatSplitFile(content, createHash('sha256').update(content).digest('hex')));
    const answersOf = (test: boolean) =>
      rows.flatMap(({ id, dx, test: own }, i) =>
        own === test ? [`${id},${dx === 'mel' ? 0.9 - i / 50 : i / 50}`] : [],
      );
    const source = csv('of-test.csv', 'id,mel', answersOf(true));
    const calibrateOn = csv('of-validation.csv', 'id,mel', answersOf(false));
    const asked = { source, calibrateOn, resamples: 20 };
    const divided = await judgeIt({ ...asked, truth: splitFile });
    expect(divided.evaluation.judgement.fitted).toMatchObject({ on: 'of-validation.csv, other images', images: 12 });
    expect(divided.evaluation.judgement.flow).toMatchObject({ images: 12, missing: 0, scoredImages: 12 });
    const truth = csv(
      'whole.csv',
      'id,label',
      rows.map(({ id, dx }) => `${id},${dx}`),
    );
    const expected = csv(
      'tested.csv',
      'id',
      rows.flatMap(({ id, test }) => (test ? [id] : [])),
    );
    const listed = await judgeIt({ ...asked, truth, expected });
    expect(listed.evaluation.judgement.questions).toEqual(divided.evaluation.judgement.questions);
    expect(listed.evaluation.judgement.flow).toEqual(divided.evaluation.judgement.flow);
  });

  it('refuses what can’t be, and leaves no folder behind', async () => {
    const run = join(folder, 'refused');
    const refused = async (options: Partial<JudgeStepOptions>) => {
      const error = await judgeIt({ run, ...options }).then(
        () => undefined,
        (found: unknown) => found,
      );
      expect(existsSync(run)).toBe(false);
      if (!(error instanceof LesionlabError)) throw error;
      return error;
    };
    expect(await refused({ source: join(folder, 'none.csv') })).toMatchObject({ kind: 'run', code: 'not-readable' });
    expect(await refused({ truth: join(folder, 'none.csv') })).toMatchObject({ kind: 'data' });
    expect(await refused({ calibrateOn: '1.5' })).toMatchObject({ kind: 'usage' });
    expect(await refused({ unit: 'patient' })).toMatchObject({ kind: 'usage', code: 'no-patients' });
    expect(await refused({ idColumn: 'nothing' })).toMatchObject({ kind: 'usage', code: 'unknown-column' });
    expect(await refused({ direction: 'lower' })).toMatchObject({ kind: 'usage', code: 'direction-of-classes' });
  });

  it('is told from a run by the first argument of `evaluate`', async () => {
    const run = join(folder, 'by-command');
    const done = await callCommandLine([
      'evaluate',
      table,
      '--truth',
      tiny.data,
      '--run',
      run,
      '--resamples',
      '20',
      '--json',
    ]);
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      balancedAccuracy: expect.closeTo(ofRun.balancedAccuracy, 6),
      judgement: { overlap: null },
    });
    const failed = async (...words: string[]) => {
      const { status, stderr } = await callCommandLine(['evaluate', ...words]);
      return [status, stderr] as const;
    };
    expect(await failed(table)).toEqual([2, expect.stringContaining('--truth <data>')]);
    expect(await failed(table, '--truth', tiny.data, '--split', 'test')).toEqual([
      2,
      expect.stringContaining('--split is for a run'),
    ]);
    expect(await failed(tiny.run.path, '--unit', 'lesion')).toEqual([
      2,
      expect.stringContaining('--unit is for somebody else'),
    ]);
    expect(await failed(table, '--truth', tiny.data, '--run', run)).toEqual([
      4,
      expect.stringContaining('already holds a run'),
    ]);
  });
});
