import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from './openBrowser.js';
import { openPredictView } from './predictPage.js';
import { serveFolder } from './serveFolder.js';

const built = resolve(import.meta.dirname, '../../dist/web');
let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-plain-host-'));
  mkdirSync(join(folder, 'some/path'), { recursive: true });
  symlinkSync(built, join(folder, 'some/path/studio'));
  if (chromiumPath) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!chromiumPath)('the page without the studio', () => {
  it('runs below a path of a host that knows neither .mjs nor .wasm', async () => {
    const host = await serveFolder(folder);
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    const missing: string[] = [];
    page.on('response', (answer) => answer.status() === 404 && missing.push(new URL(answer.url()).pathname));
    try {
      const url = `${host.url}some/path/studio/`;
      await page.goto(url);
      for (const name of ['Guide', 'Data', 'Train', 'Runs', 'Predict']) {
        await page.getByRole('navigation').getByRole('link', { name }).click();
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await page.title()).toBe(`${name} · lesionlab studio`);
      }
      await openPredictView(page, url);
      await page.locator('.example-images summary').click();
      await page.locator('.example-image').first().click();
      await page.locator('table.probabilities').waitFor();
      expect(problems).toEqual([]);
      // The page asks whether the studio's server is there.
      expect([...new Set(missing)]).toEqual(['/some/path/studio/api/studio']);
      expect(await page.locator('#opened-from-disk, #not-loaded').filter({ visible: true }).count()).toBe(0);
    } finally {
      await page.close();
      host.close();
    }
  }, 180_000);

  it.each([true, false])(
    'says what to do when it is opened from disk (with scripts: %s)',
    async (javaScriptEnabled) => {
      const page = await browser.newPage({ javaScriptEnabled });
      await page.goto(pathToFileURL(join(built, 'index.html')).href);
      const words = page.getByText('npx lesionlab studio', { exact: true }).filter({ visible: true });
      await words.waitFor();
      expect(await page.locator('body').innerText()).toMatch(/from a web server only/);
      await page.close();
    },
  );

  it('says so where a host does not serve its script', async () => {
    const page = await browser.newPage();
    await page.route('**/assets/index-*.js', (route) => route.fulfill({ status: 404, body: 'Not here.' }));
    const host = await serveFolder(built);
    try {
      await page.goto(host.url);
      await page.getByText('script could not be loaded').waitFor();
      expect(await page.getByText('opened from disk').isVisible()).toBe(false);
    } finally {
      await page.close();
      host.close();
    }
  });
});
