import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSplitFile, splitFileContent } from '../../src/data/groups/splitFile.js';
import { formatPredictionsCsv } from '../../src/evaluation/index.js';
import { takeRows } from '../../src/evaluation/predictions/takeRows.js';
import { openDataset } from '../../src/node/dataset/openDataset.js';
import { exportStep } from '../../src/node/steps/export.js';
import { judgeStep } from '../../src/node/steps/judge.js';
import { readersStep } from '../../src/node/steps/readers.js';
import { Random } from '../../src/random.js';
import { randomPredictions } from '../evaluation/makePredictions.js';
import { makeTinyRun, type TinyRun, testContext } from '../node/tinyRun.js';
import { chromiumPath } from './openBrowser.js';
import { openStudioPage, type StudioPage, saveDownload } from './openStudioPage.js';

let folder: string;
let studio: StudioPage;
let page: Page;
let tiny: TinyRun;
const at = (name: string) => join(folder, name);
const predictions = randomPredictions(260, 3);
const ids = predictions.classes.map(({ id }) => id);

beforeAll(async () => {
  if (!chromiumPath) return;
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-judge-page-'));
  tiny = await makeTinyRun();
  const { imageIds, lesionIds, labels, probabilities } = predictions;
  writeFileSync(at('predictions.csv'), formatPredictionsCsv(predictions));
  writeFileSync(
    at('truth.csv'),
    `id,label,lesion,patient\n${imageIds.map((id, i) => `${id},${ids[labels[i]]},${lesionIds[i]},P${i >> 3}`).join('\n')}\n`,
  );
  const mel = ids.indexOf('mel');
  writeFileSync(
    at('low.csv'),
    `image,score\n${imageIds.map((id, i) => `${id}.jpg,${1 - probabilities[i * ids.length + mel]}`).join('\n')}\n`,
  );
  writeFileSync(
    at('strangers.csv'),
    `image,${ids}\n${imageIds.map((_, i) => `case ${i},${ids.map((id) => (id === 'mel' ? 0.4 : 0.1))}`).join('\n')}\n`,
  );
  const splitOf = (i: number) => (i < 130 ? ('test' as const) : ('validation' as const));
  const content = splitFileContent(
    {},
    imageIds.map((imageId, i) => ({
      ...{ imageId, lesionId: imageId, group: imageId, dx: ids[labels[i]], split: splitOf(i) },
    })),
  );
  writeFileSync(at('divided.split.csv'), formatSplitFile(content, createHash('sha256').update(content).digest('hex')));
  for (const [name, part] of [
    ['tested.csv', 'test'],
    ['answers_validation.csv', 'validation'],
  ]) {
    const rows = [...imageIds.keys()].filter((i) => splitOf(i) === part);
    writeFileSync(at(name), formatPredictionsCsv(takeRows(predictions, rows)));
  }
  const random = new Random(1, 'readers');
  const reading = (reader: string, i: number) =>
    `${reader},${imageIds[i]},${random.integer(4) > 0 === (labels[i] === mel) ? 'mel' : 'nv'}`;
  writeFileSync(
    at('readers.csv'),
    `reader,image_id,answer\n${['Ann', 'Bob', 'Cy'].flatMap((reader) => imageIds.map((_, i) => reading(reader, i))).join('\n')}\n`,
  );
  studio = await openStudioPage('');
  page = studio.page;
}, 300_000);
afterAll(async () => {
  await studio?.close();
  tiny?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Gives files from the beginning. */
async function give(...names: string[]): Promise<void> {
  await page.goto(`${page.url().split('#')[0]}#/`);
  await page.reload();
  await page.getByLabel('Files to judge').setInputFiles(names.map(at));
  await page.getByRole('heading', { level: 1, name: 'Judge' }).waitFor();
}

async function setResamples(count: number): Promise<void> {
  await page.getByText('Threshold, prevalence, how sure the truth is').click();
  await page.getByLabel('Resamples behind intervals').fill(String(count));
}

/** Numbers of two evaluations, at the same places. */
function expectSame(found: unknown, wanted: unknown, place = ''): void {
  if (typeof wanted === 'number') {
    // A temperature is searched for, and browsers round logarithms as they like.
    const tolerance = /fitted|calibration/i.test(place) ? 1e-6 : 1e-9;
    expect(Math.abs((found as number) - wanted), place).toBeLessThan(tolerance);
    return;
  }
  if (wanted === null || typeof wanted !== 'object') {
    expect(found, place).toEqual(wanted);
    return;
  }
  expect(Object.keys(found as object), place).toEqual(Object.keys(wanted));
  for (const [key, value] of Object.entries(wanted))
    expectSame((found as Record<string, unknown>)[key], value, `${place}/${key}`);
}

/** The one entry of a zip with this ending, unpacked. */
async function unzipped(zip: string): Promise<Map<string, string>> {
  const { BlobReader, TextWriter, ZipReader } = await import('@zip.js/zip.js');
  const reader = new ZipReader(new BlobReader(new Blob([readFileSync(zip)])));
  const texts = new Map<string, string>();
  for (const entry of await reader.getEntries())
    if (!entry.directory) texts.set(entry.filename, await entry.getData(new TextWriter()));
  return texts;
}

describe.skipIf(!chromiumPath)('judging in the page', () => {
  it('gives the terminal’s numbers for a table and its truth, as a run folder that the views open', async () => {
    await give('predictions.csv', 'truth.csv');
    await page.getByText('Ids from the column image_id; 7 classes').waitFor();
    await page.getByLabel('What counts once').selectOption('lesion');
    await page.getByLabel('Thresholds and temperature are fitted on').selectOption('share');
    await setResamples(120);
    await page.getByLabel('Prevalence where it would be used').fill('0.05');
    await page.getByRole('button', { name: 'Judge', exact: true }).click();
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    await page.getByText('Trained on these images? Unknown.').waitFor();
    await saveDownload(page, 'Save the run folder (zip)', at('run.zip'));
    const run = at('terminal');
    await judgeStep(testContext(), {
      ...{ source: at('predictions.csv'), truth: at('truth.csv'), run },
      ...{ unit: 'lesion', calibrateOn: '0.3', prevalence: 0.05, resamples: 120 },
    });
    const texts = await unzipped(at('run.zip'));
    for (const file of ['evaluation/test/evaluation.json', 'evaluation/test/subgroups.json'])
      expectSame(
        JSON.parse(texts.get(`judged-predictions/${file}`)!),
        JSON.parse(readFileSync(join(run, file), 'utf8')),
      );
    for (const file of ['splits.csv', 'evaluation/test/predictions.csv', 'evaluation/test/image-predictions.csv'])
      expect(texts.get(`judged-predictions/${file}`)).toBe(readFileSync(join(run, file), 'utf8'));
    expect(texts.get('judged-predictions/report.html')).toContain('What was judged');
    expect(texts.get('judged-predictions/report.html')).not.toContain('never seen');
    const config = JSON.parse(texts.get('judged-predictions/config.json')!);
    const own = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(config.data.sha256).toBe(own.data.sha256);
    expect([config.judged.sha256, config.judged.truthSha256]).toEqual([own.judged.sha256, own.judged.truthSha256]);
    // The saved folder opens in the list of runs, beside what the page still holds.
    for (const [path, text] of texts) {
      mkdirSync(join(folder, 'saved', path, '..'), { recursive: true });
      writeFileSync(join(folder, 'saved', path), text);
    }
    await page.getByRole('link', { name: 'Look at it among the runs' }).click();
    await page.getByText('judged', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Training', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'All runs' }).click();
    await page
      .getByLabel('Open a run folder from disk', { exact: false })
      .setInputFiles(join(folder, 'saved', 'judged-predictions'));
    await page.getByRole('link', { name: 'judged-predictions' }).nth(1).waitFor();
    expect(studio.errors).toEqual([]);
  }, 300_000);

  it('takes a split file as truth, and a second table to calibrate on, as the terminal does', async () => {
    await give('tested.csv', 'answers_validation.csv', 'divided.split.csv');
    await page.getByText('a split file:').waitFor();
    await page.getByText('Truth: the test images of a split file').waitFor();
    expect(await page.getByLabel('Thresholds and temperature are fitted on').inputValue()).toBe('table');
    await setResamples(60);
    await page.getByRole('button', { name: 'Judge', exact: true }).click();
    await page.getByText('Thresholds were fitted on answers_validation.csv, other images').waitFor();
    await saveDownload(page, 'Save the run folder (zip)', at('divided.zip'));
    const run = at('divided');
    await judgeStep(testContext(), {
      ...{ source: at('tested.csv'), truth: at('divided.split.csv'), run },
      ...{ calibrateOn: at('answers_validation.csv'), resamples: 60 },
    });
    const texts = await unzipped(at('divided.zip'));
    const read = (path: string) => JSON.parse(readFileSync(join(run, path), 'utf8'));
    const found = (path: string) => JSON.parse(texts.get(`judged-tested/${path}`)!);
    expectSame(found('evaluation/test/evaluation.json'), read('evaluation/test/evaluation.json'));
    const options = read('config.json').judged.options;
    expect(found('config.json').judged.options).toMatchObject({ calibrateOn: options.calibrateOn });
    // A split file that was changed is none.
    writeFileSync(
      at('changed.split.csv'),
      readFileSync(at('divided.split.csv'), 'utf8').replace(',test\n', ',train\n'),
    );
    await give('tested.csv', 'changed.split.csv');
    await page.getByText('was changed after it was written').waitFor();
    expect(studio.errors).toEqual([]);
  }, 300_000);

  it('says in words what does not fit, and asks which way a score points', async () => {
    await give('strangers.csv', 'truth.csv');
    await page.getByText('None of the 260 ids of strangers.csv is among the 260 of the truth').waitFor();
    await page.getByText('Choose the column that holds the images’ ids, or the truth of these images.').waitFor();
    expect(await page.getByRole('button', { name: 'Judge', exact: true }).isDisabled()).toBe(true);
    await give('low.csv', 'truth.csv');
    await page.getByText('nothing says for which of the classes').waitFor();
    await page.getByLabel('mel (Melanoma)').check();
    await page.getByText('The score is higher where mel is not the truth').waitFor();
    expect(await page.getByRole('button', { name: 'Judge', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('Which way the score points').selectOption('lower');
    await page.getByText('The score is lower where yes is true, as was said: it was turned round.').waitFor();
    await setResamples(0);
    await page.getByRole('button', { name: 'Judge', exact: true }).click();
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    expect(studio.errors).toEqual([]);
  }, 300_000);

  it('analyses a reader study beside a model', async () => {
    await give('readers.csv', 'predictions.csv', 'truth.csv');
    await page.getByLabel('What readers were to find').fill('mel');
    await page.getByText('Columns, thresholds, simulations').click();
    await page.getByLabel('Resamples for the sensitivity analysis').fill('50');
    await page.getByRole('button', { name: 'Judge the readers' }).click();
    await page.getByRole('heading', { name: 'Each reader' }).waitFor();
    await saveDownload(page, 'Save report and numbers (zip)', at('readers.zip'));
    const texts = await unzipped(at('readers.zip'));
    const { files: _, ...wanted } = await readersStep(testContext(), {
      ...{ table: at('readers.csv'), truth: at('truth.csv'), model: at('predictions.csv') },
      ...{ positive: ['mel'], resamples: 50, random: 'readers-and-cases' },
    });
    expectSame(JSON.parse(texts.get('readers/readers.json')!), JSON.parse(JSON.stringify(wanted)));
    expect(texts.get('readers/readers.html')).toContain('What this rests on');
    expect(studio.errors).toEqual([]);
  }, 300_000);

  it('asks an ONNX file about the images of a dataset', async () => {
    const { path } = await exportStep(testContext(), { run: tiny.run.path });
    const dataset = await openDataset(tiny.data);
    const files: string[] = [dataset.metadataFile];
    for (const { imageId } of dataset.records.slice(0, 500)) files.push(dataset.images.location(imageId));
    await dataset.images.close();
    await page.goto(`${page.url().split('#')[0]}#/`);
    await page.reload();
    await page.getByLabel('Files to judge').setInputFiles([path, ...files]);
    await page.getByRole('button', { name: 'Ask the network, and judge' }).waitFor();
    await setResamples(0);
    await page.getByRole('button', { name: 'Ask the network, and judge' }).click();
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    await saveDownload(page, 'Save the run folder (zip)', at('network.zip'));
    const texts = await unzipped(at('network.zip'));
    const [name] = [...texts.keys()][0].split('/');
    const found = JSON.parse(texts.get(`${name}/evaluation/test/evaluation.json`)!);
    const { evaluation } = await judgeStep(testContext(), {
      ...{ source: path, truth: tiny.data, run: at('asked'), resamples: 0 },
    });
    for (const key of ['accuracy', 'balancedAccuracy', 'loss'] as const)
      expect(found[key]).toBeCloseTo(evaluation[key], 4);
    expect(found.images).toBe(evaluation.images);
    expect(studio.errors).toEqual([]);
  }, 300_000);
});
