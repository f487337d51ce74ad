import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paintForeignImage } from '../../../src/data/foreign/foreignImages.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { ensureOutOfDistribution } from '../../../src/node/prediction/runOutOfDistribution.js';
import { loadCheckpoint } from '../../../src/node/run/checkpointFile.js';
import { openRunData } from '../../../src/node/run/runData.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { callCommandLine } from '../../cli/callCommandLine.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

import { testOutOfDistribution } from './testOutOfDistribution.js';

// Its features are few numbers.
testOutOfDistribution('lenet');

describe('on the command line', () => {
  let tiny: TinyRun;
  let image: string;
  beforeAll(async () => {
    tiny = await makeTinyRun();
    image = join(tiny.root, 'foreign.png');
    writeFileSync(image, await sharpCodec.encodePng(paintForeignImage('blank', { seed: 0, index: 0 })));
  });
  afterAll(() => tiny.remove());

  it('shows flags in table and CSV, with words', async () => {
    const before = await callCommandLine(['predict', tiny.run.path, image]);
    expect(before.stdout).not.toMatch(/known kind/i);
    const evaluated = await callCommandLine(['evaluate', tiny.run.path, '--resamples', '20']);
    expect(evaluated.stdout).toMatch(/^Taken for something else than trained on, where 1% was promised: \d+ images,$/m);
    expect(evaluated.stdout).toMatch(
      /^\d.*\. Of 50 painted images of each kind:\nnoise \d.*, blank .*, drawn .*, photograph .*\.$/m,
    );
    const table = await callCommandLine(['predict', tiny.run.path, image]);
    expect(table.stdout).toMatch(/^image +most probable .* known kind *$/m);
    expect(table.stdout).toMatch(/Known kind: (every image|1 image is)/);
    const csv = await callCommandLine(['predict', tiny.run.path, image, '--format', 'csv']);
    const [header, row] = csv.stdout.trim().split('\n');
    expect(header).toMatch(/,out_of_distribution,flagged$/);
    expect(row).toMatch(/,\d+\.\d+,(yes|no)$/);
    expect(row.split(',')).toHaveLength(header.split(',').length);
  });

  it('makes no statistics for other splits, and names a damaged file', async () => {
    const file = tiny.run.outOfDistribution;
    const whole = readFileSync(file);
    rmSync(file);
    await evaluateStep(testContext(), { run: tiny.run.path, split: 'validation', resamples: 0 });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, whole.subarray(0, whole.length - 8));
    await expect(predictImages(testContext(), { source: tiny.run.path, inputs: [image] })).rejects.toMatchObject({
      kind: 'run',
      message: expect.stringContaining('out-of-distribution.safetensors'),
    });
    writeFileSync(file, readFileSync(tiny.run.bestCheckpoint));
    await expect(exportStep(testContext(), { run: tiny.run.path })).rejects.toMatchObject({
      code: 'out-of-distribution-unusable',
    });
    rmSync(file);
  });

  it('stops when it is interrupted, without a file', async () => {
    const data = await openRunData(testContext(), tiny.run);
    try {
      const context = testContext(AbortSignal.abort());
      const checkpoint = await loadCheckpoint(tiny.run, 'best');
      await expect(ensureOutOfDistribution(context, tiny.run, checkpoint, data)).rejects.toMatchObject({
        kind: 'interrupted',
      });
      expect(existsSync(tiny.run.outOfDistribution)).toBe(false);
    } finally {
      await data.close();
    }
  });
});
