// Makes the pictures of README: the top of a report, and the results of a run in the studio. On synthetic images, from a run that the
// demo makes, or from the folder of a run that is named. Needs a Chromium (CHROMIUM_PATH, or /usr/bin/chromium) and a built page
// (npm run build).
//
//   node docs/pictures/makePictures.mjs [folder of a run]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { startStudio } from '../../dist/node/studio/startStudio.js';

const root = resolve(import.meta.dirname, '../..');
const temporary = await mkdtemp(join(tmpdir(), 'lesionlab-pictures-'));
const run = process.argv[2] ? resolve(process.argv[2]) : join(temporary, 'demo');
if (!process.argv[2])
  spawnSync(process.execPath, [join(root, 'bin/lesionlab.js'), 'demo', '--run', run], { stdio: 'inherit' });

const studio = await startStudio({ runs: run });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 840 }, colorScheme: 'light' });
  page.setDefaultTimeout(120_000);
  await page.goto(pathToFileURL(join(run, 'report.html')).href);
  await page.locator('#results-title').evaluate((heading) => heading.scrollIntoView());
  await save(page, 'report.png');
  await page.goto(studio.url);
  const { runs } = await (await fetch(`${studio.url}api/runs`)).json();
  await page.goto(`${studio.url}#/runs/${encodeURIComponent(runs[0].id)}/images`);
  await page.locator('main img').first().waitFor();
  await page.getByRole('heading', { name: 'Images', exact: true }).evaluate((heading) => heading.scrollIntoView());
  await save(page, 'studio.png');
} finally {
  await browser.close();
  await studio.close();
  await rm(temporary, { recursive: true, force: true });
}

async function save(page, name) {
  // Those further down load when they are scrolled to.
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight),
  );
  const picture = await page.screenshot();
  const path = join(import.meta.dirname, name);
  await writeFile(path, await sharp(picture).png({ palette: true, colours: 128, compressionLevel: 9 }).toBuffer());
  console.log(`docs/pictures/${name}`);
}
