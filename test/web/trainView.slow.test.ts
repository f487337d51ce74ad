import { execFileSync } from 'node:child_process';
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
    expect(await page.getByRole('alert').innerText()).toContain('The number of epochs must be a whole number');
    await page.getByLabel('Network').selectOption({ label: 'Head on a trained MobileNetV2' });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('the rest needs trained weights').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByLabel('Network').selectOption({ label: 'LeNet, a small one, from nothing' });
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
    await page.getByLabel('Network').selectOption({ label: 'Head on a trained MobileNetV2' });
    await page.getByLabel(/Weights of MobileNetV2/).setInputFiles(join(root, 'backbone.safetensors'));
    await page.getByLabel('Image size, pixels').fill('64');
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('3');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText('Trained for 3 epochs.').waitFor();
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
    await page.getByLabel('Network').selectOption({ label: 'LeNet, a small one, from nothing' });
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
