import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { openSplitRule } from '../../../src/node/dataset/readSplitFile.js';
import { compareStep } from '../../../src/node/steps/compare.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { judgeStep } from '../../../src/node/steps/judge.js';
import { paperStep } from '../../../src/node/steps/paper.js';
import { splitStep } from '../../../src/node/steps/split.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
let root: string;
let paper: string;
let splitFile: string;
/** The run's predictions as another tool would write them. */
let table: string;
const at = (...names: string[]) => join(root, ...names);
const write = (options: Partial<Parameters<typeof paperStep>[1]> = {}) =>
  paperStep(testContext(), { sources: [tiny.run.path], to: paper, resamples: 20, ...options });
const failure = async (work: Promise<unknown>): Promise<LesionlabError> =>
  await work.then(
    () => expect.unreachable(),
    (error: unknown) => {
      expect(error).toBeInstanceOf(LesionlabError);
      return error as LesionlabError;
    },
  );

beforeAll(async () => {
  tiny = await makeTinyRun();
  root = mkdtempSync(join(tmpdir(), 'lesionlab-paper-'));
  paper = at('paper');
  await evaluateStep(testContext(), { run: tiny.run.path, resamples: 20 });
  const result = await write();
  splitFile = join(paper, result.splitFile!.name);
  const own = parsePredictionsCsv(readFileSync(tiny.run.evaluation('test').predictions, 'utf8'), { file: 'p' });
  table = at('theirs.csv');
  const rows = own.imageIds.map((id, i) =>
    [id, ...own.probabilities.slice(i * own.classes.length, (i + 1) * own.classes.length)].join(),
  );
  writeFileSync(table, `${['image', ...own.classes.map(({ id }) => id)].join()}\n${rows.join('\n')}\n`);
});
afterAll(() => {
  tiny.remove();
  rmSync(root, { recursive: true, force: true });
});

