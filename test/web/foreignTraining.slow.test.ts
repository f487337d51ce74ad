import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/evaluation/index.js';
import { openZip } from '../../src/node/files/zipFiles.js';
import { runConfig } from '../../src/training/recipe/config.js';
import { foreignFile } from '../foreignFile.js';
import { addFiles } from '../node/datasetFolder.js';
import { findViolations } from './findViolations.js';
import { chromiumPath } from './openBrowser.js';
import { openStudioPage, type StudioPage, saveDownload } from './openStudioPage.js';

const cli = join(import.meta.dirname, '../../bin/lesionlab.js');

/** How the foreign file was trained, as timm says it. */
const timm = {
  architecture: 'small_net',
  pretrained_cfg: {
    input_size: [3, 32, 32],
    crop_pct: 0.8,
    crop_mode: 'center',
    interpolation: 'bicubic',
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.25, 0.3],
  },
};

describe.skipIf(!chromiumPath)('somebody else’s network in the Train view', { timeout: 600_000 }, () => {
  let root: string;
  let studio: StudioPage;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'lesionlab-foreign-training-'));
    studio = await openStudioPage('data');
    const { page } = studio;
    await page.getByLabel('Number of synthetic images').fill('200');
    await page.getByRole('button', { name: 'Paint synthetic images' }).click();
    await page.getByRole('button', { name: 'Save these images' }).waitFor();
    await saveDownload(page, 'Save these images', join(root, 'images.zip'));
    await unpack('images.zip', 'images');
    await page.getByRole('navigation').getByRole('link', { name: 'Train' }).click();
  }, 600_000);
  afterAll(async () => {
    await studio?.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function unpack(zip: string, into: string): Promise<void> {
    const path = join(root, zip);
    const archive = await openZip({
      path,
      location: path,
      byteLength: readFileSync(path).length,
      folders: [],
    } as never);
    for (const file of archive.files)
      addFiles(join(root, into), { [[...file.folders, file.name].join('/')]: await file.read() });
    await archive.close();
  }

  const lesionlab = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args, '--quiet'], {
      env: { ...process.env, LESIONLAB_CACHE: join(root, 'cache') },
      encoding: 'utf8',
    });

  const chooseNetwork = (...names: string[]) =>
    studio.page.getByLabel(/Choose (a|another) network/).setInputFiles(names.map((name) => join(root, name)));

  /** Trains as the form stands, and opens the run folder that comes of it. @returns it, and what Node finds on validation, beside the page's */
  async function train(name: string): Promise<{ run: string; inPage: Evaluation; inNode: Evaluation }> {
    const { page } = studio;
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText(/^Trained for 1 epoch/).waitFor();
    await saveDownload(page, 'Save the run folder', join(root, `${name}.zip`));
    await unpack(`${name}.zip`, name);
    const run = join(root, name, 'studio-run');
    const read = () =>
      JSON.parse(readFileSync(join(run, 'evaluation/validation/evaluation.json'), 'utf8')) as Evaluation;
    const inPage = read();
    lesionlab('evaluate', run, '--data', join(root, 'images'), '--split', 'validation');
    return { run, inPage, inNode: read() };
  }

  it('is fine-tuned, and its run folder opens on the command line with the same numbers', async () => {
    const { page, errors } = studio;
    const bytes = foreignFile({ classes: 5, side: 32 });
    writeFileSync(join(root, 'net.onnx'), bytes);
    writeFileSync(join(root, 'config.json'), JSON.stringify(timm));
    await chooseNetwork('net.onnx', 'config.json');
    await page.getByText('is trained: its weights are the beginning').waitFor();
    await page.getByText('Its images are prepared as it knows them').waitFor();
    expect(await page.getByLabel('Image size, pixels', { exact: true }).inputValue()).toBe('32');
    await page.getByText(/Time: about .+ of training/).waitFor();
    expect(await findViolations(page)).toEqual([]);
    // A size that the file does not take is refused before anything begins.
    await page.getByLabel('Image size, pixels', { exact: true }).fill('64');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('alert').getByText('net.onnx takes images of 32 pixels only, found 64').waitFor();
    await page.getByLabel('Recipe', { exact: true }).selectOption('transfer');
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1');
    await page.getByRole('spinbutton', { name: 'Batch size' }).fill('16');
    await saveDownload(page, 'Save this recipe', join(root, 'recipe.yaml'));
    expect(readFileSync(join(root, 'recipe.yaml'), 'utf8')).toMatch(/^model: net\.onnx$/m);
    const { run, inPage, inNode } = await train('whole');
    expect(inNode.confusionMatrix).toEqual(inPage.confusionMatrix);
    expect(inNode.loss).toBeCloseTo(inPage.loss, 4);
    expect(readFileSync(join(run, 'network.onnx')).equals(bytes)).toBe(true);
    const config = runConfig.parse(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(config.model).toMatchObject({
      id: `net.onnx@${sha256.slice(0, 8)}`,
      network: { file: 'net.onnx', sha256, use: { imageSize: 32, layout: 'nchw', output: 'scores' } },
    });
    expect(config.recipe.training.freeze).toBe('none');
    expect(config.preprocessing).toMatchObject({
      imageSize: 32,
      fit: 'crop',
      resizeTo: 40,
      resize: 'bicubic-antialiased',
      mean: timm.pretrained_cfg.mean,
      std: timm.pretrained_cfg.std,
    });
    // Test images and the exported model work as well.
    lesionlab('evaluate', run, '--data', join(root, 'images'));
    const answers = JSON.parse(lesionlab('predict', join(run, 'model.onnx'), join(root, 'images'), '--json'));
    expect(answers.images.length).toBe(200);
    expect(errors).toEqual([]);
  });

  it('gets a head where it has operators without a gradient', async () => {
    const { page, errors } = studio;
    writeFileSync(join(root, 'strange.onnx'), foreignFile({ strange: true }));
    await chooseNetwork('strange.onnx');
    await page.getByText('so that only a head can be trained').waitFor();
    await page.getByText('Nothing says the').waitFor();
    expect(await page.getByLabel('Recipe', { exact: true }).locator('option').count()).toBe(1);
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1');
    const { run, inPage, inNode } = await train('head');
    expect(inNode.confusionMatrix).toEqual(inPage.confusionMatrix);
    expect(inNode.loss).toBeCloseTo(inPage.loss, 4);
    expect(existsSync(join(run, 'model.onnx'))).toBe(false);
    expect(await page.getByRole('button', { name: 'Save model.onnx' }).count()).toBe(0);
    expect(errors).toEqual([]);
    await page.getByRole('button', { name: 'Train one of lesionlab’s networks instead' }).click();
    expect(await page.getByLabel('Recipe', { exact: true }).inputValue()).toBe('demo');
  });

  it('says what is wrong with a file, and what it has to be told', async () => {
    const { page, errors } = studio;
    writeFileSync(join(root, 'open.onnx'), foreignFile({ side: null }));
    writeFileSync(join(root, 'broken.onnx'), foreignFile().subarray(0, 1500));
    await chooseNetwork('broken.onnx');
    await page.getByRole('alert').getByText('broken.onnx is no complete ONNX model').waitFor();
    await chooseNetwork('open.onnx');
    await page.getByText('What open.onnx may not say').waitFor();
    await page.getByText('is trained: its weights').waitFor();
    expect(await page.getByLabel('Image size, pixels', { exact: true }).inputValue()).toBe('128');
    await page.getByText('What open.onnx may not say').click();
    await page.getByLabel('Image size, pixels, where it is open').fill('48');
    await page.getByLabel('Tensor that describes an image').fill('nowhere');
    await page.getByRole('button', { name: 'Read it so' }).click();
    await page.getByRole('alert').getByText('nowhere').waitFor();
    await page.getByLabel('Tensor that describes an image').fill('');
    await page.getByRole('button', { name: 'Read it so' }).click();
    await page.getByText('it sees 48 x 48 pixels').waitFor();
    expect(await page.getByLabel('Image size, pixels', { exact: true }).inputValue()).toBe('48');
    expect(errors).toEqual([]);
  });
});
