import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluatePredictions, formatPredictionsCsv } from '../../src/evaluation/index.js';
import { sharpCodec } from '../../src/node/files/codec.js';
import { writeTrainingCurves } from '../../src/node/run/trainingCurves.js';
import { reportStep } from '../../src/node/steps/report.js';
import { silentProgress } from '../../src/progress.js';
import { madeUpConfig, madeUpExploration, madeUpPredictions, madeUpRecords, madeUpSplits } from './fixtures.js';
import { madeUpExternal, madeUpLeak } from './madeUpInput.js';
import { assertWellFormed, findPageFaults, parsePage } from './structure.js';

const context = { progress: silentProgress };

describe('report step', () => {
  let root: string;
  let run: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lesionlab-report-'));
    run = join(root, 'run');
    await mkdir(run);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (name: string, content: unknown) => {
    await mkdir(join(run, name, '..'), { recursive: true });
    await writeFile(join(run, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const writePicture = async (name: string, width: number, height: number) => {
    const data = new Uint8Array(width * height * 3).map((_, i) => (i * 7) % 251);
    await mkdir(join(run, name, '..'), { recursive: true });
    await writeFile(join(run, name), await sharpCodec.encodePng({ width, height, channels: 3, data }));
  };
  const writeRecords = () =>
    write(
      'metrics.jsonl',
      madeUpRecords()
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );

  async function writeWholeRun() {
    const predictions = madeUpPredictions();
    await write('config.json', madeUpConfig());
    await write('exploration/exploration.json', madeUpExploration());
    await write('splits.json', madeUpSplits());
    await writeRecords();
    await write('evaluation/test/predictions.csv', formatPredictionsCsv(predictions));
    await write(
      'evaluation/test/evaluation.json',
      evaluatePredictions(predictions, { split: 'test', seed: 0, resamples: 20 }),
    );
    await write('evaluation/test/log.jsonl', '{"sha256":"a"}\n{"sha256":"b"}\n');
    await writePicture('training-batch.png', 1400, 700);
    await writePicture('evaluation/test/sample-grid.png', 300, 200);
  }

  it('writes one small self-contained file from a whole run', async () => {
    await writeWholeRun();
    const { path, bytes } = await reportStep(context, run);
    const html = await readFile(path, 'utf8');
    expect(Buffer.byteLength(html)).toBe(bytes);
    expect(bytes).toBeLessThan(3e6);
    expect(findPageFaults(html)).toEqual([]);
    const page = parsePage(html);
    const batch = page.querySelector('#training img')!;
    expect([batch.getAttribute('width'), batch.getAttribute('height')]).toEqual(['960', '480']);
    expect(page.querySelector('#results')?.textContent).toContain('evaluated 2 times in this run, with 2 different');
    // The data's folder isn't there: the grid that evaluation drew stands in.
    expect(page.querySelector('#errors img')?.getAttribute('alt')).toContain('Test images in a grid');
  });

  it('shows test images from the folder named, and notes where there is none', async () => {
    await writeWholeRun();
    const notes: string[] = [];
    const noting = { progress: { ...silentProgress, note: (line: string) => void notes.push(line) } };
    const { bytes } = await reportStep(noting, run);
    expect(notes).toEqual([expect.stringMatching(/no test images.*--data/)]);
    const { classes, imageIds, labels } = madeUpPredictions();
    for (const [i, imageId] of imageIds.entries()) {
      await mkdir(join(run, 'moved', classes[labels[i]].id), { recursive: true });
      await writePicture(`moved/${classes[labels[i]].id}/${imageId}.png`, 8, 6);
    }
    const moved = await reportStep(noting, run, { data: join(run, 'moved') });
    expect(notes.length).toBe(1);
    const images = async () => parsePage(await readFile(moved.path, 'utf8')).querySelectorAll('#errors img').length;
    expect(await images()).toBeGreaterThan(1);
    expect(moved.bytes).not.toBe(bytes);
  });

  it('writes a report of a run that has only begun', async () => {
    await write('config.json', madeUpConfig());
    const { path } = await reportStep(context, run);
    const html = await readFile(path, 'utf8');
    expect(findPageFaults(html)).toEqual([]);
    expect(parsePage(html).querySelectorAll('.absent').length).toBeGreaterThanOrEqual(6);
  });

  it('writes the model card and the checklist beside it, without paths of this machine', async () => {
    await writeWholeRun();
    const config = madeUpConfig();
    const { data, model } = config;
    await write('config.json', {
      ...config,
      data: { ...data, folder: '/home/somebody/data', metadataFile: '/home/somebody/data/table.csv' },
      model: { ...model, weightsFile: '/home/somebody/weights.pth' },
    });
    const written = await reportStep(context, run);
    expect(written.modelCard).toBe(join(run, 'model-card.md'));
    expect(written.clearDerm).toBe(join(run, 'clear-derm.md'));
    for (const path of [written.path, written.modelCard, written.clearDerm]) {
      const text = await readFile(path, 'utf8');
      expect(text).not.toContain('somebody');
      expect(text).toContain('weights.pth');
    }
    const card = await readFile(written.modelCard, 'utf8');
    expect(card).toMatch(/^# Model card: LeNet on HAM10000\n/);
    expect(card).toContain('SHA-256 of the weights evaluated:** b');
    const page = parsePage(await readFile(written.path, 'utf8'));
    expect(page.querySelector('#model-card details')?.textContent).toContain('It must not be used');
    expect(page.querySelectorAll('#clear-derm .item')).toHaveLength(25);
  });

  it('shows evaluations of other data without where they lie, and names one that is broken', async () => {
    await writeWholeRun();
    const external = madeUpExternal();
    const evaluation = {
      ...external,
      external: {
        ...external.external,
        source: '/home/somebody/clinic',
        notes: [`First run lesionlab evaluate ${run}, then /home/somebody/clinic again.`],
      },
    };
    await write('evaluation/clinic/evaluation.json', evaluation);
    await write('evaluation/not one/evaluation.json', 'nothing');
    const { path, modelCard } = await reportStep(context, run);
    for (const file of [path, modelCard]) {
      const text = await readFile(file, 'utf8');
      expect(text).not.toContain('somebody');
      expect(text).not.toContain(root);
      expect(text).toContain('First run lesionlab evaluate run, then clinic again.');
    }
    await write('evaluation/clinic/evaluation.json', { ...evaluation, external: {} });
    await expect(reportStep(context, run)).rejects.toMatchObject({ message: expect.stringContaining('clinic') });
  });

  it('finds the leak demonstration inside the run’s folder, then beside it, or where it is named', async () => {
    await writeWholeRun();
    const notes: string[] = [];
    const noting = { progress: { ...silentProgress, note: (line: string) => void notes.push(line) } };
    const shown = async (options = {}) => {
      notes.length = 0;
      const { path } = await reportStep(noting, run, options);
      return /preset lenet, changed: epochs=(\d+);/.exec(await readFile(path, 'utf8'))?.[1];
    };
    const demonstration = (epochs: number) => ({ ...madeUpLeak(), overrides: [`epochs=${epochs}`] });
    expect(await shown()).toBeUndefined();
    await write('../leak/leak.json', demonstration(1));
    expect(await shown()).toBe('1');
    await write('leak/leak.json', demonstration(2));
    expect(await shown()).toBe('2');
    await write('../elsewhere/leak.json', demonstration(3));
    expect(await shown({ leak: join(root, 'elsewhere') })).toBe('3');
    // Of other images, by another version: beside the run they are left out with a note, named they are refused or said to be others.
    const other = { ...demonstration(4), data: { ...demonstration(4).data, sha256: 'other' } };
    await write('leak/leak.json', other);
    await write('../leak/leak.json', { model: 'lenet' });
    expect(await shown()).toBeUndefined();
    expect(notes.join('\n')).toMatch(/of other images than the run's.*\n.*leaves out the leak demonstration/);
    expect(await shown({ leak: join(run, 'leak') })).toBe('4');
    await expect(shown({ leak: join(root, 'leak') })).rejects.toMatchObject({ kind: 'run', code: 'bad-file' });
    await expect(shown({ leak: root })).rejects.toMatchObject({ kind: 'run', code: 'missing-file' });
    await write('leak/leak.json', { ...other, data: { ...other.data, id: 'fitzpatrick' } });
    await expect(shown({ leak: join(run, 'leak') })).rejects.toMatchObject({ code: 'other-leak' });
  });

  it('names a file that is there but broken, and leaves an earlier report alone', async () => {
    await writeWholeRun();
    await write('report.html', 'earlier');
    await write('splits.json', '{"images": 3}');
    await expect(reportStep(context, run)).rejects.toMatchObject({
      kind: 'run',
      message: expect.stringContaining('splits.json'),
    });
    expect(await readFile(join(run, 'report.html'), 'utf8')).toBe('earlier');
  });

  it('refuses a folder that is no run', async () => {
    await write('notes.txt', 'mine');
    await expect(reportStep(context, run)).rejects.toMatchObject({ kind: 'run', code: 'not-a-run' });
    expect(await readdir(run)).toEqual(['notes.txt']);
  });

  it('draws the curves of a run so far', async () => {
    expect(await writeTrainingCurves(run)).toEqual([]);
    await writeRecords();
    const paths = await writeTrainingCurves(run);
    expect(paths).toEqual(['loss.svg', 'accuracy.svg', 'recall-by-class.svg'].map((name) => join(run, 'curves', name)));
    const [loss, , recall] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    assertWellFormed(loss);
    expect(loss).toContain('>overfitting<');
    assertWellFormed(recall);
    expect(recall).toContain('images not on record');
    await write('splits.json', madeUpSplits());
    await write('splits.csv', 'image_id,lesion_id,dx,split\na,1,mel,validation\nb,1,mel,validation\nc,2,mel,train\n');
    await writeTrainingCurves(run);
    expect(await readFile(paths[2], 'utf8')).toContain('1 lesion, 2 images');
  });
});
