import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { readCalibration } from '../../../src/node/prediction/runCalibration.js';
import { loadCheckpoint } from '../../../src/node/run/checkpointFile.js';
import { compareStep } from '../../../src/node/steps/compare.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

const evaluate = (more: object = {}) => evaluateStep(testContext(), { run: tiny.run.path, resamples: 40, ...more });

let tiny: TinyRun;
let ofTest: Awaited<ReturnType<typeof evaluate>>;
beforeAll(async () => {
  tiny = await makeTinyRun();
  ofTest = await evaluate();
});
afterAll(() => tiny.remove());

const classes = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];

describe('evaluating the test split', () => {
  it('calibrates on validation, keeps that with the run, and scores both', async () => {
    const { evaluation } = ofTest;
    const calibration = await readCalibration(tiny.run, await loadCheckpoint(tiny.run, 'best'));
    expect(calibration!.lossAfter).toBeLessThanOrEqual(calibration!.lossBefore);
    expect(calibration!.conformal.map(({ level }) => level)).toEqual([0.8, 0.9, 0.95]);
    expect(evaluation.calibration).toMatchObject({ temperature: calibration!.temperature });
    // Of each class: the validation images that its threshold rests on, and whether they are too few.
    for (const [i, { level, images, thresholds, imagesNeeded, tooFewImages }] of calibration!.conformal.entries()) {
      expect(imagesNeeded).toBe([4, 9, 19][i]);
      const few = classes.filter((_, k) => images[k] < imagesNeeded!);
      expect(tooFewImages).toEqual(few);
      expect(few.length, 'this run has rare classes').toBeGreaterThan(0);
      expect(evaluation.calibration!.conformal[i].rules).toEqual({
        level,
        imagesNeeded,
        classes: classes.map((id, k) => ({
          id,
          images: images[k],
          threshold: few.includes(id) ? null : thresholds[k],
        })),
      });
    }
    expect(evaluation.calibration!.before.loss).toBeCloseTo(evaluation.loss, 12);
    expect(evaluation.calibration!.after.intervals!.calibrationError).not.toBeNull();
    // Other weights need another calibration.
    expect(await readCalibration(tiny.run, await loadCheckpoint(tiny.run, 'last'))).toBeNull();
  });

  it('writes groups as JSON and CSV', async () => {
    const { folder } = tiny.run.evaluation('test');
    const groups = JSON.parse(readFileSync(join(folder, 'subgroups.json'), 'utf8'));
    expect(new Set(groups.map(({ field }: { field: string }) => field))).toContain('age');
    const [header, ...rows] = readFileSync(join(folder, 'subgroups.csv'), 'utf8').trim().split('\n');
    expect(header).toMatch(/^field,value,images,lesions,classes,accuracy,/);
    expect(rows).toHaveLength(groups.length);
  });

  it('does not score validation images with what was fitted on them', async () => {
    expect((await evaluate({ split: 'validation' })).evaluation.calibration).toBeNull();
  });
});

describe('predict', () => {
  const predict = (source: string, more: object = {}) =>
    predictImages(testContext(), { source, inputs: [join(tiny.data, 'HAM10000_images_part_1')], ...more });

  it('gives calibrated probabilities and sets, the same from the run and from the exported file', async () => {
    const { path } = await exportStep(testContext(), { run: tiny.run.path });
    const [run, file] = [await predict(tiny.run.path), await predict(path)];
    expect(file.temperature).toBe(run.temperature);
    expect(file.setRules).toEqual(run.setRules);
    for (const [i, { calibrated, sets, predicted, probabilities }] of run.images.entries()) {
      expect(calibrated!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(calibrated!.indexOf(Math.max(...calibrated!))).toBe(probabilities.indexOf(Math.max(...probabilities)));
      expect(sets.map(({ level }) => level)).toEqual([0.8, 0.9, 0.95]);
      // Whoever promises more leaves fewer out.
      for (const id of sets[0].classes) expect(sets[2].classes).toContain(id);
      for (const { level, classes: held, tooFewImages } of sets) {
        const rules = run.setRules.find((rule) => rule.level === level)!.classes;
        expect(tooFewImages).toEqual(rules.filter(({ threshold }) => threshold === null).map(({ id }) => id));
        for (const { id, threshold } of rules)
          expect(held.includes(id), id).toBe(threshold === null || calibrated![classes.indexOf(id)] >= threshold);
      }
      for (const [k, p] of file.images[i].calibrated!.entries()) expect(p).toBeCloseTo(calibrated![k], 4);
      expect(predicted).toBe(file.images[i].predicted);
    }
  });

  it('says nothing of certainty where none was measured', async () => {
    const { temperature, images, setRules } = await predict(tiny.run.path, { checkpoint: 'last' });
    expect(temperature).toBeNull();
    expect(images[0]).toMatchObject({ calibrated: null, sets: [] });
    expect(setRules).toEqual([]);
  });

  it('shows both in the terminal and as CSV', async () => {
    const image = join(tiny.data, 'HAM10000_images_part_1');
    const table = await callCommandLine(['predict', tiny.run.path, image]);
    expect(table.stdout).toMatch(/^image +most probable .* set of 90% +known kind *$/m);
    expect(table.stdout).toContain('calibrated on validation images');
    expect(table.stdout).toMatch(
      /In every set however unlikely, for lack of validation images: in sets made for 90%, which take 9, .*df \(\d\)/,
    );
    const csv = await callCommandLine(['predict', tiny.run.path, image, '--format', 'csv']);
    expect(csv.stdout.split('\n')[0]).toMatch(
      /^file,predicted,.*,calibrated_\w+,set_80,set_90,set_95,out_of_distribution,flagged$/,
    );
  });

  it('names a damaged calibration', async () => {
    const before = readFileSync(tiny.run.calibration, 'utf8');
    writeFileSync(tiny.run.calibration, '{"sha256": 3}');
    await expect(predict(tiny.run.path)).rejects.toMatchObject({ kind: 'run' });
    writeFileSync(tiny.run.calibration, before);
  });
});

describe('compare', () => {
  it('finds no difference between a run and itself, and names what is missing', async () => {
    const runs = [tiny.run.path, tiny.run.path];
    const { comparisons } = await compareStep(testContext(), { runs, resamples: 20 });
    expect(comparisons[0].metrics.every(({ difference }) => difference === 0)).toBe(true);
    const call = await callCommandLine(['compare', ...runs, '--resamples', '20']);
    expect(call).toMatchObject({ status: 0 });
    expect(call.stdout).toMatch(/^balanced accuracy +0\.\d{3} +0\.\d{3} +\+0\.000/m);
    expect(call.stdout).toContain('p = 1.000');
    await expect(compareStep(testContext(), { runs, split: 'elsewhere' })).rejects.toMatchObject({
      kind: 'run',
      code: 'not-evaluated',
    });
    await expect(compareStep(testContext(), { runs: [tiny.run.path] })).rejects.toMatchObject({ kind: 'usage' });
  });
});
