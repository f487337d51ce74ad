import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { generateSyntheticDataset } from '../../src/data/index.js';
import type { Message } from '../../src/graph/protobuf.js';
import { sharpCodec } from '../../src/node/files/codec.js';
import { predictImages } from '../../src/node/prediction/predictImages.js';
import { foreignFile } from '../foreignFile.js';
import { testContext } from '../node/tinyRun.js';
import { changed, withExternalData } from '../smallModel.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { chooseImages, chooseModel, giveFiles, openPredictView } from './predictPage.js';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-foreign-'));
  const { image } = generateSyntheticDataset({ images: 10, seed: 3 }).draw(1);
  writeFileSync(at('lesion.png'), await sharpCodec.encodePng(image));
  writeFileSync(at('net.onnx'), foreignFile());
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = ['mole', 'melanoma', 'wart', 'other'];

/** What Hugging Face writes beside a model. */
const processor = {
  image_processor_type: 'ViTImageProcessor',
  do_resize: true,
  size: { height: 32, width: 32 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.25, 0.25, 0.25],
};

describe.skipIf(!chromiumPath)('models of others in the view Predict', () => {
  let studio: RunningStudio;
  let browser: Browser;
  let context: BrowserContext;
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
    context = await browser.newContext();
    page = await context.newPage();
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await openPredictView(page, studio.url);
  }, 180_000);
  afterEach(async () => {
    await context.close();
    expect(problems).toEqual([]);
  });

  /** Probabilities by class name, as the page shows them. */
  async function shownProbabilities(): Promise<Record<string, number>> {
    await page.locator('table.probabilities').waitFor();
    const rows = await page.locator('table.probabilities tbody tr').allInnerTexts();
    return Object.fromEntries(
      rows.map((row) => {
        const [, name, percent] = /^(.*?)\s+([\d.]+)%/s.exec(row)!;
        return [name.trim(), Number(percent) / 100];
      }),
    );
  }

  const use = () => page.getByRole('button', { name: 'Use the model so' }).click();

  it('asks for what a file does not say, predicts as the command line does, draws heat, and remembers', async () => {
    await chooseImages(page, [at('lesion.png')]);
    await giveFiles(page, 'drop', [at('net.onnx')]);
    await page.getByRole('heading', { name: 'How net.onnx wants its images' }).waitFor();
    // Nothing is guessed: what the file fixes is told, what it leaves open is asked for.
    expect(await page.getByLabel('Image size, pixels').inputValue()).toBe('32');
    expect(await page.getByLabel('Image size, pixels').isDisabled()).toBe(true);
    expect(await page.getByLabel('Interpolation').inputValue()).toBe('');
    await use();
    const alert = page.getByRole('alert');
    expect(await alert.innerText()).toMatch(/still empty[\s\S]*Interpolation[\s\S]*Mean of red/);
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'ImageNet’s mean and deviation' }).click();
    await page.getByLabel('How an image becomes a square').selectOption('crop');
    await page.getByLabel('Share of the resized image').fill('0.8');
    await page.getByLabel('Interpolation').selectOption('bicubic-antialiased');
    await page.getByLabel('Order of the colours').selectOption('bgr');
    await page.getByLabel('Names of the classes').fill('mole\nmelanoma\nwart');
    await use();
    await alert.getByText('3 class names, and the network has 4 classes').waitFor();
    // What was typed is still there.
    expect(await page.getByLabel('Order of the colours').inputValue()).toBe('bgr');
    await page.getByLabel('Names of the classes').fill(names.join('\n'));
    await use();
    await page.locator('.heat-map canvas').waitFor();
    const [{ probabilities }] = (
      await predictImages(testContext(), {
        source: at('net.onnx'),
        inputs: [at('lesion.png')],
        network: {
          fit: 'crop',
          crop: 0.8,
          resize: 'bicubic-antialiased',
          mean: [0.485, 0.456, 0.406],
          std: [0.229, 0.224, 0.225],
          channelOrder: 'bgr',
          classNames: names,
        },
      })
    ).images;
    const found = await shownProbabilities();
    names.forEach((name, k) => {
      expect(Math.abs(found[name] - probabilities[k]), name).toBeLessThan(2e-3);
    });
    expect(await page.locator('.no-diagnosis').innerText()).toMatch(/Not a medical device/);
    expect(await page.getByRole('list', { name: 'What lesionlab can do' }).innerText()).toMatch(
      /Predict: yes[\s\S]*Heat maps[\s\S]*yes[\s\S]*Fine-tune the whole network: yes/,
    );
    await page.getByText('How its images are prepared').click();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    expect(await findViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

    // Another visit: the same file is opened by the same answers, unless they are forgotten.
    await page.setViewportSize({ width: 1200, height: 900 });
    await page.reload();
    await page.getByText('Computes with').waitFor();
    await chooseImages(page, [at('lesion.png')]);
    await chooseModel(page, at('net.onnx'));
    await page.getByText('with what you said on an earlier visit').waitFor();
    expect(await shownProbabilities()).toEqual(found);
    await page.getByText('How its images are prepared').click();
    await page.getByRole('button', { name: 'Forget what I said' }).click();
    await page.getByRole('heading', { name: 'How net.onnx wants its images' }).waitFor();
    await page.reload();
    await page.getByText('Computes with').waitFor();
    await chooseModel(page, at('net.onnx'));
    await page.getByRole('heading', { name: 'How net.onnx wants its images' }).waitFor();
  }, 400_000);

  it('takes what files beside it say, with its weights in a second file, at once or one after the other', async () => {
    const { model, data } = withExternalData(foreignFile(), 'two.onnx.data', 64, 'classifier.weight');
    writeFileSync(at('two.onnx'), model);
    writeFileSync(at('two.onnx.data'), data);
    writeFileSync(at('preprocessor_config.json'), JSON.stringify(processor));
    writeFileSync(at('config.json'), JSON.stringify({ id2label: Object.fromEntries(Object.entries(names)) }));
    await chooseModel(page, at('two.onnx'));
    await page.getByRole('alert').getByText('a second file, two.onnx.data, which is missing').waitFor();
    await chooseModel(page, at('two.onnx.data'));
    await page.getByRole('heading', { name: 'How two.onnx wants its images' }).waitFor();
    await giveFiles(page, 'drop', [at('preprocessor_config.json'), at('config.json')]);
    await page.getByText('two.onnx for 4 classes, sees 32 x 32 pixels').waitFor();
    await page.getByText('How its images are prepared').click();
    await page.getByText('From preprocessor_config.json: image_mean').waitFor();
    expect(await page.getByLabel('Names of the classes').inputValue()).toBe(names.join('\n'));
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('example');
    await page.getByText('LeNet for 7 diagnoses').waitFor();
    await giveFiles(page, 'drop', ['config.json', 'two.onnx.data', 'preprocessor_config.json', 'two.onnx'].map(at));
    await page.getByText('two.onnx for 4 classes').waitFor();
    await chooseImages(page, [at('lesion.png')]);
    await page.locator('.heat-map canvas').waitFor();
    expect(Object.keys(await shownProbabilities()).sort()).toEqual([...names].sort());
  }, 400_000);

  it('predicts without heat maps what it can not differentiate, and says why; of many classes it maps the likeliest', async () => {
    writeFileSync(at('strange.onnx'), foreignFile({ strange: true }));
    writeFileSync(at('many.onnx'), foreignFile({ classes: 40, side: null }));
    writeFileSync(at('preprocessor_config.json'), JSON.stringify(processor));
    await chooseImages(page, [at('lesion.png')]);
    await chooseModel(page, at('strange.onnx'), at('preprocessor_config.json'));
    expect(Object.keys(await shownProbabilities()).length).toBe(4);
    const abilities = page.getByRole('list', { name: 'What lesionlab can do' });
    expect(await abilities.innerText()).toContain('no. strange.onnx has one operator that lesionlab can');
    await abilities.getByText('What stands in the way').click();
    await abilities.getByText(/^Shrink, 1 of opset/).waitFor();
    await page.getByText('This model gives no heat maps.').waitFor();

    await chooseModel(page, at('many.onnx'), at('preprocessor_config.json'));
    await page.locator('.heat-map canvas').waitFor();
    await page.getByText('Of 40 classes the 5 most probable have maps').waitFor();
    const shown = Object.keys(await shownProbabilities());
    expect(shown.length).toBe(10);
    const evidence = page.getByLabel('Evidence for');
    expect(await evidence.locator('option').allInnerTexts()).toEqual(shown.slice(0, 5));
    await evidence.selectOption(shown[4]);
    await page.getByText(new RegExp(`(evidence|speaks) for ${shown[4]}\\b`)).waitFor();
    await page.getByRole('button', { name: 'Show all 40 classes' }).click();
    expect(Object.keys(await shownProbabilities()).length).toBe(40);
  }, 400_000);

  it('says what is wrong with files of other kinds', async () => {
    const alert = page.getByRole('alert');
    const retype = (bytes: Uint8Array, change: (graph: Message) => void) =>
      changed(bytes, ({ graph }) => change(graph));
    writeFileSync(
      at('half.onnx'),
      retype(foreignFile(), ({ inputs }) => (inputs[0].type.tensorType.elementType = 10)),
    );
    await chooseModel(page, at('half.onnx'));
    await alert.getByText('half.onnx takes numbers of another kind').waitFor();
    await page.getByText('Half-precision graphs have no gradient here').waitFor();
    writeFileSync(
      at('detector.onnx'),
      retype(foreignFile(), ({ outputs }) =>
        outputs[0].type.tensorType.shape.dimensions.push({ value: 8400 }, { value: 4 }),
      ),
    );
    await chooseModel(page, at('detector.onnx'));
    await alert.getByText('detector.onnx gives no classes').waitFor();
    await page.getByText('Detectors, segmenters and language models').waitFor();
    writeFileSync(
      at('photograph.onnx'),
      await sharpCodec.encodePng({ width: 4, height: 4, channels: 3, data: new Uint8Array(48) }),
    );
    await chooseModel(page, at('photograph.onnx'));
    await alert.getByText('photograph.onnx is an image').waitFor();
    writeFileSync(at('cut.onnx'), foreignFile().subarray(0, 2000));
    await chooseModel(page, at('cut.onnx'));
    await alert.getByText('cut.onnx is no complete ONNX model').waitFor();
    expect(await alert.innerText()).not.toContain('--');
    await page.getByRole('combobox', { name: 'Model', exact: true }).selectOption('example');
    await page.getByText('Computes with').waitFor();
  }, 400_000);
});
