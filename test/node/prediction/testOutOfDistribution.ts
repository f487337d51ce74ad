import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreignKinds, paintForeignImage } from '../../../src/data/foreign/foreignImages.js';
import { scoreOutOfDistribution } from '../../../src/evaluation/index.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { extractFeatures, recordsToExtract } from '../../../src/node/prediction/imageFeatures.js';
import { readModelFile } from '../../../src/node/prediction/modelFile.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { readOutOfDistribution } from '../../../src/node/prediction/runOutOfDistribution.js';
import { loadCheckpoint } from '../../../src/node/run/checkpointFile.js';
import { openRunData } from '../../../src/node/run/runData.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

/** Out-of-distribution scores of a run with a network of this kind. */
export function testOutOfDistribution(model: 'lenet' | 'resnet18'): void {
  describe(model, () => {
    let tiny: TinyRun;
    let foreign: string;
    let evaluation: Awaited<ReturnType<typeof evaluateStep>>['evaluation'];
    const best = () => loadCheckpoint(tiny.run, 'best');
    const statisticsOf = async () => (await readOutOfDistribution(tiny.run, await best()))!;
    beforeAll(async () => {
      tiny = await makeTinyRun({ model });
      foreign = join(tiny.root, 'foreign.png');
      writeFileSync(foreign, await sharpCodec.encodePng(paintForeignImage('noise', { seed: 0, index: 0 })));
      ({ evaluation } = await evaluateStep(testContext(), { run: tiny.run.path, resamples: 30 }));
    }, 120_000);
    afterAll(() => tiny.remove());
    const predict = (source: string, more: object = {}) =>
      predictImages(testContext(), {
        source,
        inputs: [join(tiny.data, 'HAM10000_images_part_1'), foreign],
        ...more,
      });

    it('keeps statistics of the training images with the run, tied to its weights', async () => {
      const { images } = JSON.parse(readFileSync(tiny.run.splitsJson, 'utf8'));
      const found = await statisticsOf();
      expect(found.trainingImages).toBe(images.train);
      expect(found.validationImages).toBe(images.validation);
      expect(found.width).toBe(model === 'lenet' ? 84 : 256);
      expect(await readOutOfDistribution(tiny.run, await loadCheckpoint(tiny.run, 'last'))).toBeNull();
    });

    it('flags none of fewer than 100 validation images, and made the threshold from the highest', async () => {
      const [checkpoint, statistics] = [await best(), await statisticsOf()];
      const data = await openRunData(testContext(), tiny.run);
      try {
        const images = recordsToExtract(data, data.splits.validation, '');
        const [{ values }] = await extractFeatures(testContext(), checkpoint, [images]);
        expect(Math.max(...scoreOutOfDistribution(statistics, values)) / statistics.threshold).toBeCloseTo(1, 4);
      } finally {
        await data.close();
      }
    });

    it('is part of the evaluation of the test split', () => {
      const found = evaluation.outOfDistribution!;
      expect(found.falseAlarms.rate).toBe(found.falseAlarms.images / evaluation.images);
      expect(found.falseAlarms.interval).toHaveLength(2);
      expect(found.hits.map(({ kind, images }) => [kind, images])).toEqual(foreignKinds.map((kind) => [kind, 50]));
      for (const { rate } of found.hits) expect(rate).toBeGreaterThanOrEqual(0);
      expect(JSON.parse(readFileSync(tiny.run.evaluation('test').evaluation, 'utf8')).outOfDistribution).toEqual(found);
    });

    it('scores images the same from the run and from the exported file', async () => {
      const { path, check, metadata } = await exportStep(testContext(), { run: tiny.run.path });
      expect(check.maxScoreDifference).toBeLessThan(1e-3);
      const { threshold, trainingImages } = await statisticsOf();
      expect(JSON.parse(metadata.outOfDistribution)).toEqual({ threshold, trainingImages });
      const [run, file] = [await predict(tiny.run.path), await predict(path)];
      for (const [i, { outOfDistribution }] of run.images.entries()) {
        const { score, flagged } = outOfDistribution!;
        expect(Math.abs(file.images[i].outOfDistribution!.score / score - 1)).toBeLessThan(1e-3);
        expect(file.images[i].outOfDistribution).toMatchObject({ threshold, flagged });
        expect(flagged).toBe(score > threshold);
      }
    });

    it('computes in the file what TypeScript does, of any number of images', async () => {
      const [checkpoint, statistics] = [await best(), await statisticsOf()];
      const { bytes } = await readModelFile((await exportStep(testContext(), { run: tiny.run.path })).path);
      const side = 32 * 32 * 3;
      const pixels = Uint8Array.from({ length: 5 * side }, (_, i) => (i * 7919) % 251);
      const pixelsOf = (i: number) => pixels.subarray(i * side, (i + 1) * side);
      const [{ values }] = await extractFeatures(testContext(), checkpoint, [{ count: 5, label: '', pixelsOf }]);
      const expected = scoreOutOfDistribution(statistics, values);
      const { mean, std } = checkpoint.config.preprocessing;
      const images = new Float32Array(5 * side);
      for (let i = 0; i < images.length; i++) {
        const [image, channel, place] = [Math.floor(i / side), Math.floor((i % side) / 1024), i % 1024];
        images[i] = (pixels[image * side + place * 3 + channel] / 255 - mean[channel]) / std[channel];
      }
      const session = await nodeRuntime.open(bytes, { threads: 1 });
      const found = await session.run({ images: { data: images, shape: [5, 3, 32, 32] } });
      await session.close();
      expect(found.out_of_distribution.shape).toEqual([5]);
      for (const [i, score] of expected.entries())
        expect(Math.abs((found.out_of_distribution.data as Float32Array)[i] / score - 1)).toBeLessThan(1e-3);
    });

    it('says nothing where a checkpoint has no statistics', async () => {
      const { images } = await predict(tiny.run.path, { checkpoint: 'last' });
      expect(images[0].outOfDistribution).toBeNull();
    });
  });
}
