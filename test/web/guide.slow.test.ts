import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { conv, Graph, maxPool as maxPoolOperator, toOnnx } from '../../src/graph/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { convolve, maxPool } from '../../web/src/views/guide/figures/convolve.js';
import { descend, valley } from '../../web/src/views/guide/figures/descend.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';

const guide = resolve(import.meta.dirname, '../../guide');
const chapters = readdirSync(guide)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort()
  .map((name) => ({
    slug: name.replace(/\.md$/, ''),
    figures: [...readFileSync(join(guide, name), 'utf8').matchAll(/^<!-- live: ([\w-]+) -->$/gm)].map(([, f]) => f),
  }));

describe('what the figures compute', () => {
  it('convolves and pools as the graphs of training do', async () => {
    const side = 7;
    const values = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i * 1.7));
    const kernel = [-1, 0, 2, 0.5, 1, -2, 3, 0, 0.25];
    const graph = new Graph();
    const image = graph.input('image', [1, 1, side, side]);
    const weight = graph.initializer(Float32Array.from(kernel), [1, 1, 3, 3]);
    const filtered = graph.apply(conv, [image, weight], { stride: 1, padding: 0 });
    graph.output('filtered', filtered);
    graph.output('pooled', graph.apply(maxPoolOperator, [filtered], { kernel: 2, stride: 2, padding: 0 }));
    const session = await nodeRuntime.open(toOnnx(graph));
    const expected = await session.run({ image: { data: values, shape: [1, 1, side, side] } });
    await session.close();
    const own = convolve({ side, values }, kernel);
    for (const [result, name] of [[own, 'filtered'] as const, [maxPool(own), 'pooled'] as const]) {
      const data = expected[name].data as Float32Array;
      expect(result.values).toHaveLength(data.length);
      for (const [i, value] of result.values.entries()) expect(value).toBeCloseTo(data[i], 5);
    }
  });

  it('descends with the optimizers of training: converges at a good rate, diverges at a bad one', () => {
    expect(valley(descend('adam', 0.3, [-8.5, 2.4], 60).at(-1)!)).toBeLessThan(0.5);
    const path = descend('sgd', 0.01, [1, 1], 1);
    // One step of SGD by hand: the slope at 1, 1 is 0.1, 2.
    expect(path[1][0]).toBeCloseTo(0.999, 6);
    expect(path[1][1]).toBeCloseTo(0.98, 6);
    expect(valley(descend('sgd', 3, [-8.5, 2.4], 60).at(-1)!)).toBeGreaterThan(1e6);
  });
});

describe.skipIf(!chromiumPath)('the guide in the studio', () => {
  let studio: RunningStudio;
  let browser: Browser;
  const problems: string[] = [];
  beforeAll(async () => {
    studio = await startStudio();
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await studio.close();
  });

  async function openPage(address: string, width = 1100): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(studio.url + address);
    return page;
  }

  /** A figure is drawn when it has a picture. */
  const waitForFigures = async (page: Page, figures: readonly string[]) => {
    for (const name of figures)
      await page.locator(`[data-figure="${name}"] :is(svg, canvas, img, table)`).first().waitFor();
  };

  it('draws every live figure of every chapter, page by page, on a phone too', { timeout: 400_000 }, async () => {
    const page = await openPage('#/guide', 390);
    await page.locator('.chapter-list a').first().click();
    for (const [i, { slug, figures }] of chapters.entries()) {
      await page.waitForURL(`**/#/guide/${slug}`);
      await waitForFigures(page, figures);
      expect(await page.locator('.problem').count(), slug).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), slug).toBeLessThanOrEqual(390);
      expect((await page.locator('.live').allTextContents()).join(' '), slug).not.toMatch(/NaN|undefined/);
      if (i < chapters.length - 1) await page.locator('.neighbours .after').click();
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it('answers when the reader changes something', { timeout: 240_000 }, async () => {
    const page = await openPage('#/guide/05-splits');
    await waitForFigures(page, ['split']);
    const say = page.locator('[data-figure="split"] .say');
    expect(await say.textContent()).not.toMatch(/^0 of/);
    await page.getByRole('combobox', { name: 'Divide' }).selectOption('lesions');
    expect(await say.textContent()).toMatch(/^0 of \d+ test images \(0\.0%\)/);
    await page.getByRole('button', { name: 'Sources' }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('sources');
    expect(problems).toEqual([]);
    await page.close();
  });

  it('shows that a wrong guess about pixels makes answers worse and not less sure', { timeout: 240_000 }, async () => {
    const page = await openPage('#/guide/15-own-network');
    await waitForFigures(page, ['preprocessing']);
    const rows = await page
      .locator('[data-figure="preprocessing"] tbody tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map(({ textContent }) => textContent ?? '')));
    const byGuess = new Map(rows.map(([words, , , right, sure]) => [words, { right: Number(right), sure }]));
    const right = byGuess.get('as it was trained')!.right;
    expect(right).toBeGreaterThan(12);
    for (const words of ["ImageNet's mean and deviation", 'values from 0 to 1', 'values from 0 to 255'])
      expect(byGuess.get(words)!.right, words).toBeLessThan(right);
    expect(byGuess.get('values from 0 to 255')!.right).toBeLessThan(5);
    expect(Number.parseInt(byGuess.get('values from 0 to 255')!.sure, 10)).toBeGreaterThan(95);
    const say = page.locator('[data-figure="preprocessing"] .say');
    const before = await say.textContent();
    await page.getByRole('combobox', { name: 'Test image' }).selectOption({ index: 20 });
    expect(await say.textContent()).not.toBe(before);
    expect(problems).toEqual([]);
    await page.close();
  });

  it('has no serious fault that axe-core finds, on its start page, its list and three chapters', {
    timeout: 400_000,
  }, async () => {
    for (const [address, figures] of [
      ['#/', []],
      ['#/guide', []],
      ['#/guide/04-augmentation', ['augmentation']],
      ['#/guide/12-confusion-matrix', ['confusion-matrix', 'threshold']],
      ['#/guide/15-own-network', ['preprocessing']],
    ] as const) {
      const page = await openPage(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await waitForFigures(page, figures);
      expect(await findViolations(page), address).toEqual([]);
      await page.close();
    }
  });
});
