import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { type ExternalEvaluation, isExternalEvaluation, parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { parsePatientsCsv } from '../../../src/evaluation/predictions/patientsCsv.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { compareStep } from '../../../src/node/steps/compare.js';
import { type EvaluateStepOptions, evaluateStep } from '../../../src/node/steps/evaluate.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { addFiles, makeFolder, removeFolders, smallImage } from '../datasetFolder.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
/** Class folders: 5 melanomas, 4 naevi under another name, 2 scars. */
let clinic: string;
const map = { melanoma: 'mel', scar: '' };

const readText = (path: string) => readFileSync(path, 'utf8');
const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(6)));

beforeAll(async () => {
  tiny = await makeTinyRun();
  const counts = { melanoma: 5, NV: 4, scar: 2 };
  clinic = join(makeFolder(), 'Clinic of Zürich');
  let n = 0;
  for (const [folder, images] of Object.entries(counts))
    for (let i = 1; i <= images; i++)
      addFiles(clinic, { [join(folder, `${folder}-${i}.png`)]: await smallImage(n++, 'png') });
});
afterAll(() => {
  tiny.remove();
  removeFolders();
});

const evaluationsOf = (run: TinyRun['run']) =>
  existsSync(join(run.path, 'evaluation')) ? readdirSync(join(run.path, 'evaluation')).sort() : [];

async function evaluate(options: Omit<EvaluateStepOptions, 'run'>): Promise<ExternalEvaluation> {
  const { evaluation } = await evaluateStep(testContext(), { run: tiny.run.path, resamples: 0, ...options });
  if (!isExternalEvaluation(evaluation)) throw new Error('expected an evaluation of external data');
  return evaluation;
}

