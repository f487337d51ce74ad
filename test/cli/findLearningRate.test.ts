import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyPaintedData } from '../node/paintedData.js';
import { assertWellFormed } from '../report/structure.js';
import { callCommandLine } from './callCommandLine.js';

const root = mkdtempSync(join(tmpdir(), 'lesionlab-find-lr-'));
const data = join(root, 'data');
beforeAll(async () => {
  process.env.LESIONLAB_CACHE = join(root, 'cache');
  await copyPaintedData(data, { images: 140, size: [40, 30] });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe = '--preset demo --image-size 24 --batch-size 8 --threads 1'.split(' ');
const find = (out: string, ...more: string[]) =>
  callCommandLine(['find-lr', data, '--out', join(root, out), ...recipe, ...more]);

describe('find-lr', () => {
  it('suggests a learning rate that trains, and writes a chart and the numbers', async () => {
    const call = await find('first', '--json');
    expect(call.status).toBe(0);
    const result = call.json<{ steepest: number; minimum: number; tenthOfMinimum: number; steps: number }>();
    expect(result.steepest).toBeGreaterThan(1e-5);
    expect(result.steepest).toBeLessThan(0.3);
    expect(result.minimum).toBeGreaterThan(result.steepest);
    const at = (ending: string) => readFileSync(join(root, 'first', `learning-rate.${ending}`), 'utf8');
    assertWellFormed(at('svg'));
    const json = JSON.parse(at('json'));
    expect(json).toMatchObject({
      steepest: result.steepest,
      preset: 'demo',
      overrides: ['imageSize=24', 'batchSize=8'],
      seed: 0,
      data: { folder: data, images: 140 },
    });
    expect(json.records).toHaveLength(result.steps);
    const [header, ...lines] = at('csv').trimEnd().split('\n');
    expect(header).toBe('step,learning_rate,loss,smoothed_loss');
    expect(lines.map((line) => line.split(',').map(Number))).toEqual(
      json.records.map((r: Record<string, number>) => [r.step, r.learningRate, r.loss, r.smoothedLoss]),
    );
    // The same again: what is drawn by chance follows from the seed.
    expect((await find('again', '--json')).json()).toMatchObject({
      steepest: result.steepest,
      minimum: result.minimum,
    });
  });

  it('takes the settings of a training, and says what it found', async () => {
    const call = await find(
      'sgd',
      ...'--optimizer sgd --freeze conv1 --steps 40 --lowest 1e-12 --highest 1e-9'.split(' '),
    );
    expect(call.status).toBe(0);
    expect(call.stdout).toContain('No suggestion: the loss never fell.');
    expect(call.stdout).toContain('All 40 steps were taken.');
    const { training } = JSON.parse(readFileSync(join(root, 'sgd', 'learning-rate.json'), 'utf8')).recipe;
    expect(training).toMatchObject({ optimizer: 'sgd', freeze: 'conv1', weightDecay: 0 });
  });

  it.each([
    ['--lowest', '1', '--highest', '0.1'],
    ['--freeze', 'layer1'],
    // Would change nothing here.
    ['--learning-rate', '0.1'],
    ['--schedule', 'cosine'],
  ])('refuses %s %s', async (...more) => {
    expect((await find('never', ...more)).status).toBe(2);
    expect(existsSync(join(root, 'never'))).toBe(false);
  });

  it('stops when interrupted, and leaves nothing', async () => {
    const controller = new AbortController();
    controller.abort();
    const call = await callCommandLine(['find-lr', data, '--out', join(root, 'stopped'), ...recipe], controller.signal);
    expect(call.status).toBe(130);
    expect(existsSync(join(root, 'stopped'))).toBe(false);
  });
});
