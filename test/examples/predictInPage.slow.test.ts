import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainImage } from '../../src/node/prediction/explainImage.js';
import { predictImages } from '../../src/node/prediction/predictImages.js';
import { testContext } from '../node/tinyRun.js';
import { chromiumPath, openBrowser } from '../web/openBrowser.js';
import { exampleEnvironment, examples } from './runExample.js';

const folder = mkdtempSync(join(tmpdir(), 'lesionlab-page-'));
let server: ChildProcess;
let browser: Browser;
let page: Page;
const errors: string[] = [];

it('is a page of at most 40 lines', () => {
  const text = readFileSync(join(examples, 'predictInPage.html'), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
});

describe.skipIf(!chromiumPath)('predictInPage', () => {
  beforeAll(async () => {
    server = spawn(process.execPath, [join(examples, 'predictInPage.mjs')], {
      env: exampleEnvironment(folder),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const address = await new Promise<string>((resolve, reject) => {
      let printed = '';
      server.stdout!.on('data', (part) => {
        printed += part;
        const found = /http:\/\/localhost:\d+\//.exec(printed);
        if (found) resolve(found[0]);
      });
      server.on('exit', (code) => reject(new Error(`The server ended with status ${code}: ${printed}`)));
    });
    browser = await openBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('requestfailed', (request) => errors.push(request.url()));
    await page.goto(address);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    if (server) {
      const ended = new Promise((resolve) => server.on('exit', resolve));
      server.kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("gives predict's probabilities, and the heat of explainImage, for an image of the reader", async () => {
    const [own] = readdirSync(folder).filter((name) => name.startsWith('lesionlab-example-'));
    const image = join(folder, own, 'data/HAM10000_images_part_1/SYN_0000007.jpg');
    const run = join(folder, own, 'run');
    await page.locator('input:enabled').setInputFiles(image);
    await page.locator('li').nth(6).waitFor();
    const shown = await page.locator('li').allTextContents();
    const { classes, images } = await predictImages(testContext(), { source: run, inputs: [image] });
    const expected = classes
      .map(({ name }, k) => ({ name, percent: 100 * images[0].probabilities[k] }))
      .sort((a, b) => b.percent - a.percent);
    for (const [i, text] of shown.entries()) {
      // Chromium's decoder and libjpeg-turbo's differ by a level or two.
      const { percent } = expected.find(({ name }) => text.endsWith(name))!;
      expect(Math.abs(Number.parseFloat(text) - percent), `${i}: ${text}`).toBeLessThan(0.5);
    }
    const { heat, seen } = await explainImage(run, image, { threads: 1 });
    expect(errors).toEqual([]);
    const size = await page.locator('canvas').evaluate(({ width, height }: HTMLCanvasElement) => [width, height]);
    expect(size).toEqual([seen.width, seen.height]);
    // The hottest place is red: far from what the picture shows there.
    const hottest = heat.values.indexOf(1);
    const at = [hottest % heat.width, Math.floor(hottest / heat.width)].map((place, axis) =>
      Math.floor(((place + 0.5) * [seen.width, seen.height][axis]) / [heat.width, heat.height][axis]),
    );
    const colour = await page
      .locator('canvas')
      .evaluate(
        (canvas: HTMLCanvasElement, [x, y]) => [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data],
        at as [number, number],
      );
    const before = seen.data.subarray(3 * (at[1] * seen.width + at[0]), 3 * (at[1] * seen.width + at[0]) + 3);
    expect(Math.max(...[0, 1, 2].map((c) => Math.abs(colour[c] - before[c])))).toBeGreaterThan(20);
    expect(errors).toEqual([]);
  });
});
