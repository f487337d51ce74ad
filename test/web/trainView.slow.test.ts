import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/evaluation/index.js';
import { encodeSafetensors, findModel, initialWeights } from '../../src/models/index.js';
import { openZip } from '../../src/node/files/zipFiles.js';
import type { EpochRecord } from '../../src/training/events.js';
import { addFiles } from '../node/datasetFolder.js';
import { findViolations } from './findViolations.js';
import { chromiumPath } from './openBrowser.js';
import { openStudioPage, type StudioPage, saveDownload } from './openStudioPage.js';

const cli = join(import.meta.dirname, '../../bin/lesionlab.js');

describe.skipIf(!chromiumPath)('the Train view', { timeout: 900_000 }, () => {
  let root: string;
  let studio: StudioPage;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'lesionlab-web-'));
    studio = await openStudioPage('data');
    const { page } = studio;
    await page.getByLabel('Number of synthetic images').fill('200');
    await page.getByRole('button', { name: 'Paint synthetic images' }).click();
    await page.getByRole('button', { name: 'Save these images' }).waitFor();
    await saveDownload(page, 'Save these images', join(root, 'images.zip'));
    await unpack(join(root, 'images.zip'), join(root, 'images'));
  }, 900_000);
  afterAll(async () => {
    await studio?.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function unpack(path: string, into: string): Promise<void> {
    const { size } = await import('node:fs/promises').then(({ stat }) => stat(path));
    const archive = await openZip({ path, location: path, byteLength: size, folders: [] } as never);
    for (const file of archive.files) addFiles(into, { [[...file.folders, file.name].join('/')]: await file.read() });
    await archive.close();
  }

  async function begin(epochs: number): Promise<void> {
    const { page } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    await page.getByLabel('Image size, pixels').fill('32');
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill(String(epochs));
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  }

  const lesionlab = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args, '--quiet'], {
      env: { ...process.env, LESIONLAB_CACHE: join(root, 'cache') },
      encoding: 'utf8',
    });

  it('says what a training costs, and refuses settings out of range', async () => {
    const { page } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    await page.getByText(/Time: about .+ of training/).waitFor();
    expect(await page.locator('.costs').innerText()).toContain('2 MiB for 200 prepared images');
    expect(await page.getByLabel('Computed by').innerText()).toContain('WebAssembly');
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('0');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    expect(await page.getByRole('alert').innerText()).toContain(
      'training.epochs: expected a whole number, 1 or more, found 0',
    );
    await page.getByLabel('Recipe', { exact: true }).selectOption('head');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('the rest needs trained weights').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
  });

  it('draws what a recipe makes of images, of any network, and says why where it is no recipe', async () => {
    const { page } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    const preview = page.getByRole('img', { name: /^A row an image/ });
    await page.getByRole('button', { name: 'Preview' }).click();
    await preview.waitFor();
    // Not white all over, and another picture once something is changed.
    const pixels = () => preview.evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());
    const before = await pixels();
    expect(before.length).toBeGreaterThan(20_000);
    await page.getByText('All settings of the recipe').click();
    await page.getByLabel('Cutmix').fill('1');
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect.poll(pixels).not.toBe(before);
    if (process.env.LESIONLAB_KEEP) await preview.screenshot({ path: process.env.LESIONLAB_KEEP });
    await page.getByLabel('Cutmix').fill('2');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('training.cutmix: expected a number from 0 to 1, found 2').waitFor();
    expect(await preview.count()).toBe(0);
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
    await page.getByText('All settings of the recipe').click();
  });

  it('opens a recipe file, trains by it with what is changed in the form, and saves it', async () => {
    const { page, errors } = studio;
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    const open = (name: string, text: string) => {
      writeFileSync(join(root, name), text);
      return page.getByLabel('Recipe file').setInputFiles(join(root, name));
    };
    // What is wrong is said with its file, its line and its setting, and the form stays as it was.
    await open('bad.yaml', 'extends: demo\ntraining:\n  learningRate: -1\n  epoch: 3\n');
    const alert = page.getByRole('alert');
    await alert.getByText('The recipe bad.yaml cannot be used: 2 settings are wrong').waitFor();
    expect(await alert.innerText()).toContain('training.learningRate (line 3): expected a number above 0, found -1');
    expect(await alert.innerText()).toContain(
      'training.epoch (line 4): there is no such setting; did you mean training.epochs?',
    );
    expect(await page.getByLabel('Recipe', { exact: true }).inputValue()).toBe('demo');

    // What is too much for a page can be looked at, changed and saved there, but not trained.
    await open('whole.yaml', 'extends: resnet18\nimageSize: 64\n');
    await page.getByText('Time: not known with these settings.').waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await alert.getByText('model: the page trains LeNet, and heads on other networks').waitFor();
    await saveDownload(page, 'Save this recipe', join(root, 'whole-saved.yaml'));
    expect(JSON.parse(lesionlab('recipe', join(root, 'whole-saved.yaml'), '--json'))).toMatchObject({
      preset: 'resnet18',
      overrides: ['imageSize=64'],
    });

    const text =
      '# Mine.\nextends: demo\nimageSize: 32\naugmentation:\n  hue: 0.1\n  scale: [0.8, 1.25]\ntraining:\n  epochs: 3\n  learningRateFactors: {conv1: 0.5}\n';
    await open('mine.yaml', text);
    await page.getByRole('option', { name: 'the file mine.yaml' }).waitFor({ state: 'attached' });
    expect(await alert.count()).toBe(0);
    expect(await page.getByLabel('Image size, pixels').inputValue()).toBe('32');
    await page.getByText('All settings of the recipe').click();
    expect(await page.getByLabel('Scale').inputValue()).toBe('0.8, 1.25');
    expect(await page.getByLabel('Learning rate factors').inputValue()).toBe('conv1=0.5');
    expect(await findViolations(page)).toEqual([]);
    // Its fields say what the schema says, and refuse what it refuses.
    expect(await page.locator('.setting', { hasText: 'Label smoothing' }).innerText()).toContain(
      'A number from 0 to 0.5.',
    );
    await page.getByLabel('Label smoothing').fill('0,1');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await alert.getByText('training.labelSmoothing: expected a number from 0 to 0.5, found "0,1"').waitFor();
    await page.getByLabel('Label smoothing').fill('0.1');
    await page.getByLabel('Class weights').selectOption('none');

    await saveDownload(page, 'Save this recipe', join(root, 'saved.yaml'));
    const saved = JSON.parse(lesionlab('recipe', join(root, 'saved.yaml'), '--json'));
    expect(saved).toMatchObject({
      preset: 'demo',
      overrides: [
        'imageSize=32',
        'augmentation.scale=0.8,1.25',
        'augmentation.hue=0.1',
        'epochs=3',
        'learningRateFactors=conv1=0.5',
        'classWeights=none',
        'labelSmoothing=0.1',
      ],
    });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Trained for 3 epochs.').waitFor();
    await saveDownload(page, 'Save the run folder', join(root, 'recipe.zip'));
    await unpack(join(root, 'recipe.zip'), join(root, 'recipe'));
    const run = join(root, 'recipe', 'studio-run');
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))).toMatchObject({
      preset: 'demo',
      overrides: saved.overrides,
      recipe: saved.recipe,
      recipeFile: { name: 'mine.yaml', sha256: createHash('sha256').update(text).digest('hex') },
    });
    expect(JSON.parse(lesionlab('recipe', run, '--json'))).toMatchObject({ recipe: saved.recipe });
    expect(errors).toEqual([]);
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
  });

  it('learns, and its run folder gives the same validation numbers on the command line', async () => {
    const { page, errors } = studio;
    await begin(12);
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await saveDownload(page, 'Save the run folder', join(root, 'run.zip'));
    await unpack(join(root, 'run.zip'), root);
    const run = join(root, 'studio-run');
    const epochs = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EpochRecord);
    expect(epochs.length).toBe(12);
    expect(epochs[11].trainLoss).toBeLessThan(0.9 * epochs[0].trainLoss);
    const read = () =>
      JSON.parse(readFileSync(join(run, 'evaluation/validation/evaluation.json'), 'utf8')) as Evaluation;
    const inPage = read();
    lesionlab('evaluate', run, '--data', join(root, 'images'), '--split', 'validation');
    const inNode = read();
    expect(inNode.confusionMatrix).toEqual(inPage.confusionMatrix);
    expect(inNode.balancedAccuracy).toBeCloseTo(inPage.balancedAccuracy, 10);
    expect(inNode.loss).toBeCloseTo(inPage.loss, 5);
    expect(inNode.intervals!.balancedAccuracy).toEqual(inPage.intervals!.balancedAccuracy);
    expect(await page.locator('.tiles .value').first().innerText()).toBe(
      `${(100 * inPage.balancedAccuracy).toFixed(1)}%`,
    );
    // The split and the subset are the command line's own.
    lesionlab('split', join(root, 'images'), '--out', join(root, 'split'));
    expect(readFileSync(join(run, 'splits.csv'), 'utf8')).toBe(readFileSync(join(root, 'split/splits.csv'), 'utf8'));
    // Test images, report and exported model work as well.
    lesionlab('evaluate', run, '--data', join(root, 'images'));
    lesionlab('report', run);
    expect(existsSync(join(run, 'report.html'))).toBe(true);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('in a browser (');
    const first = JSON.parse(lesionlab('predict', join(run, 'model.onnx'), join(root, 'images'), '--json')) as {
      images: unknown[];
    };
    expect(first.images.length).toBe(200);
    expect(errors).toEqual([]);
  });

  it('trains a head on the weights of a file', async () => {
    const { page, errors } = studio;
    // Random ones: what the file holds makes no difference to the way that it takes.
    const network = { model: findModel('mobilenet_v2_levels'), classCount: 7, imageSize: 64 };
    writeFileSync(join(root, 'backbone.safetensors'), encodeSafetensors(initialWeights(network, 3), {}));
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    await page.getByLabel('Recipe', { exact: true }).selectOption('head');
    await page.getByLabel(/Weights of mobilenet_v2_levels/).setInputFiles(join(root, 'backbone.safetensors'));
    await page.getByLabel('Image size, pixels').fill('64');
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Trained for 3 epochs.').waitFor();
    await page.getByText('backbone.safetensors: 246 of 246 tensors taken').waitFor();
    await saveDownload(page, 'Save the run folder', join(root, 'head.zip'));
    await unpack(join(root, 'head.zip'), join(root, 'head'));
    const run = join(root, 'head', 'studio-run');
    const read = () =>
      JSON.parse(readFileSync(join(run, 'evaluation/validation/evaluation.json'), 'utf8')) as Evaluation;
    const inPage = read();
    lesionlab('evaluate', run, '--data', join(root, 'images'), '--split', 'validation');
    expect(read().confusionMatrix).toEqual(inPage.confusionMatrix);
    expect(read().loss).toBeCloseTo(inPage.loss, 4);
    expect(errors).toEqual([]);
    await page.getByLabel('Recipe', { exact: true }).selectOption('demo');
  });

  it('pauses, goes on and stops, and keeps the best epoch', async () => {
    const { page, errors } = studio;
    await begin(400);
    await page.locator('figure').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    // What was under way when the button was pressed arrives yet.
    await page.waitForTimeout(3000);
    const held = await page.locator('.progress').innerText();
    await page.waitForTimeout(3000);
    expect(await page.locator('.progress').innerText()).toBe(held);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction((before) => document.querySelector('.progress')?.textContent !== before, held);
    expect(await findViolations(page)).toEqual([]);
    // It goes on while another view is open.
    await page.getByRole('navigation').getByRole('link', { name: 'Data' }).click();
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('heading', { name: 'What came of it' }).waitFor();
    expect(await page.getByText(/^Stopped after \d+ epochs?\./).isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });
});
