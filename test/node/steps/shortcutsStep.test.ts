import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvParse } from 'd3-dsv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeIds } from '../../../src/explain/index.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { readJsonLines } from '../../../src/node/files/jsonLines.js';
import { evaluateStep, readTestEvaluation } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { judgeStep } from '../../../src/node/steps/judge.js';
import { reportStep } from '../../../src/node/steps/report.js';
import { shortcutsStep } from '../../../src/node/steps/shortcuts.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
beforeAll(async () => {
  tiny = await makeTinyRun({ size: [64, 48] });
});
afterAll(() => tiny.remove());

const read = (path: string) => readFileSync(path, 'utf8');
const few = { resamples: 20 } as const;

it('asks about validation images as they are and changed: numbers, a row a picture, a picture, words in the report', async () => {
  const { run } = tiny;
  const { result, files } = await shortcutsStep(testContext(), { source: run.path, ...few });
  const { folder } = run.evaluation('validation');
  expect(files).toEqual(['json', 'csv', 'png'].map((ending) => join(folder, `shortcuts.${ending}`)));
  expect(result.comparisons.map(({ change }) => change)).toEqual(changeIds);
  expect(JSON.parse(read(files[0]))).toEqual(JSON.parse(JSON.stringify(result)));
  const rows = csvParse(read(files[1]));
  // As they are, they get what the evaluation gives them.
  await evaluateStep(testContext(), { run: run.path, split: 'validation', resamples: 0 });
  const known = new Map(csvParse(read(run.evaluation('validation').predictions)).map((row) => [row.image_id, row]));
  const untouched = rows.filter(({ change }) => change === 'none');
  expect(untouched).toHaveLength(result.count);
  for (const row of untouched)
    for (const { id } of tiny.config.data.classes)
      expect(Number(row[id])).toBeCloseTo(Number(known.get(row.image_id)![id]), 5);
  for (const { change, images, withoutRoom } of result.comparisons) {
    expect(images + withoutRoom).toBe(result.count);
    expect(rows.filter((row) => row.change === change)).toHaveLength(images);
  }
  const picture = await sharpCodec.decode(readFileSync(files[2]));
  expect(picture.width).toBeGreaterThan(8 * 160);
  expect(result.examples[0].panels.map(({ change }) => change)).toEqual([null, ...changeIds]);
  expect(existsSync(run.evaluation('test').log)).toBe(false);
  await reportStep(testContext(), run.path);
  const report = read(run.report);
  expect(report).toContain('What remains of the answers');
  expect(report).toContain('Synthetic images');
});

it('draws whole lesions, repeats with the seed, and makes what changes were asked for', async () => {
  const options = { source: tiny.run.path, images: 8, changes: ['box-erased', 'ink'], fill: 'mean', ...few } as const;
  const first = await shortcutsStep(testContext(), options);
  expect(first.result.comparisons.map(({ change }) => change)).toEqual(['box-erased', 'ink']);
  expect(first.result.count).toBeGreaterThanOrEqual(8);
  expect(first.result.count).toBeLessThan(first.result.withMask);
  const again = await shortcutsStep(testContext(), options);
  expect(again.result).toEqual(first.result);
  const other = await shortcutsStep({ ...testContext(), seed: 1 }, options);
  expect(other.result.examples).not.toEqual(first.result.examples);
});

it('logs a look at the test split, which takes no evaluation’s place', async () => {
  const { run } = tiny;
  await evaluateStep(testContext(), { run: run.path, resamples: 0 });
  await shortcutsStep(testContext(), { source: run.path, split: 'test', changes: ['ruler'], ...few });
  const log = await readJsonLines<{ by?: string; images: number }>(run.evaluation('test').log);
  expect(log.map(({ by }) => by)).toEqual([undefined, 'shortcuts']);
  expect(await readTestEvaluation(run)).not.toBeNull();
});