describe('external data', () => {
  it('is predicted as `predict` does, mapped, and scored over all classes', async () => {
    const result = await evaluateStep(testContext(), { run: tiny.run.path, data: clinic, map, resamples: 30 });
    const { evaluation, files } = result;
    for (const file of files) expect(existsSync(file), file).toBe(true);
    // Derived from the folder's name.
    const paths = tiny.run.evaluation('Clinic-of-Zurich');
    expect(JSON.parse(readText(paths.evaluation))).toEqual(JSON.parse(JSON.stringify(evaluation)));
    expect(readdirSync(paths.folder).sort()).toEqual([
      'confusion-matrix-perfect.svg',
      'confusion-matrix.svg',
      'evaluation.json',
      'predictions.csv',
      'sample-grid.json',
      'sample-grid.png',
      'subgroups.csv',
      'subgroups.json',
    ]);
    expect(evaluation).toMatchObject({
      split: 'Clinic-of-Zurich',
      images: 9,
      external: {
        source: clinic,
        map: { NV: 'nv', melanoma: 'mel', scar: null },
        leftOut: [{ id: 'scar', images: 2 }],
        restricted: null,
        hasLesionIds: false,
        overlap: { identical: { train: 0, validation: 0, test: 0 }, sameId: { train: 0, validation: 0, test: 0 } },
      },
      restricted: null,
      comparison: null,
      calibration: null,
    });
    expect(evaluation.perClass.filter(({ support }) => support > 0).map(({ dx, support }) => [dx, support])).toEqual([
      ['mel', 5],
      ['nv', 4],
    ]);
    const notes = (evaluation as ExternalEvaluation).external.notes.join('\n');
    expect(notes).toContain('Left out: 2 images of the class scar.');
    expect(notes).toContain('No comparison with the test split');
    expect(notes).not.toContain('Warning');

    const predictions = parsePredictionsCsv(readText(paths.predictions), {
      file: paths.predictions,
      classes: tiny.config.data.classes,
    });
    const { images } = await predictImages(testContext(), { source: tiny.run.path, inputs: [clinic] });
    const other = new Map(images.map(({ file, probabilities }) => [basename(file, '.png'), probabilities]));
    for (const [i, imageId] of predictions.imageIds.entries())
      expect(rounded(predictions.probabilities.subarray(i * 7, i * 7 + 7))).toEqual(rounded(other.get(imageId)!));
    expect(predictions.imageIds.filter((_, i) => predictions.labels[i] === 4)).toEqual(
      [1, 2, 3, 4, 5].map((i) => `melanoma-${i}`),
    );
  });

  it('keeps whose the images are, so that `compare` draws patients there, too', async () => {
    const folder = join(makeFolder(), 'practice');
    const rows = ['image_id,lesion_id,dx,patient_id'];
    for (let i = 0; i < 12; i++) {
      addFiles(folder, { [`p-${i}.png`]: await smallImage(60 + i, 'png') });
      rows.push(`p-${i},l-${i >> 1},${i % 4 < 2 ? 'mel' : 'nv'},${i < 10 ? `Ann-${i >> 2}` : ''}`);
    }
    addFiles(folder, { 'table.csv': `${rows.join('\n')}\n` });
    await evaluate({ data: join(folder, 'table.csv'), name: 'practice' });
    const { patients } = tiny.run.evaluation('practice');
    expect(parsePatientsCsv(readText(patients)).slice(8)).toEqual([
      { imageId: 'p-8', lesionId: 'l-4', patientId: 'Ann-2' },
      { imageId: 'p-9', lesionId: 'l-4', patientId: 'Ann-2' },
      { imageId: 'p-10', lesionId: 'l-5' },
      { imageId: 'p-11', lesionId: 'l-5' },
    ]);
    const runs = [tiny.run.path, tiny.run.path];
    const compared = await compareStep(testContext(), { runs, split: 'practice', resamples: 20 });
    expect(compared.comparisons[0].clusters).toEqual({ of: 'patient', count: 4 });
    // The same again of data that name nobody: nothing of the earlier one stays.
    addFiles(folder, { 'table.csv': `${rows.map((row) => row.split(',').slice(0, 3).join()).join('\n')}\n` });
    await evaluate({ data: join(folder, 'table.csv'), name: 'practice' });
    expect(existsSync(patients)).toBe(false);
    const again = await compareStep(testContext(), { runs, split: 'practice', resamples: 20 });
    expect(again.comparisons[0].clusters).toEqual({ of: 'lesion', count: 6 });
  });

  it('may be of one class: a folder or a table of melanomas alone is scored, and what needs others says so', async () => {
    const folder = join(makeFolder(), 'melanomas');
    const rows = ['image_id,dx'];
    for (let i = 0; i < 6; i++) {
      addFiles(folder, { [join('mel', `only-${i}.png`)]: await smallImage(40 + i, 'png') });
      rows.push(`only-${i},mel`);
    }
    const fromFolder = await evaluate({ data: folder, resamples: 20 });
    addFiles(folder, { 'table.csv': `${rows.join('\n')}\n` });
    const fromTable = await evaluate({ data: join(folder, 'table.csv'), name: 'table', resamples: 20 });
    for (const found of [fromFolder, fromTable]) {
      expect(found).toMatchObject({ images: 6, auroc: { macro: null }, averagePrecision: { macro: null } });
      expect(found.absentClasses).toEqual(['akiec', 'bcc', 'bkl', 'df', 'nv', 'vasc']);
      expect(found.notes).toEqual([expect.stringMatching(/^All images are of one class \(mel\)/)]);
      const { recall, support, specificity } = found.perClass[4];
      expect({ recall, support, specificity }).toEqual({ recall: found.accuracy, support: 6, specificity: null });
      expect(found.balancedAccuracy).toBe(found.accuracy);
      expect(found.confusionMatrix[4].reduce((sum, count) => sum + count, 0)).toBe(6);
    }
    expect(fromTable.confusionMatrix).toEqual(fromFolder.confusionMatrix);
    const call = await callCommandLine([
      'evaluate',
      tiny.run.path,
      '--data',
      folder,
      '--name',
      'again',
      '--resamples',
      '20',
    ]);
    expect(call).toMatchObject({ status: 0 });
    expect(call.stdout).toMatch(/^All images are of one class \(mel\)/m);
    expect(call.stdout).toMatch(/^macro AUROC +–/m);
    await expect(evaluate({ data: folder, name: 'restricted', restrict: true })).rejects.toMatchObject({
      kind: 'data',
      code: 'one-class',
    });
  });

  it('is compared with the test split, restricted likewise, and leaves that and the calibration alone', async () => {
    const { run, config } = tiny;
    await evaluateStep(testContext(), { run: run.path, resamples: 0 });
    const [test, log, calibration] = [run.evaluation('test').evaluation, run.evaluation('test').log, run.calibration];
    const before = [test, log, calibration].map(readText);
    const found = await evaluate({ data: clinic, map, restrict: true, resamples: 100 });
    expect([test, log, calibration].map(readText)).toEqual(before);

    const { temperature } = JSON.parse(before[2]);
    expect(found.calibration).toMatchObject({ temperature });
    expect(found.calibration!.conformal.map(({ level }) => level)).toEqual([0.8, 0.9, 0.95]);
    const internal = JSON.parse(before[0]);
    const { comparison, restricted } = found;
    expect(comparison).toMatchObject({ internal: { images: internal.images }, external: { images: 9 } });
    expect(comparison!.classes).toEqual(['mel', 'nv']);
    expect(comparison!.accuracy.difference).toBeCloseTo(found.accuracy - internal.accuracy, 12);
    expect(comparison!.recall[0].internal).toBe(internal.perClass[4].recall);

    expect(found.external.restricted).toEqual(['mel', 'nv']);
    expect(restricted).toMatchObject({ classes: ['mel', 'nv'], images: 9, calibration: { temperature } });
    // Each side by hand: the more probable of the two.
    const melRecall = (name: string) => {
      const { predictions: file } = run.evaluation(name);
      const all = parsePredictionsCsv(readText(file), { file, classes: config.data.classes });
      const rows = [...all.labels.keys()].filter((i) => all.labels[i] === 4);
      return rows.filter((i) => all.probabilities[i * 7 + 4] >= all.probabilities[i * 7 + 5]).length / rows.length;
    };
    expect(restricted!.perClass[0].recall).toBeCloseTo(melRecall('Clinic-of-Zurich'), 12);
    expect(restricted!.comparison!.recall[0]).toMatchObject({
      dx: 'mel',
      internal: melRecall('test'),
      external: melRecall('Clinic-of-Zurich'),
    });
    const twoClasses = internal.perClass[4].support + internal.perClass[5].support;
    expect(restricted!.comparison!.internal.images).toBe(twoClasses);

    // Other weights than the test split was evaluated with.
    const last = await evaluate({ data: clinic, map, checkpoint: 'last', restrict: true });
    expect(last).toMatchObject({ comparison: null, restricted: { comparison: null }, calibration: null });
    expect(last.external.notes.join('\n')).toContain('--checkpoint last');
  });

  it('prints the differences, and one object with --json', async () => {
    const options = [
      '--data',
      clinic,
      '--map',
      'melanoma=mel,scar=',
      '--restrict',
      '--resamples',
      '20',
      '--name',
      'c1',
    ];
    const call = await callCommandLine(['evaluate', tiny.run.path, ...options]);
    expect(call).toMatchObject({ status: 0 });
    expect(call.stdout).toMatch(/^9 c1 images of 9 lesions/);
    expect(call.stdout).toContain('c1 against the test split');
    expect(call.stdout).toMatch(/balanced accuracy +0\.\d{3} +0\.\d{3} +[−+]0\.\d{3}/);
    expect(call.stdout).toContain('* fewer than 10 lesions on one side');
    expect(call.stdout).toContain('Restricted to mel, nv');
    expect(call.stdout).toContain('Left out: 2 images of the class scar.');
    const json = await callCommandLine(['evaluate', tiny.run.path, ...options, '--json']);
    expect(json.json()).toMatchObject({ split: 'c1', external: { source: clinic }, comparison: { level: 0.95 } });
    const compared = await callCommandLine(['compare', tiny.run.path, tiny.run.path, '--split', 'c1', '--json']);
    expect(compared.json()).toMatchObject({ comparisons: [{ images: 9 }] });
  });

  it('may be a table whose images lie below it, whatever other tables are there', async () => {
    const folder = makeFolder({ 'other.csv': 'image_id,dx\na1,bcc\na2,bcc\na3,bcc\n' });
    for (const n of [1, 2, 3]) addFiles(folder, { [`deep/er/a${n}.png`]: await smallImage(n, 'png') });
    const rows = ['image_id,lesion_id,dx,age', 'a1,L1,Melanoma,40', 'a2,L1,melanoma,70', 'a3,L2,nv,', ''];
    addFiles(folder, { 'mine.csv': rows.join('\n') });
    const data = join(folder, 'mine.csv');
    const found = await evaluate({ data, map: { melanoma: 'mel' } });
    expect(found).toMatchObject({
      split: 'mine',
      images: 3,
      lesions: 2,
      external: { source: data, hasLesionIds: true },
    });
    expect(found.external.map).toEqual({ Melanoma: 'mel', melanoma: 'mel', nv: 'nv' });
    expect(readText(join(tiny.run.evaluation('mine').folder, 'subgroups.csv'))).toContain('age,30 to 44 years,1');
    const not = join(folder, 'not.csv');
    writeFileSync(not, 'a,b\n1,2\n');
    await expect(evaluate({ data: not })).rejects.toMatchObject({
      code: 'not-metadata',
      message: expect.stringContaining(not),
    });
    addFiles(folder, { 'empty.csv': 'image_id,dx\na1,nv\na2,\n' });
    await expect(evaluate({ data: join(folder, 'empty.csv') })).rejects.toMatchObject({
      code: 'unknown-diagnosis',
      message: expect.stringContaining('row 3'),
    });
  });

  it('refuses images that the network was trained on, under whatever name, unless it is told what to do with them', async () => {
    const { run, data } = tiny;
    const rows = parseSplitsCsv(readText(run.splitsCsv));
    const files = (split: string) => rows.filter((row) => row.split === split).map(({ imageId }) => imageFile(imageId));
    const folder = makeFolder();
    const [train, validation] = [files('train'), files('validation')];
    for (const n of [0, 1, 2]) cpSync(train[n], join(folder, 'nv', `copy-${n}.jpg`));
    cpSync(validation[0], join(folder, 'mel', 'copy-3.jpg'));
    await expect(evaluate({ data: folder, name: 'copies' })).rejects.toMatchObject({
      kind: 'data',
      code: 'learned-images',
      message: `4 of the 4 images of ${folder} are among those that the network learned from: 3 that it was trained on, 1 that its best epoch was chosen on. Results on them would flatter it.`,
    });
    await expect(evaluate({ data: folder, name: 'copies', overlap: 'leave-out' })).rejects.toMatchObject({
      code: 'learned-images',
      message: expect.stringContaining('None is left to evaluate.'),
    });
    // The name of a training image, another picture: no archive gave this name, and two people may both have used it.
    addFiles(folder, { [join('mel', basename(train[5]).replace('jpg', 'png'))]: await smallImage(5, 'png') });
    addFiles(folder, { [join('mel', 'new.png')]: await smallImage(99, 'png') });
    const left = await evaluate({ data: folder, name: 'copies', overlap: 'leave-out' });
    expect(left.images).toBe(2);
    expect(left.external.overlap).toEqual({
      identical: { train: 0, validation: 0, test: 0 },
      sameId: { train: 1, validation: 0, test: 0 },
    });
    expect(left.external.notes[0]).toBe('Left out: 4 images that the network was trained or its best epoch chosen on.');
    const found = await evaluate({ data: folder, name: 'copies', overlap: 'keep' });
    expect(found.external.overlap).toEqual({
      identical: { train: 3, validation: 1, test: 0 },
      sameId: { train: 1, validation: 0, test: 0 },
    });
    expect(found.external.notes[0]).toBe(
      'Warning: 3 of the 6 images are the same files as images that the network was trained on: results on them flatter it.',
    );
    const away = `${data}-away`;
    renameSync(data, away);
    const without = await evaluate({ data: folder, name: 'copies', overlap: 'keep' });
    renameSync(away, data);
    expect(without.external.overlap).toEqual({ identical: null, sameId: { train: 1, validation: 0, test: 0 } });
    expect(without.external.notes.join('\n')).toContain('by their ids only');
  });
});

