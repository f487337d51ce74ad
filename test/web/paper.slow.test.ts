import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobReader, TextWriter, ZipReader } from '@zip.js/zip.js';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningStudio, startStudio } from '../../dist/node/studio/startStudio.js';
import { evaluateStep } from '../../src/node/steps/evaluate.js';
import { paperStep } from '../../src/node/steps/paper.js';
import { makeTinyRun, type TinyRun, testContext } from '../node/tinyRun.js';
import { assertWellFormed } from '../report/structure.js';
import { chromiumPath, openBrowser } from './openBrowser.js';

describe.skipIf(!chromiumPath)('a paper out of the studio', () => {
  let tiny: TinyRun;
  let studio: RunningStudio;
  let browser: Browser;
  beforeAll(async () => {
    tiny = await makeTinyRun();
    await evaluateStep(testContext(), { run: tiny.run.path, resamples: 20 });
    const folder = join(tiny.root, 'runs');
    mkdirSync(folder);
    cpSync(tiny.run.path, join(folder, 'first'), { recursive: true });
    studio = await startStudio({ runs: folder });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
    tiny?.remove();
  });

  it('is what the command line writes', async () => {
    const to = join(tiny.root, 'paper');
    const { files } = await paperStep(testContext(), { sources: [join(tiny.root, 'runs/first')], to });
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${studio.url}#/runs/first`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'For a paper (zip)' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('first-paper.zip');
    const zip = new ZipReader(new BlobReader(new Blob([readFileSync((await saved.path())!)])));
    const texts = new Map<string, string>();
    for (const entry of await zip.getEntries())
      if (!entry.directory) texts.set(entry.filename.replace(/^paper\//, ''), await entry.getData(new TextWriter()));
    await page.close();
    expect([...texts.keys()].sort()).toEqual([...files].sort());
    for (const [path, text] of texts)
      if (path.endsWith('.svg')) assertWellFormed(text);
      else expect(text, path).toBe(readFileSync(join(to, path), 'utf8'));
  }, 120_000);
});