describe('paper step', () => {
  it('writes the same files again, byte by byte, and removes what it wrote and needs no more, and nothing else', async () => {
    const to = at('again');
    const first = await write({ to });
    const before = first.files.map((path) => readFileSync(join(to, path), 'utf8'));
    writeFileSync(join(to, 'manuscript.tex'), 'mine');
    const list = JSON.parse(readFileSync(join(to, 'paper.json'), 'utf8'));
    writeFileSync(join(to, 'tables', 'old.csv'), 'old');
    writeFileSync(at('outside.txt'), 'outside');
    list.files.push('tables/old.csv', '../outside.txt');
    writeFileSync(join(to, 'paper.json'), JSON.stringify(list));
    const second = await write({ to });
    expect(second.files.map((path) => readFileSync(join(to, path), 'utf8'))).toEqual(before);
    expect(existsSync(join(to, 'tables', 'old.csv'))).toBe(false);
    expect(readFileSync(join(to, 'manuscript.tex'), 'utf8')).toBe('mine');
    expect(existsSync(at('outside.txt'))).toBe(true);
  });

  it('refuses a folder with other files, before anything is written', async () => {
    const to = at('thesis');
    mkdirSync(to);
    writeFileSync(join(to, 'chapter.tex'), 'mine');
    expect(await failure(write({ to }))).toMatchObject({ code: 'folder-in-use', kind: 'run' });
    expect(await failure(write({ sources: [at('none')], to: at('new') }))).toMatchObject({ code: 'no-run-folder' });
    expect(existsSync(at('new'))).toBe(false);
  });

  it('names the file of a run that is damaged', async () => {
    const config = tiny.run.config;
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.slice(0, 300));
    try {
      const error = await failure(write());
      expect(error).toMatchObject({ kind: 'run' });
      expect(error.message).toContain('config.json');
    } finally {
      writeFileSync(config, text);
    }
    mkdirSync(at('study'));
    writeFileSync(at('study', 'readers.json'), '{"question": "x"}');
    const error = await failure(write({ sources: [at('study')] }));
    expect(error).toMatchObject({ code: 'bad-file', kind: 'run' });
    expect(error.details.join()).toContain('analysis');
  });

  it('is a command', async () => {
    const { json, status } = await callCommandLine(['paper', tiny.run.path, '--to', at('command'), '--json']);
    expect(status).toBe(0);
    expect(json()).toMatchObject({ splitFile: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });
});

describe('the split that it writes', () => {
  it('is cited by a number that sha256sum gives, and gives the same splits', async () => {
    const text = readFileSync(splitFile, 'utf8');
    const [, line, ...rest] = text.split('\n');
    expect(line).toBe(`# sha256: ${createHash('sha256').update(rest.join('\n')).digest('hex')}`);
    const dataset = await openDataset(tiny.data);
    const opened = await openSplitRule({ kind: 'file', path: splitFile });
    const { summary } = await splitStep({ ...testContext(), seed: 99 }, dataset, at('taken'), opened);
    await dataset.images.close();
    expect(readFileSync(at('taken', 'splits.csv'), 'utf8')).toBe(readFileSync(tiny.run.splitsCsv, 'utf8'));
    expect(summary.rule).toMatchObject({ kind: 'file', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is refused once it was changed', async () => {
    const changed = at('changed.split.csv');
    writeFileSync(changed, readFileSync(splitFile, 'utf8').replace(/,test\n/, ',train\n'));
    const error = await failure(openSplitRule({ kind: 'file', path: changed }));
    expect(error).toMatchObject({ code: 'split-file-changed', kind: 'data' });
    const { status } = await callCommandLine(['split', tiny.data, '--split', changed, '--out', at('no'), '--json']);
    expect(status).toBe(3);
    expect((await callCommandLine(['split', tiny.data, '--split', at('gone'), '--json'])).status).toBe(2);
  });

  it('judges a table on its test images, and compares it with a run there', async () => {
    const judge = (run: string, options: Partial<Parameters<typeof judgeStep>[1]>) =>
      judgeStep(testContext(), { source: table, truth: splitFile, run: at(run), resamples: 20, ...options });
    const { evaluation } = await judge('judged', {});
    const own = JSON.parse(readFileSync(tiny.run.evaluation('test').evaluation, 'utf8'));
    expect(evaluation.images).toBe(own.images);
    expect(evaluation.accuracy).toBeCloseTo(own.accuracy, 12);
    expect(evaluation.judgement.flow.missing).toBe(0);
    expect(evaluation.judgement.words.join(' ')).toContain('SHA-256');
    const runs = [tiny.run.path, at('judged')];
    const { comparisons, on, notes } = await compareStep(testContext(), { runs, on: splitFile, resamples: 20 });
    expect(comparisons[0].images).toBe(own.images);
    expect(comparisons[0].metrics.every(({ difference }) => Math.abs(difference) < 1e-6)).toBe(true);
    expect(on?.file).toBe('synthetic.split.csv');
    expect(notes.join()).toContain('nobody said which images it learned from');
    // With its own list of what it learned from nothing is left to mind, and the paper has the comparison.
    await judge('told', { truth: tiny.data, expected: splitFile, trainedOn: splitFile });
    const told = await compareStep(testContext(), { runs: [tiny.run.path, at('told')], on: splitFile, resamples: 0 });
    expect(told.notes).toEqual([]);
    const { files } = await write({ sources: [tiny.run.path, at('told')], to: at('both'), on: splitFile });
    expect(files).toContain('tables/comparison-1.tex');
    expect(readFileSync(at('both', 'methods.md'), 'utf8')).toContain('told was compared with run on the same');
  });

  it('is no ground to compare on for a run that learned from its test images', async () => {
    const rows = readFileSync(tiny.run.splitsCsv, 'utf8');
    // As if the run had been split otherwise: a test image and a training image change places.
    const swapped = rows.replace(/,test\n/, ',train\n');
    writeFileSync(tiny.run.splitsCsv, swapped);
    try {
      const runs = [tiny.run.path, at('judged')];
      expect(await failure(compareStep(testContext(), { runs, on: splitFile }))).toMatchObject({
        code: 'tested-was-learned',
        kind: 'run',
      });
    } finally {
      writeFileSync(tiny.run.splitsCsv, rows);
    }
  });
});