const imageFile = (imageId: string) =>
  ['HAM10000_images_part_1', 'HAM10000_images_part_2']
    .map((part) => join(tiny.data, part, `${imageId}.jpg`))
    .find((path) => existsSync(path))!;

describe('the run’s own data elsewhere', () => {
  it('is the split, as a folder or as a table, and takes no options of external data', async () => {
    const moved = join(makeFolder(), 'moved');
    cpSync(tiny.data, moved, { recursive: true });
    const table = join(moved, 'HAM10000_metadata.csv');
    for (const data of [moved, table]) {
      const { evaluation } = await evaluateStep(testContext(), {
        run: tiny.run.path,
        data,
        split: 'validation',
        resamples: 0,
      });
      expect(evaluation.split).toBe('validation');
      expect(isExternalEvaluation(evaluation)).toBe(false);
    }
    await expect(evaluate({ data: moved, name: 'x' })).rejects.toMatchObject({ kind: 'usage', code: 'own-data' });
  });

  it('is refused where some of it is missing, unless it is given a name', async () => {
    const part = join(makeFolder(), 'part');
    cpSync(tiny.data, part, { recursive: true });
    const table = join(part, 'HAM10000_metadata.csv');
    const lines = readText(table).split('\n');
    const lost = lines[3].split(',')[1];
    writeFileSync(table, lines.filter((_, i) => i !== 3).join('\n'));
    await expect(evaluate({ data: part })).rejects.toMatchObject({
      kind: 'data',
      code: 'partly-own-data',
      message: expect.stringContaining(`89 of the run's 90 images`),
      details: [expect.stringContaining(lost)],
    });
    await expect(evaluate({ data: part, name: 'part' })).rejects.toMatchObject({ code: 'learned-images' });
    const found = await evaluate({ data: part, name: 'part', overlap: 'keep' });
    expect(found.images).toBe(89);
    const { train, validation, test } = found.external.overlap.identical!;
    expect(train + validation + test).toBe(89);
    expect(found.external.notes.filter((note) => note.startsWith('Warning'))).toHaveLength(3);
  });
});

