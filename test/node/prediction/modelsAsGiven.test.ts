import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../src/graph/protobuf.js';
import { predictImages } from '../../../src/node/prediction/predictImages.js';
import { changed, smallModel, withExternalData } from '../../smallModel.js';
import { testContext } from '../tinyRun.js';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-model-'));
  await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c09080' } })
    .png()
    .toFile(at('skin.png'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const predict = (name = 'model.onnx') => predictImages(testContext(), { source: at(name), inputs: [at('skin.png')] });
const probabilities = async () => (await predict()).images[0].probabilities;

describe('a model whose weights lie in a second file', () => {
  it('predicts what the same model in one file does', async () => {
    writeFileSync(at('model.onnx'), smallModel());
    const expected = await probabilities();
    const { model, data } = withExternalData(smallModel(), 'model.onnx.data');
    writeFileSync(at('model.onnx'), model);
    writeFileSync(at('model.onnx.data'), data);
    expect(await probabilities()).toEqual(expected);
    expect(expected[0]).toBeGreaterThan(0.5);
  });

  it('is refused by the name of the file that is missing', async () => {
    writeFileSync(at('model.onnx'), withExternalData(smallModel(), 'model.onnx.data').model);
    await expect(predict()).rejects.toMatchObject({
      kind: 'run',
      code: 'external-weights',
      message: `${at('model.onnx')} keeps its weights in a second file, model.onnx.data, which is missing.`,
    });
  });

  it('reads nothing outside its folder, by name or by link', async () => {
    const inner = at('inner');
    mkdirSync(inner);
    writeFileSync(at('weights.data'), withExternalData(smallModel(), 'x').data);
    writeFileSync(join(inner, 'model.onnx'), withExternalData(smallModel(), '../weights.data').model);
    await expect(predict('inner/model.onnx')).rejects.toMatchObject({ code: 'external-location' });
    writeFileSync(join(inner, 'model.onnx'), withExternalData(smallModel(), 'weights.data').model);
    symlinkSync(at('weights.data'), join(inner, 'weights.data'));
    await expect(predict('inner/model.onnx')).rejects.toMatchObject({ code: 'external-location' });
  });
});

describe('models of somebody else', () => {
  it('are asked how they want their images, and nothing is guessed', async () => {
    const foreign = changed(smallModel(), (model) => {
      model.metadata = [];
      model.producerName = 'pytorch';
      model.graph.outputs[1].name = 'boxes';
    });
    writeFileSync(at('model.onnx'), foreign);
    await expect(predict()).rejects.toMatchObject({
      kind: 'usage',
      code: 'preprocessing-unknown',
      message: expect.stringMatching(/which fit, interpolation, mean, standard deviation, channel order model\.onnx/),
      hint: expect.stringContaining('preprocessor_config.json'),
    });
  });

  it('one that takes other numbers than float32 is refused before it runs', async () => {
    const half = changed(smallModel(), (model) => {
      model.graph.inputs[0].type.tensorType.elementType = 10;
    });
    writeFileSync(at('model.onnx'), half);
    await expect(predict()).rejects.toMatchObject({
      code: 'model-metadata',
      details: ['images is not of float32 numbers'],
    });
  });

  it('a newer file format is named, with the file', async () => {
    writeFileSync(
      at('model.onnx'),
      changed(smallModel(), (model) => (model.irVersion = 99)),
    );
    await expect(predict()).rejects.toMatchObject({
      code: 'model-unusable',
      message: expect.stringContaining(`${at('model.onnx')} is written in version 99`),
    });
  });

  it('NaN is no answer', async () => {
    const damaged = changed(smallModel(), ({ graph: { initializers } }) => {
      const { rawData } = initializers.find(({ name }: Message) => name === 'fc.weight');
      rawData.set([0, 0, 0xc0, 0x7f]);
    });
    writeFileSync(at('model.onnx'), damaged);
    await expect(predict()).rejects.toMatchObject({
      kind: 'run',
      code: 'answers-not-finite',
      message: expect.stringContaining(at('model.onnx')),
    });
  });
});
