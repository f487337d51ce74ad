import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { explainImage, openImageExplainer } from '../../../src/node/prediction/explainImage.js';
import { openExplainer } from '../../../src/node/prediction/explainImages.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { openRunData } from '../../../src/node/run/runData.js';
import { loadRunModel } from '../../../src/node/run/runModel.js';
import { exportStep } from '../../../src/node/steps/export.js';
import { makeTinyRun, type TinyRun, testContext } from '../tinyRun.js';

let tiny: TinyRun;
let image: string;
beforeAll(async () => {
  tiny = await makeTinyRun();
  const dataset = await openDataset(tiny.data);
  image = join(tiny.data, 'HAM10000_images_part_1', `${dataset.records[0].imageId}.jpg`);
  await dataset.images.close();
});
afterAll(() => tiny.remove());

describe('explainImage', () => {
  it('gives the heat that explainStep draws, and the answer that predictImages gives, as arrays', async () => {
    const found = await explainImage(tiny.run.path, image, { threads: 1 });
    expect(found.layer).toBe('conv2');
    expect(found.heat.values).toBeInstanceOf(Float32Array);
    expect(found.heat.values).toHaveLength(found.heat.width * found.heat.height);
    expect(Math.max(...found.heat.values)).toBe(1);
    expect(found.seen).toMatchObject({ width: 32, height: 32, channels: 3 });
    const context = testContext();
    const { images } = await predictImages(context, { source: tiny.run.path, inputs: [image] });
    expect(found.probabilities).toEqual(images[0].probabilities);
    expect(found.predicted).toBe(images[0].predicted);
    expect(found.explained).toBe(found.predicted);

    const data = await openRunData(context, tiny.run);
    const explainer = await openExplainer(context, await loadRunModel(tiny.run), data, {});
    const record = data.dataset.records.find(({ imageId }) => image.endsWith(`${imageId}.jpg`))!;
    const classIndex = found.classes.findIndex(({ id }) => id === found.explained);
    const [{ before, after }] = await explainer.explain([{ record, classIndex }]);
    await explainer.close();
    await data.close();
    const distance = (a: Float32Array, b: Float32Array) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    expect(distance(found.heat.values, after.values)).toBeLessThan(1e-5);
    expect(distance(found.heat.values, before.values)).toBeGreaterThan(1e-3);
  });

  it('takes a path, bytes and pixels alike; a class and a layer can be named', async () => {
    const bytes = new Uint8Array(readFileSync(image));
    const explainer = await openImageExplainer(tiny.run.path, { layer: 'conv1', threads: 1 });
    try {
      const byPath = await explainer.explain(image);
      expect(byPath.layer).toBe('conv1');
      expect(await explainer.explain(bytes)).toEqual(byPath);
      expect(await explainer.explain(await sharpCodec.decode(bytes))).toEqual(byPath);
      const { id } = byPath.classes.find((entry) => entry.id !== byPath.predicted)!;
      const other = await explainer.explain(image, { explainClass: id });
      expect(other.explained).toBe(id);
      expect(other.probabilities).toEqual(byPath.probabilities);
      expect(other.heat.values).not.toEqual(byPath.heat.values);
    } finally {
      await explainer.close();
    }
  });

  it('asks the image itself where the method does', async () => {
    for (const method of ['integrated-gradients', 'occlusion'] as const) {
      const found = await explainImage(tiny.run.path, image, { method, baseline: 'grey', threads: 1 });
      expect(found).toMatchObject({ method, layer: 'input' });
      expect(found.heat.values).toHaveLength(found.heat.width * found.heat.height);
      expect(Math.max(...found.heat.values)).toBe(found.heat.empty ? 0 : 1);
      expect(found.heat.completeness !== undefined).toBe(method === 'integrated-gradients');
    }
    await expect(explainImage(tiny.run.path, image, { baseline: 'grey' })).rejects.toMatchObject({
      code: 'option-of-other-method',
    });
  });

  it('explains an exported model, which answers as the run that it comes from', async () => {
    const { path } = await exportStep(testContext(), { run: tiny.run.path });
    const ofRun = await explainImage(tiny.run.path, image, { method: 'occlusion', threads: 1 });
    const ofFile = await explainImage(path, image, { method: 'occlusion', threads: 1 });
    expect(ofFile).toMatchObject({ predicted: ofRun.predicted, explained: ofRun.explained, layer: 'input' });
    expect(Math.abs(ofFile.heat.peak - ofRun.heat.peak)).toBeLessThan(1e-3 * ofRun.heat.peak);
    ofRun.heat.values.forEach((value, at) => {
      expect(Math.abs(ofFile.heat.values[at] - value)).toBeLessThan(1e-3);
    });
    // The last map that the file itself shows: LeNet's second convolution after pooling.
    const { heat } = await explainImage(path, image, { threads: 1 });
    expect([heat.width, heat.height, Math.max(...heat.values)]).toEqual([6, 6, 1]);
  });

  it('says what was expected', async () => {
    const { path } = tiny.run;
    await expect(explainImage(path, join(tiny.root, 'no.jpg'))).rejects.toMatchObject({
      kind: 'data',
      message: expect.stringContaining('no.jpg'),
    });
    await expect(explainImage(path, new Uint8Array(9))).rejects.toMatchObject({ kind: 'data' });
    const grey = { width: 2, height: 2, channels: 1 as const, data: new Uint8Array(4) };
    await expect(explainImage(path, grey)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('image.'),
    });
    const short = { width: 2, height: 2, channels: 3 as const, data: new Uint8Array(11) };
    await expect(explainImage(path, short)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('image.'),
    });
    await expect(explainImage(path, image, { explainClass: 'wart' })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('akiec, bcc, bkl, df, mel, nv, vasc'),
    });
    await expect(explainImage(path, image, { layer: 'conv9' })).rejects.toMatchObject({ code: 'unknown-layer' });
    await expect(explainImage(path, image, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'interrupted',
    });
  });
});