describe('external data that cannot be evaluated', () => {
  const refused = async (options: Omit<EvaluateStepOptions, 'run'>, error: object) => {
    const before = evaluationsOf(tiny.run);
    await expect(evaluate(options)).rejects.toMatchObject(error);
    expect(evaluationsOf(tiny.run)).toEqual(before);
  };

  it('lists the classes that are none of the run’s, with their images', async () => {
    await refused(
      { data: clinic, name: 'new', map: { melanoma: 'mel' } },
      { kind: 'data', code: 'unmapped-classes', details: ['scar (2 images)'], exitStatus: 3 },
    );
    const call = await callCommandLine(['evaluate', tiny.run.path, '--data', clinic]);
    expect(call).toMatchObject({ status: 3 });
    expect(call.stderr).toContain('melanoma (5 images), scar (2 images)');
    expect(call.stderr).toContain('--map "melanoma=...,scar=..."');
  });

  it('refuses names of splits, of other evaluations, and what is no name', async () => {
    for (const name of ['test', 'Train', 'validation', '../out', '', '.x'])
      await refused({ data: clinic, map, name }, { kind: 'usage', code: 'bad-name', exitStatus: 2 });
    const folder = join(makeFolder(), 'test');
    addFiles(folder, { 'mel/1.png': await smallImage(1, 'png'), 'nv/2.png': await smallImage(2, 'png') });
    await refused({ data: folder }, { code: 'bad-name', hint: expect.stringContaining('`name`') });
    await evaluate({ data: folder, name: 'two' });
    await refused(
      { data: clinic, map, name: 'two' },
      { code: 'name-in-use', message: expect.stringContaining(folder) },
    );
    // The same data again is no one's loss.
    expect((await evaluate({ data: folder, name: 'two', restrict: true })).restricted).not.toBeNull();
  });

  it('names images that cannot be used, and goes on without them where asked', async () => {
    const folder = makeFolder({ 'mel/broken.jpg': 'no picture' });
    addFiles(folder, { 'mel/1.png': await smallImage(1, 'png'), 'nv/2.png': await smallImage(2, 'png') });
    await refused(
      { data: folder, name: 'damaged' },
      { kind: 'data', code: 'unusable-images', message: expect.stringContaining('broken.jpg') },
    );
    const found = await evaluate({ data: folder, name: 'damaged', excludeUnusable: true });
    expect(found).toMatchObject({ images: 2, external: { excluded: ['broken'] } });
  });

  it('refuses options that do not go together', async () => {
    await refused({ map }, { kind: 'usage', code: 'no-external-data' });
    await refused({ data: clinic, map, split: 'test' }, { kind: 'usage', code: 'split-of-external' });
    await refused({ data: join(clinic, 'nowhere') }, { kind: 'data', code: 'no-folder' });
    await refused({ data: clinic, map: { ...map, NV: '' }, restrict: true }, { kind: 'data', code: 'one-class' });
    const call = await callCommandLine(['evaluate', tiny.run.path, '--data', clinic, '--map', 'melanoma']);
    expect(call).toMatchObject({ status: 2 });
    expect(call.stderr).toContain('melanoma=mel,nevus=nv');
  });

  it('stops on Ctrl-C with nothing written', async () => {
    const controller = new AbortController();
    controller.abort();
    const before = evaluationsOf(tiny.run);
    const stopped = { run: tiny.run.path, data: clinic, map, name: 'stopped' };
    await expect(evaluateStep(testContext(controller.signal), stopped)).rejects.toMatchObject({ kind: 'interrupted' });
    expect(evaluationsOf(tiny.run)).toEqual(before);
  });
});
