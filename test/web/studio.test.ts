import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
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
});
