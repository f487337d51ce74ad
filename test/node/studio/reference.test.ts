import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeStudioApp } from '../../../src/node/studio/studioApp.js';

const page = mkdtempSync(join(tmpdir(), 'lesionlab-page-'));
beforeAll(() => {
  mkdirSync(join(page, 'reference'));
  writeFileSync(join(page, 'index.html'), '<title>studio</title>');
  writeFileSync(join(page, 'reference', 'index.html'), '<title>reference</title>');
});
afterAll(() => rmSync(page, { recursive: true, force: true }));

it('lets the API reference run the scripts of its own pages, and the studio none', async () => {
  const app = makeStudioApp({ page, runs: { folder: page } as never, images: {} as never });
  const get = (path: string) => app.request(`http://localhost${path}`, { headers: { host: 'localhost' } });
  const reference = await get('/reference/index.html');
  expect(await reference.text()).toContain('reference');
  expect(reference.headers.get('Content-Security-Policy')).toContain("script-src 'self' 'unsafe-inline'");
  expect(reference.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const studio = await get('/index.html');
  expect(studio.headers.get('Content-Security-Policy')).not.toContain("script-src 'self' 'unsafe-inline'");
});
