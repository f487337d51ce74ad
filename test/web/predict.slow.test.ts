import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { generateSyntheticDataset, paintForeignImage } from '../../src/data/index.js';
import { formatImageAnswersCsv } from '../../src/evaluation/index.js';
import { Graph, toOnnx } from '../../src/graph/index.js';
import { findModel } from '../../src/models/index.js';
import { sharpCodec } from '../../src/node/files/codec.js';
import { encodeModelFile } from '../../src/node/prediction/encodeModelFile.js';
import { predictImages } from '../../src/node/prediction/predictImages.js';
import { runFolderPaths } from '../../src/node/run/runFolder.js';
import { singleModel } from '../../src/node/run/runModel.js';
import { runConfig } from '../../src/training/recipe/config.js';
import { noiseWeights } from '../models/noiseWeights.js';
import { testContext } from '../node/tinyRun.js';
import { changed, smallModel, withExternalData } from '../smallModel.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { chooseImages, chooseModel, giveFiles, openPredictView, readCsv } from './predictPage.js';

const example = resolve(import.meta.dirname, '../../web/public/example');
const exampleModel = join(example, 'model.onnx');

/** How far apart probabilities may be: decoders of JPEG differ by a level or two, PNG is the same everywhere. */
const tolerance = { png: 1e-3, jpg: 0.02 };

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-predict-view-'));
  const dataset = generateSyntheticDataset({ images: 100, seed: 3 });
  for (const i of [0, 1]) {
    const { image } = dataset.draw(i);
    writeFileSync(at(`lesion-${i}.png`), await sharpCodec.encodePng(image));
    writeFileSync(at(`lesion-${i}.jpg`), await sharpCodec.encodeJpeg(image));
  }
  writeFileSync(
    at('photograph.png'),
    await sharpCodec.encodePng(paintForeignImage('photograph', { seed: 1, index: 0 })),
  );
  writeFileSync(at('notes.jpg'), 'These are notes and no picture.');
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An untrained ResNet-18 for 224 x 224 pixels out of 256, resized by a cubic filter, that takes blue first, as an exported file. */
function writeResnet(path: string): void {
  const config = runConfig.parse(JSON.parse(readFileSync(join(example, 'config.json'), 'utf8')));
  const certainty = JSON.parse(readFileSync(join(example, 'calibration.json'), 'utf8'));
  const model = findModel('resnet18');
  const imageSize = 224;
  const weights = noiseWeights({ model, classCount: config.data.classes.length, imageSize });
  const checkpoint = {
    name: 'best' as const,
    path,
    weights,
    model,
    epoch: 1,
    sha256: '0'.repeat(64),
    config: {
      ...config,
      recipe: { ...config.recipe, evaluation: { testTimeAugmentation: 'none' as const } },
      preprocessing: {
        ...config.preprocessing,
        ...({ imageSize, fit: 'crop', resize: 'bicubic-antialiased', resizeTo: 256, channelOrder: 'bgr' } as const),
      },
      model: { ...config.model, id: model.id },
    },
  };
  writeFileSync(
    path,
    encodeModelFile(singleModel(runFolderPaths(folder), checkpoint), { certainty, gradCamLayer: true }),
  );
}