it('asks an exported file the same, into a folder with a page, or into its judgement', async () => {
  const { root, run, data } = tiny;
  const { path } = await exportStep(testContext(), { run: run.path });
  const out = join(root, 'shortcuts');
  const file = await shortcutsStep(testContext(), { source: path, data, out, images: 12, changes: ['ruler'], ...few });
  expect(file.files.map((name) => name.split(/[/\\]/).at(-1))).toEqual([
    'shortcuts.json',
    'shortcuts.csv',
    'shortcuts.png',
    'shortcuts.html',
  ]);
  expect(read(file.files[3])).toContain('What remains of the answers');
  const judged = join(root, 'judged');
  await judgeStep(testContext(), { source: path, truth: data, run: judged, resamples: 0 });
  const into = { source: path, data, run: judged, images: 12, changes: ['ruler'], ...few } as const;
  const { result, files } = await shortcutsStep(testContext(), into);
  expect(files[0]).toBe(join(judged, 'evaluation', 'test', 'shortcuts.json'));
  expect(result.comparisons).toEqual(file.result.comparisons);
  expect(result.words.join(' ')).toContain('Whether the network learned from these images is unknown');
  const log = await readJsonLines<{ by?: string }>(join(judged, 'evaluation', 'test', 'log.jsonl'));
  expect(log.at(-1)?.by).toBe('shortcuts');
  await reportStep(testContext(), judged);
  expect(read(join(judged, 'report.html'))).toContain('What the answers rest on');
  await expect(shortcutsStep(testContext(), { source: judged })).rejects.toThrow('not the classifier');
  await expect(shortcutsStep(testContext(), { ...into, run: run.path })).rejects.toThrow('is no judgement of');
});

it('refuses options without a use, and stops on Ctrl-C with nothing written', async () => {
  const { run, data } = tiny;
  const refused = (options: object) => shortcutsStep(testContext(), { source: run.path, ...few, ...options });
  await expect(refused({ out: 'x' })).rejects.toThrow('"out" is for an ONNX file');
  await expect(refused({ source: 'net.onnx', split: 'test' })).rejects.toThrow('"split" is for a run');
  await expect(refused({ source: 'net.onnx' })).rejects.toThrow('images with lesion masks are needed');
  await expect(refused({ source: 'net.onnx', data, run: 'a', out: 'b' })).rejects.toThrow('both a run and another');
  const { folder } = run.evaluation('validation');
  const before = read(join(folder, 'shortcuts.json'));
  const stopped = new AbortController();
  stopped.abort();
  await expect(
    shortcutsStep(testContext(stopped.signal), { source: run.path, changes: ['ink'], ...few }),
  ).rejects.toThrow(/[Ii]nterrupted/);
  expect(read(join(folder, 'shortcuts.json'))).toBe(before);
});

it('prints a table, or one object, and names an unknown change', async () => {
  const args = ['shortcuts', tiny.run.path, '--resamples', '20', '--changes', 'box-erased,ruler'];
  const { stdout, status } = await callCommandLine(args);
  expect(status).toBe(0);
  expect(stdout).toContain('box-erased');
  expect(stdout).toMatch(/intervals\s+by lesion/);
  const json = JSON.parse((await callCommandLine([...args, '--json'])).stdout);
  expect(json.comparisons).toHaveLength(2);
  const wrong = await callCommandLine(['shortcuts', tiny.run.path, '--changes', 'hair']);
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('There is no change "hair"');
});

it('leaves out masks that don’t fit and lists them; without any mask it says what to do', async () => {
  const masks = readdirSync(tiny.data, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /_segmentation\.png$/.test(path),
  );
  const rows = csvParse(read(join(tiny.run.evaluation('validation').folder, 'shortcuts.csv')));
  const [one] = rows.map(({ image_id }) => image_id);
  writeFileSync(join(tiny.data, masks.find((path) => path.includes(one))!), 'no picture');
  const { result } = await shortcutsStep(testContext(), { source: tiny.run.path, changes: ['ruler'], ...few });
  expect(result.leftOut.map(({ imageId }) => imageId)).toEqual([one]);
  for (const path of masks) rmSync(join(tiny.data, path));
  await expect(shortcutsStep(testContext(), { source: tiny.run.path, ...few })).rejects.toThrow('has a lesion mask');
});
