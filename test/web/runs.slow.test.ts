import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import type { Evaluation } from '../../src/evaluation/evaluate.js';
import { runFolderPaths } from '../../src/node/run/runFolderPaths.js';
import { evaluateStep } from '../../src/node/steps/evaluate.js';
import { shortcutsStep } from '../../src/node/steps/shortcuts.js';
import { addFiles, makeFolder, removeFolders, smallImage } from '../node/datasetFolder.js';
import { makeTinyRun, type TinyRun, testContext } from '../node/tinyRun.js';
import { epochRecord } from './epochRecord.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { serveFolder } from './serveFolder.js';
import { writeEvaluation } from './writeEvaluation.js';

const root = resolve(import.meta.dirname, '../..');
let tiny: TinyRun;
let folder: string;
let studio: RunningStudio;
let browser: Browser;
let page: Page;

describe.skipIf(!chromiumPath)('the view of runs', () => {
  beforeAll(async () => {
    tiny = await makeTinyRun();
    folder = join(tiny.root, 'runs');
    mkdirSync(folder);
    const { epochs } = tiny.config.recipe.training;
    writeFileSync(
      tiny.run.metrics,
      Array.from({ length: epochs }, (_, i) => `${JSON.stringify(epochRecord(i + 1))}\n`).join(''),
    );
    await writeEvaluation(tiny.run, tiny.config, 1);
    await shortcutsStep(testContext(), { source: tiny.run.path, images: 20, changes: ['box-erased'], resamples: 20 });
    cpSync(tiny.run.path, join(folder, 'first'), { recursive: true });
    rmSync(join(tiny.run.evaluation('validation').folder, 'shortcuts.json'));
    await writeEvaluation(tiny.run, tiny.config, 2);
    cpSync(tiny.run.path, join(folder, 'second one'), { recursive: true });
    studio = await startStudio({ runs: folder });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
    tiny?.remove();
    removeFolders();
  });
  afterEach(() => page?.close());

  async function open(address: string, url = studio.url): Promise<Page> {
    page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${url}#${address}`);
    return page;
  }

  const firstEvaluation = (): Evaluation =>
    JSON.parse(readFileSync(join(folder, 'first/evaluation/test/evaluation.json'), 'utf8'));

  it('lists runs, sorts them, and opens one by keyboard alone', async () => {
    await open('/runs');
    const names = page.locator('table.runs tbody th a');
    await names.first().waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect(await names.allTextContents()).toEqual(['first', 'second one']);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect(await names.allTextContents()).toEqual(['second one', 'first']);
    expect(await page.getByRole('columnheader', { name: 'Run' }).getAttribute('aria-sort')).toBe('descending');
    expect(await page.locator('table.runs tbody tr').first().textContent()).toContain('synthetic images');
    await names.first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'second one' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/runs/second%20one/training');
  });

  it('opens the images behind a cell of the confusion matrix', async () => {
    await open('/runs/first/results');
    const { confusionMatrix, perClass } = firstEvaluation();
    const cells = confusionMatrix.flatMap((row, truth) => row.map((count, predicted) => ({ count, truth, predicted })));
    const cell = cells.find(({ count, truth, predicted }) => count > 0 && truth !== predicted)!;
    const name = `of ${perClass[cell.truth].name}, taken for ${perClass[cell.predicted].name}: show`;
    await page.getByRole('button', { name }).focus();
    await page.keyboard.press('Enter');
    const images = page.locator('.cell-images img');
    await images.first().waitFor();
    expect(await images.count()).toBe(cell.count);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H4');
    await page.waitForFunction(
      () => (document.querySelector('.cell-images img') as HTMLImageElement).naturalWidth === 40,
    );
    await page.locator('.image-card').first().press('Enter');
    const details = page.getByRole('dialog');
    expect(await details.textContent()).toContain('Place on the body');
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('image-card');
  });

  it('says whose images the results are of', async () => {
    cpSync(join(folder, 'second one/evaluation/test'), join(folder, 'second one/evaluation/train'), {
      recursive: true,
    });
    await open('/runs/second%20one/results/train');
    await page.getByText('The network learned from these images').waitFor();
    expect(await page.getByLabel('Results on').locator('option').allTextContents()).toEqual([
      expect.stringContaining('the test split'),
      expect.stringContaining('the train split'),
    ]);
    rmSync(join(folder, 'second one/evaluation/train'), { recursive: true });
  });

  it('shows images of external data, too', async () => {
    const clinic = join(makeFolder(), 'clinic');
    for (const [i, name] of ['mel/a', 'mel/b', 'nv/c'].entries())
      addFiles(clinic, { [`${name}.png`]: await smallImage(i, 'png') });
    await evaluateStep(testContext(), { run: join(folder, 'second one'), data: clinic, resamples: 0 });
    await open('/runs/second%20one/images/clinic');
    await page.getByText('3 of 3 images').waitFor();
    await page.waitForFunction(() => {
      const images = [...document.querySelectorAll<HTMLImageElement>('.image-card img')];
      return images.length === 3 && images.every(({ complete, naturalWidth }) => complete && naturalWidth > 0);
    });
    await page.locator('.image-card').first().press('Enter');
    const details = (await page.getByRole('dialog').textContent())!;
    expect(details).toContain('Place on the body');
    expect(details).not.toContain('Split');
    rmSync(join(folder, 'second one/evaluation/clinic'), { recursive: true });
  });

  it('explains words where they stand', async () => {
    await open('/runs/first/results');
    await page.locator('a.term', { hasText: 'Balanced accuracy' }).first().click();
    expect(await page.getByRole('dialog').textContent()).toContain('mean of the recalls');
    expect(new URL(page.url()).hash).toBe('#/runs/first/results');
  });

  it('filters images', async () => {
    await open('/runs/first/images');
    const status = page.getByRole('status');
    await page.getByLabel('Sex').waitFor();
    await page.getByRole('button', { name: 'Show all images' }).click();
    const { images, confusionMatrix } = firstEvaluation();
    await status.getByText(`${images} of ${images} images`).waitFor();
    await page.getByLabel('True diagnosis').selectOption('nv');
    const naevi = confusionMatrix[5].reduce((sum, count) => sum + count, 0);
    await status.getByText(`${naevi} of ${images} images`).waitFor();
    expect(await page.locator('.image-card').count()).toBe(Math.min(48, naevi));
    const titles = await page.locator('.image-card strong').allTextContents();
    expect(new Set(titles)).toEqual(new Set(['nv']));
  });

  it('says what to do where the data was moved, and shows the rest', async () => {
    renameSync(tiny.data, `${tiny.data}-moved`);
    try {
      await open('/runs/first/images');
      const problem = page.getByRole('alert');
      await problem.waitFor();
      expect(await problem.textContent()).toContain(tiny.data);
      expect(await problem.textContent()).toContain('--data <folder>');
      await page.locator('.no-image').first().waitFor();
    } finally {
      renameSync(`${tiny.data}-moved`, tiny.data);
    }
  });

  it('says so where there is no such run', async () => {
    await open('/runs/nowhere/training');
    expect(await page.getByRole('alert').textContent()).toContain('There is no run "nowhere"');
  });

  it('compares runs on the same images in a worker', async () => {
    await open('/runs');
    for (const name of ['first', 'second one']) await page.getByLabel(`Compare ${name}`).check();
    await page.getByRole('button', { name: 'Compare 2 runs' }).click();
    const differences = page.locator('table.differences');
    await differences.waitFor();
    const row = await differences.getByRole('row', { name: /balanced accuracy/ }).textContent();
    expect(row).toMatch(/[+−]0\.\d{4} to [+−]0\.\d{4}/);
    expect(await page.locator('figure svg').count()).toBe(2);
  });

  it('shows what the answers rest on, with the pictures, or how it is found out', async () => {
    await open('/runs/first');
    await page.getByRole('link', { name: 'What the answers rest on' }).click();
    await page.getByText('What remains of the answers', { exact: true }).waitFor();
    const picture = page.locator('figure img');
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(50);
    expect(await picture.getAttribute('alt')).toContain('box erased');
    await open('/runs/second one/shortcuts');
    await page.getByText('lesionlab shortcuts second one').waitFor();
    // The same out of a folder that was opened from disk.
    await open('/runs');
    await page.getByLabel('Open a run folder from disk', { exact: false }).setInputFiles(join(folder, 'first'));
    await page.getByRole('link', { name: 'first' }).nth(1).click();
    await page.getByRole('link', { name: 'What the answers rest on' }).click();
    await page.locator('figure img').waitFor();
  });

  it('has no serious fault that axe knows, and fits a phone', async () => {
    const shown: Record<string, string> = {
      '/runs': 'table.runs',
      '/runs/first/training': 'figure svg',
      '/runs/first/results': '.confusion',
      '/runs/first/images': '.image-card',
      '/runs/first/shortcuts': 'figure img',
      '/runs/first/configuration': 'dl.settings',
      '/runs/~compare/first,second%20one': 'table.differences',
    };
    for (const [address, selector] of Object.entries(shown)) {
      await open(address);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.locator(selector).first().waitFor();
      expect(await findViolations(page), address).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(390);
      await page.close();
    }
  }, 120_000);

  it('shows a training while it runs, and its evaluation when there is one', async () => {
    const run = join(folder, 'live');
    const child: ChildProcess = spawn(
      process.execPath,
      [join(root, 'bin/lesionlab.js'), 'train', tiny.data, '--run', run, '--preset', 'demo', '--epochs', '9999'],
      { stdio: 'ignore', env: { ...process.env, LESIONLAB_CACHE: join(tiny.root, 'cache') } },
    );
    try {
      while (!existsSync(join(run, 'steps.jsonl'))) await new Promise((done) => setTimeout(done, 100));
      await open('/runs/live/training');
      const statuses: number[] = [];
      page.on('response', (answer) => answer.url().includes('/api/') && statuses.push(answer.status()));
      const curve = page
        .locator('.live-curves svg')
        .first()
        .locator('path[stroke-width="1.6"], g[stroke-width="1.6"] path')
        .first();
      await curve.waitFor({ state: 'attached' });
      const before = await curve.getAttribute('d');
      const step = await page.getByTestId('progress').textContent();
      await page.waitForFunction(
        (old) => document.querySelector('[data-testid="progress"]')?.textContent !== old,
        step,
      );
      await expect.poll(() => curve.getAttribute('d'), { timeout: 20_000 }).not.toBe(before);
      // What had not changed was not sent again.
      await expect.poll(() => statuses.includes(304), { timeout: 20_000 }).toBe(true);
      child.kill('SIGINT');
      await once(child, 'exit');
      await page.getByText('This training was interrupted').waitFor();
      await page.getByRole('link', { name: 'Results' }).click();
      await page.getByText('This run was not evaluated yet').first().waitFor();
      const folderOfRun = runFolderPaths(run);
      await writeEvaluation(folderOfRun, JSON.parse(readFileSync(folderOfRun.config, 'utf8')), 3);
      await page.locator('.confusion').waitFor();
    } finally {
      child.kill('SIGKILL');
      rmSync(run, { recursive: true, force: true });
    }
  }, 120_000);

  it('shows the example on a host without the server', async () => {
    const host = await serveFolder(join(root, 'dist/web'));
    try {
      await open('/runs', host.url);
      await page.getByRole('link', { name: 'Example on synthetic images' }).click();
      await page.getByRole('link', { name: 'Images' }).click();
      const image = page.locator('.image-card img').first();
      await image.waitFor();
      await page.waitForFunction(
        () => (document.querySelector('.image-card img') as HTMLImageElement).naturalWidth > 0,
      );
    } finally {
      host.close();
    }
  });

  it('reads a run out of a folder from disk', async () => {
    const host = await serveFolder(join(root, 'dist/web'));
    try {
      await open('/runs', host.url);
      await page.getByLabel(/Open a run folder from disk/).setInputFiles(join(folder, 'first'));
      await page.getByRole('link', { name: 'first' }).click();
      await page.getByRole('link', { name: 'Results' }).click();
      await page.locator('.confusion').waitFor();
    } finally {
      host.close();
    }
  });
});