describe.skipIf(!chromiumPath)('the view Predict', () => {
  let studio: RunningStudio;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    studio = await startStudio();
    browser = await openBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await studio.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await openPredictView(page, studio.url);
  }, 180_000);
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  async function expectCommandLinesNumbers(model: string, inputs: readonly string[]): Promise<string[][]> {
    const expected = formatImageAnswersCsv(await predictImages(testContext(), { source: model, inputs }))
      .split('\n')
      .map((line) => line.split(','));
    const found = await readCsv(page);
    expect(found[0]).toEqual(expected[0]);
    expect(found.length).toBe(expected.length);
    // Seven probabilities and seven calibrated ones.
    const compared = Array.from({ length: 14 }, (_, i) => i + 2);
    expect([expected[0][2], expected[0][15]]).toEqual(['akiec', 'calibrated_vasc']);
    const score = expected[0].indexOf('out_of_distribution');
    for (const [r, row] of expected.slice(1).entries()) {
      const own = found[r + 1];
      expect(row[0].endsWith(own[0])).toBe(true);
      const kind = own[0].endsWith('.png') ? 'png' : 'jpg';
      for (const column of compared)
        expect(Math.abs(Number(own[column]) - Number(row[column])), `${own[0]}: ${expected[0][column]}`).toBeLessThan(
          tolerance[kind],
        );
      if (kind === 'png') {
        expect(own[1]).toBe(row[1]);
        if (score >= 0) expect(Math.abs(Number(own[score]) / Number(row[score]) - 1)).toBeLessThan(0.01);
        // Prediction sets and the flag.
        const words = (cells: readonly string[]) => cells.filter((_, i) => i > 15 && i !== score);
        expect(words(own)).toEqual(words(row));
      }
    }
    return found;
  }

  it("gives the command line's numbers for the example model, as CSV with the same columns", async () => {
    const inputs = ['lesion-0.png', 'lesion-0.jpg', 'lesion-1.png', 'lesion-1.jpg', 'photograph.png'].map(at);
    await chooseImages(page, inputs);
    const found = await expectCommandLinesNumbers(exampleModel, inputs);
    expect(found.at(-1)!.at(-1)).toBe('yes');
    expect(found[1].at(-1)).toBe('no');
    await page.getByRole('button', { name: 'photograph.png' }).click();
    await page.getByText('Unlike the images that the model was trained on').waitFor();
  }, 300_000);

  it('says which images have the names of those that the model learned from', async () => {
    const rows = readFileSync(join(example, 'splits.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const [imageId] = rows.map((row) => row.split(',')).find(([, , , split]) => split === 'train')!;
    cpSync(at('lesion-0.png'), at(`${imageId}.png`));
    await chooseImages(page, [at(`${imageId}.png`)]);
    await page.getByText('The image has the name of one that the network was trained or chosen on').waitFor();
    await chooseImages(page, [at('lesion-1.png'), at(`${imageId}.png`)]);
    await page.getByText('1 of 2 images has the name of one').waitFor();
    await chooseImages(page, [at('lesion-1.png')]);
    await page.getByRole('heading', { name: 'lesion-1.png' }).waitFor();
    expect(await page.getByText('trained or chosen on').count()).toBe(0);
    // An exported file alone does not know.
    await chooseModel(page, exampleModel);
    await page.getByText('Computes with').waitFor();
    await chooseImages(page, [at(`${imageId}.png`)]);
    await page.getByRole('heading', { name: `${imageId}.png` }).waitFor();
    expect(await page.getByText('trained or chosen on').count()).toBe(0);
  }, 300_000);

  it("gives the command line's numbers for a ResNet-18 at 224 px", async () => {
    writeResnet(at('resnet18.onnx'));
    await chooseModel(page, at('resnet18.onnx'));
    await page.getByText('ResNet-18 for 7 diagnoses, sees 224 x 224 pixels').waitFor();
    await page.getByText('This file has no warning for images of something else').waitFor();
    const inputs = ['lesion-0.png', 'lesion-1.jpg'].map(at);
    await chooseImages(page, inputs);
    await expectCommandLinesNumbers(at('resnet18.onnx'), inputs);
    await page.locator('.heat-map canvas').waitFor();
  }, 600_000);

  it('shows probabilities, sets and a heat map for a class and at a strength of choice', async () => {
    await chooseImages(page, [at('lesion-0.png')]);
    const canvas = page.locator('.heat-map canvas');
    await canvas.waitFor();
    const rows = page.locator('table.probabilities tbody tr');
    expect(await rows.count()).toBe(7);
    const [run] = (await predictImages(testContext(), { source: exampleModel, inputs: [at('lesion-0.png')] })).images;
    const highest = Math.max(...run.calibrated!);
    expect(await rows.first().locator('td.number').innerText()).toBe(`${(100 * highest).toFixed(1)}%`);
    expect(await page.locator('table.sets tbody tr').count()).toBe(3);
    expect(await page.locator('.no-diagnosis').innerText()).toMatch(/Not a medical device.*no diagnosis/);
    const pixels = () => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    const before = await pixels();
    const evidence = page.getByLabel('Evidence for');
    expect(await evidence.inputValue()).toBe(run.predicted);
    // Nothing in this image speaks for a melanoma, something for an actinic keratosis.
    await evidence.selectOption('mel');
    await page.getByText('there is no heat to show').waitFor();
    expect(await canvas.count()).toBe(0);
    await evidence.selectOption('akiec');
    await canvas.waitFor();
    await expect.poll(pixels, { timeout: 20_000 }).not.toBe(before);
    await page.getByLabel('Strength of the colours').fill('80');
    expect(await canvas.evaluate((element) => element.style.opacity)).toBe('0.8');
  }, 180_000);

  it('takes images from the clipboard and by drag and drop, a model too', async () => {
    await giveFiles(page, 'paste', [at('lesion-1.png')]);
    await page.getByRole('heading', { name: 'lesion-1.png' }).waitFor();
    await giveFiles(page, 'drop', [at('lesion-0.png')]);
    await page.getByRole('heading', { name: 'lesion-0.png' }).waitFor();
    await giveFiles(page, 'drop', [exampleModel]);
    await page
      .getByRole('combobox', { name: 'Model', exact: true })
      .locator('option:checked', { hasText: 'model.onnx' })
      .waitFor({ state: 'attached' });
    await page.locator('table.probabilities').waitFor();
  }, 180_000);

  it('says what is wrong with files, and goes on with the others', async () => {
    await chooseImages(page, [at('notes.jpg')]);
    await page.getByRole('alert').getByText('The file holds text').waitFor();
    await chooseImages(page, [at('notes.jpg'), at('lesion-0.png')]);
    await page.getByRole('alert').getByText('1 of 2 files could not be looked at').waitFor();
    await page.locator('table.probabilities').waitFor();
  }, 180_000);

  it('says what is wrong with models', async () => {
    const graph = new Graph();
    const x = graph.input('images', [1, 3]);
    graph.output('y', graph.node('Relu', [x], [1, 3]));
    writeFileSync(at('foreign.onnx'), toOnnx(graph));
    await chooseModel(page, at('foreign.onnx'));
    await page.getByRole('alert').getByText('foreign.onnx takes no images (images, float32 [1, 3])').waitFor();
    await page.getByText('Language models and models of tables are none that lesionlab judges').waitFor();
    writeFileSync(at('cut.onnx'), readFileSync(exampleModel).subarray(0, 100_000));
    await chooseModel(page, at('cut.onnx'));
    await page.getByRole('alert').getByText('cut.onnx is no complete ONNX model').waitFor();
    writeFileSync(
      at('newer.onnx'),
      changed(smallModel(), (model) => (model.irVersion = 99)),
    );
    await chooseModel(page, at('newer.onnx'));
    await page.getByRole('alert').getByText('newer.onnx is written in version 99 of ONNX').waitFor();
    writeFileSync(
      at('nan.onnx'),
      changed(smallModel(), ({ graph }) => graph.initializers[0].rawData.set([0, 0, 0xc0, 0x7f])),
    );
    await chooseModel(page, at('nan.onnx'));
    await chooseImages(page, [at('lesion-0.png')]);
    await page.getByRole('alert').getByText('nan.onnx answers with numbers that are not finite').waitFor();
    expect(await page.getByRole('alert').innerText()).not.toContain('--');
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('example');
    await page.getByText('Computes with').waitFor();
  }, 180_000);

  it('takes a model whose weights lie in a second file, together or one after the other', async () => {
    const { model, data } = withExternalData(smallModel(), 'outside.onnx.data');
    writeFileSync(at('outside.onnx'), model);
    writeFileSync(at('outside.onnx.data'), data);
    await chooseModel(page, at('outside.onnx'));
    await page.getByRole('alert').getByText('a second file, outside.onnx.data, which is missing').waitFor();
    await page.getByText('both files together').waitFor();
    await chooseModel(page, at('outside.onnx.data'));
    await page.getByText('for 2 diagnoses').waitFor();
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('example');
    await page.getByText('Computes with').waitFor();
    await giveFiles(page, 'drop', [at('outside.onnx.data'), at('outside.onnx')]);
    await page.getByText('for 2 diagnoses').waitFor();
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('example');
    await page.getByText('Computes with').waitFor();
  }, 180_000);

  it('says where there is no WebGPU', async () => {
    const choice = page.getByLabel('Compute with');
    if (await choice.locator('option[value=webgpu]').isDisabled())
      expect(await choice.innerText()).toContain('not in this browser');
    else {
      await choice.selectOption('webgpu');
      await page.getByRole('alert').getByText('This browser has no WebGPU').waitFor();
    }
    await choice.selectOption('cpu');
    await page.getByText(/Computes with WebAssembly/).waitFor();
  }, 180_000);

  it('has no serious fault of accessibility, with one image and with several', async () => {
    await page.getByText('No image at hand').click();
    await chooseImages(page, [at('photograph.png')]);
    await page.locator('.heat-map canvas').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await chooseImages(page, [at('lesion-0.png'), at('lesion-1.png')]);
    await page.getByRole('link', { name: 'Save as CSV' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await findViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }, 300_000);
});
