import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normaliseImage } from '../../../src/data/augmentation/batches.js';
import { readExportedModel } from '../../../src/evaluation/answers/exportedModel.js';
import { parsePredictionsCsv } from '../../../src/evaluation/index.js';
import { fitImage } from '../../../src/image/fitImage.js';
import { findModel, openClassifier } from '../../../src/models/index.js';
import { decodeSafetensors } from '../../../src/models/weights/safetensors.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { explainImage } from '../../../src/node/prediction/explainImage.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { ensembleStep } from '../../../src/node/steps/ensemble.js';
import { evaluateStep } from '../../../src/node/steps/evaluate.js';
import { explainStep } from '../../../src/node/steps/explain.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { nodeRuntime } from '../../../src/runtime/node.js';
import { addTinyMember } from '../tinyMember.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
let image: string;
const preprocessing = { resize: 'bicubic-antialiased', resizeTo: 44, channelOrder: 'bgr', fit: 'crop' } as const;
beforeAll(async () => {
  tiny = await makeTinyRun({ fit: 'crop', testTimeAugmentation: 'none', preprocessing });
  const folder = join(tiny.data, 'HAM10000_images_part_1');
  image = join(folder, readdirSync(folder)[0]);
});
afterAll(() => tiny.remove());

/** What the run's own network says of an image that was made into numbers by hand. */
async function answerByHand(): Promise<Float32Array> {
  const { config, run } = tiny;
  const model = findModel(config.model.id);
  const { weights } = decodeSafetensors(readFileSync(run.bestCheckpoint), run.bestCheckpoint);
  const size = { classCount: config.data.classes.length, imageSize: 32, batchSize: 1 };
  const classifier = await openClassifier(nodeRuntime, { ...size, model, weights }, { threads: 1 });
  const pixels = fitImage(await sharpCodec.decode(readFileSync(image)), config.preprocessing);
  const values = new Float32Array(32 * 32 * 3);
  normaliseImage(pixels.data, { ...config.preprocessing, channelOrder: 'rgb' }, values);
  const plane = 32 * 32;
  const blueFirst = Float32Array.from([2, 1, 0].flatMap((c) => [...values.subarray(c * plane, (c + 1) * plane)]));
  try {
    return (await classifier.classify(blueFirst)).probabilities.slice();
  } finally {
    await classifier.close();
  }
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

test("a run's preprocessing is used in evaluation, prediction, its exported file and explanation alike", async () => {
  const expected = await answerByHand();
  const ofRun = await predictImages(testContext(), { source: tiny.run.path, inputs: [image] });
  expect(difference(ofRun.images[0].probabilities, expected)).toBeLessThan(1e-6);

  await exportStep(testContext(), { run: tiny.run.path });
  const file = readExportedModel('model.onnx', new Uint8Array(readFileSync(tiny.run.model)));
  expect(file.preprocessing).toEqual(tiny.config.preprocessing);
  const ofFile = await predictImages(testContext(), { source: tiny.run.model, inputs: [image] });
  expect(difference(ofFile.images[0].probabilities, expected)).toBeLessThan(1e-6);

  await evaluateStep(testContext(), { run: tiny.run.path, split: 'validation', resamples: 0 });
  const { predictions: path } = tiny.run.evaluation('validation');
  const { imageIds, probabilities } = parsePredictionsCsv(readFileSync(path, 'utf8'), { file: path });
  const all = await predictImages(testContext(), { source: tiny.run.path, inputs: [tiny.data] });
  for (const [i, id] of imageIds.entries()) {
    const found = all.images.find(({ file: name }) => name.includes(id))!;
    expect(difference(found.probabilities, probabilities.subarray(i * 7, (i + 1) * 7))).toBeLessThan(1e-6);
  }

  const explained = await explainImage(tiny.run.path, image, { threads: 1 });
  const whole = await sharpCodec.decode(readFileSync(image));
  expect(explained.seen).toEqual(fitImage(whole, tiny.config.preprocessing));
  expect(difference(explained.probabilities, expected)).toBeLessThan(1e-6);
  await explainStep(testContext(), { run: tiny.run.path, localised: 2 });
});

test('and it is another answer than that of the plain way', async () => {
  const plain = await makeTinyRun({ fit: 'crop', testTimeAugmentation: 'none' });
  try {
    const found = await predictImages(testContext(), { source: plain.run.path, inputs: [image] });
    expect(difference(found.images[0].probabilities, await answerByHand())).toBeGreaterThan(1e-4);
  } finally {
    plain.remove();
  }
});

test('ensembles that take blue first are exported with the statistics of each channel', async () => {
  const member = await addTinyMember(tiny, 'other', {
    fit: 'crop',
    mean: [0.2, 0.5, 0.7],
    testTimeAugmentation: 'none',
  });
  const out = join(tiny.root, 'ensemble');
  await ensembleStep(testContext(), { members: [tiny.run.path, member.path], run: out });
  // Refused unless the file gives what the members give together.
  const { check } = await exportStep(testContext(), { run: out });
  expect(check.maxDifference).toBeLessThan(1e-5);

  const plain = await addTinyMember(tiny, 'red-first', { fit: 'crop', testTimeAugmentation: 'none' });
  const config = JSON.parse(readFileSync(plain.config, 'utf8'));
  writeFileSync(
    plain.config,
    JSON.stringify({ ...config, preprocessing: { ...config.preprocessing, channelOrder: 'rgb' } }),
  );
  const mixed = join(tiny.root, 'mixed');
  await ensembleStep(testContext(), { members: [tiny.run.path, plain.path], run: mixed });
  await expect(exportStep(testContext(), { run: mixed })).rejects.toMatchObject({ code: 'ensemble-sizes' });
});
