import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { anyConfig } from '../../../src/training/recipe/ensembleConfig.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { copyPaintedData } from '../paintedData.js';
import { testContext } from '../tinyRun.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-folds-'));
const at = (...names: string[]) => join(root, ...names);
const folds = [1, 2, 3].map((fold) => at('folds', `fold-${fold}`));
const call = async (...words: string[]) => await callCommandLine([...words, '--quiet', '--threads', '1']);
const json = (...names: string[]) => JSON.parse(readFileSync(at(...names), 'utf8'));

beforeAll(async () => {
  process.env.LESIONLAB_CACHE = at('cache');
  await copyPaintedData(at('data'), { images: 140, size: [40, 30] });
  await copyPaintedData(at('other'), { images: 60, size: [40, 30], seed: 7 });
  const settings = ['--preset', 'demo', '--image-size', '24', '--epochs', '1', '--batch-size', '8'];
  expect((await call('cross-validate', at('data'), '--run', at('folds'), '--folds', '3', ...settings)).status).toBe(0);
}, 300_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('folds of a cross-validation that answer together', () => {
  it('are refused without being asked for expressly, and with what would want images of their own', async () => {
    const plain = await call('ensemble', at('folds'), '--run', at('model'));
    expect([plain.status, plain.stderr]).toEqual([2, expect.stringContaining('--for-new-data')]);
    const weighted = await call(
      'ensemble',
      at('folds'),
      '--run',
      at('m'),
      '--for-new-data',
      '--weighting',
      'validation',
    );
    expect(weighted.status).toBe(2);
    const two = await call('ensemble', folds[0], folds[1], '--run', at('m'), '--for-new-data');
    expect([two.status, two.stderr]).toEqual([4, expect.stringContaining('a fold is missing')]);
  });

  it('have the pooled results, and none of the mean on any of their images', async () => {
    expect((await call('ensemble', at('folds'), '--run', at('model'), '--for-new-data')).status).toBe(0);
    expect(anyConfig.parse(json('model', 'config.json'))).toMatchObject({ ensemble: { folds: { count: 3 } } });
    const { pooled } = json('folds', 'cross-validation.json');
    const { split: _, ...own } = json('model', 'evaluation/out-of-fold/evaluation.json');
    expect(own).toEqual({ ...pooled, split: undefined });
    for (const command of ['evaluate', 'explain', 'shortcuts', 'paper']) {
      const { status, stderr } = await call(
        command,
        at('model'),
        ...(command === 'paper' ? ['--to', at('paper')] : []),
      );
      expect([command, status, stderr]).toEqual([command, 4, expect.stringContaining('taught some of them')]);
    }
    expect((await call('evaluate', at('model'), '--data', at('data'))).status).toBe(4);
    expect((await call('compare', at('model'), folds[0])).stderr).toContain('taught some of them');
  });

  it('answer about other images by the mean of their answers', async () => {
    const names = ['akiec', 'bcc', 'bkl', 'df', 'mel', 'nv', 'vasc'];
    const ask = async (source: string) => await predictImages(testContext(), { source, inputs: [at('other')] });
    const whole = await ask(at('model'));
    const parts = await Promise.all(folds.map(ask));
    for (const [i, { probabilities }] of whole.images.entries())
      for (const k of names.keys())
        expect(probabilities[k]).toBeCloseTo(
          parts.reduce((sum, part) => sum + part.images[i].probabilities[k] / 3, 0),
          6,
        );
    // Painted images of other seeds have the same ids.
    const evaluated = await call(
      'evaluate',
      at('model'),
      '--data',
      at('other'),
      '--name',
      'other',
      '--overlap',
      'keep',
    );
    expect(evaluated.status).toBe(0);
    const file = at('model', 'evaluation/other/predictions.csv');
    expect(
      parsePredictionsCsv(readFileSync(file, 'utf8'), { file, classes: json('model', 'config.json').data.classes })
        .imageIds,
    ).toHaveLength(60);
    expect((await call('export', at('model'))).status).toBe(0);
  });

  it('say in report and model card what their numbers are of', async () => {
    expect((await call('report', at('model'))).status).toBe(0);
    for (const name of ['report.html', 'model-card.md'])
      expect(readFileSync(at('model', name), 'utf8')).toContain('These numbers are out of fold');
    expect(readFileSync(at('model', 'report.html'), 'utf8')).not.toContain('never seen, it named');
  });

  it('have to be evaluated as they are now', async () => {
    const last = join(folds[2], 'checkpoints', 'best.safetensors');
    writeFileSync(last, readFileSync(join(folds[1], 'checkpoints', 'best.safetensors')));
    const { status, stderr } = await call('ensemble', ...folds, '--run', at('changed'), '--for-new-data');
    expect([status, stderr]).toEqual([
      4,
      expect.stringContaining('has not been evaluated on its fold with these weights'),
    ]);
    expect((await call('predict', at('model'), at('other'))).status).toBe(4);
  });
});
