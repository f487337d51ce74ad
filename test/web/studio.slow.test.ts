import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { findViolations } from './findViolations.js';
import { chromiumPath, openBrowser } from './openBrowser.js';

let studio: RunningStudio;

beforeAll(async () => {
  studio = await startStudio();
});
afterAll(() => studio.close());

/** Status of a request that names another host than it is sent to; `fetch` forbids that. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(studio.url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe("the studio's server", () => {
  it('isolates the page and lets it speak with this server alone', async () => {
    const { headers } = await fetch(studio.url);
    expect(headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(headers.get('content-security-policy')).not.toMatch(/https?:|\*|'unsafe-eval'|script-src[^;]*unsafe-inline/);
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('answers no request that names another host', async () => {
    expect(await statusFor(new URL(studio.url).host)).toBe(200);
    expect(await statusFor('localhost:1')).toBe(200);
    expect(await statusFor('example.org')).toBe(421);
    expect(await statusFor('127.0.0.1.example.org')).toBe(421);
  });

  it('gives no file outside the page', async () => {
    for (const path of ['../package.json', '%2e%2e/package.json', '..%2fpackage.json', 'assets/../../package.json'])
      expect((await fetch(studio.url + path)).status).toBe(404);
  });
});

describe.skipIf(!chromiumPath)('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('opens every part of its navigation without an error', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(studio.url);
    for (const name of ['Guide', 'Data', 'Train', 'Runs', 'Predict']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.title()).toBe(`${name} · lesionlab studio`);
    }
    expect(problems).toEqual([]);
    await page.close();
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('is accessible, fits and stands still in every view, %s and %i px wide', async (colorScheme, width) => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
    await page.addInitScript(() => {
      // Sum of layout shifts (https://wicg.github.io/layout-instability/), those after a reader's own action apart.
      const shifts = { sum: 0 };
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; hadRecentInput: boolean }[])
          if (!entry.hadRecentInput) shifts.sum += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const view of ['', 'guide', 'guide/03-imbalance', 'data', 'train', 'runs', 'predict']) {
      await page.goto('about:blank');
      await page.goto(`${studio.url}#/${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await findViolations(page), view).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(width);
      const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum);
      expect(shifts, `${view}: layout shifts`).toBeLessThan(0.1);
    }
    await page.close();
  });
});
