// Memory of the studio's page while it explores a dataset: opens a folder's files in a headless Chromium, has every image checked, and
// adds up the memory of the browser's processes every second (proportional set size: what several share is counted once).
// node bench/studioMemory.mjs <folder> [seconds]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startStudio } from '../dist/node/studio/startStudio.js';

const [folder, limit = '600'] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const studio = await startStudio();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage();
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;

/** Bytes of all processes below this one that are a browser's, as Linux counts them. */
function measure() {
  const parents = new Map();
  const sizes = new Map();
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      parents.set(Number(id), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      const [, kilobytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8')) ?? [];
      sizes.set(Number(id), Number(kilobytes ?? 0) * 1024);
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (id) => id === process.pid || (parents.has(id) && isBelow(parents.get(id)));
  return [...sizes].filter(([id]) => id !== process.pid && isBelow(id)).reduce((sum, [, bytes]) => sum + bytes, 0);
}

try {
  await page.goto(`${studio.url}#/data`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const empty = measure();
  const files = readdirSync(folder).map((name) => join(folder, name));
  await page.getByLabel('Files or zips of the dataset').setInputFiles(files);
  await page.getByRole('heading', { name: 'Is it all there?' }).waitFor({ timeout: 300_000 });
  const opened = { seconds: seconds(), bytes: measure() };
  await page.getByRole('button', { name: 'Check every image' }).click();
  let peak = 0;
  const checkBegan = seconds();
  const bar = page.locator('.progress');
  let words = '';
  while (seconds() - checkBegan < Number(limit)) {
    peak = Math.max(peak, measure());
    if ((await bar.count()) === 0) break;
    words = await bar.innerText({ timeout: 1000 }).catch(() => words);
    await page.waitForTimeout(1000);
  }
  const megabytes = (bytes) => Math.round(bytes / 2 ** 20);
  console.log(
    JSON.stringify({
      emptyPageMiB: megabytes(empty),
      openedMiB: megabytes(opened.bytes),
      openedAfterSeconds: Math.round(opened.seconds),
      peakWhileCheckingMiB: megabytes(peak),
      checkSeconds: Math.round(seconds() - checkBegan),
      progress: words.replace(/\s+/g, ' '),
      finished: (await bar.count()) === 0,
      audit: (await page.locator('section[aria-labelledby=audit] > p').first().innerText()).slice(0, 200),
    }),
  );
} finally {
  await browser.close();
  await studio.close();
}
