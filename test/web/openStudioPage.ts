import type { Browser, Page } from 'playwright-core';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { openBrowser } from './openBrowser.js';

export interface StudioPage {
  readonly page: Page;
  /** What the page complained of: errors that nobody caught. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

/** Serves the studio and opens one of its views in a browser. Machines under load are slow: waiting has no short end. */
export async function openStudioPage(view: string): Promise<StudioPage> {
  const studio: RunningStudio = await startStudio();
  const browser: Browser = await openBrowser();
  const page = await browser.newPage({ acceptDownloads: true });
  page.setDefaultTimeout(240_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${studio.url}#/${view}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return {
    page,
    errors,
    async close() {
      await browser.close();
      await studio.close();
    },
  };
}

/** Presses a button that hands out a file, and keeps that at a path. */
export async function saveDownload(page: Page, button: string, path: string): Promise<void> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  await download.saveAs(path);
}
