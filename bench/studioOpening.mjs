// How long the studio's Data view takes until it shows the first picture of a dataset, how long the page stands still on the way, and how large it gets.
//   node bench/studioOpening.mjs <folder>          the folder itself, through the input for folders
//   node bench/studioOpening.mjs <folder> --zips   the files in it, through the input for files and zips
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { startStudio } from '../dist/node/studio/startStudio.js';

const [folder, zips] = process.argv.slice(2);
if (!folder) throw new Error('Name a folder.');
const studio = await startStudio();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
page.setDefaultTimeout(600_000);
await page.goto(`${studio.url}#/data`);
await page.getByRole('heading', { level: 1 }).waitFor();
await page.evaluate(() => {
  globalThis.standstills = [];
  // What happens before is the browser's own: its list of the files.
  document.addEventListener(
    'change',
    () => {
      globalThis.chosen ??= performance.now();
    },
    true,
  );
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    if (globalThis.chosen < last) globalThis.standstills.push(now - last);
    last = now;
    setTimeout(tick, 5);
  };
  tick();
});
const sinceChosen = () => page.evaluate(() => (performance.now() - globalThis.chosen) / 1000);
const say = async (what) => console.log(what.padEnd(28), `${(await sinceChosen()).toFixed(1)} s`);
const input = page.getByLabel(zips ? 'Files or zips of the dataset' : 'Folder with the dataset');
await input.setInputFiles(zips ? readdirSync(folder).map((name) => join(folder, name)) : folder);
await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
await say('opened');
await page.locator('.thumbnails img').first().waitFor();
await say('first picture');
await page.getByText('The same file:').waitFor();
await say('files compared');
await page.getByRole('button', { name: 'Split', exact: true }).click();
await page.getByText('The split with seed 0').waitFor();
await say('split');
const found = await page.evaluate(() => ({
  longest: Math.max(...globalThis.standstills),
  elements: document.querySelectorAll('*').length,
}));
console.log(`the page stood still for    ${Math.round(found.longest)} ms at most`);
console.log(`elements of the page        ${found.elements}`);
for (const [type, mebibytes] of Object.entries(peaks())) console.log(`peak of the ${type.padEnd(15)} ${mebibytes} MiB`);
await browser.close();
await studio.close();

/** Largest resident memory of a process of each kind that this one started. Linux only. */
function peaks() {
  const found = {};
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes('chrom') || !isOurs(pid)) continue;
      const type = /--type=(\w+)/.exec(command)?.[1] ?? 'browser';
      if (type !== 'browser' && type !== 'renderer') continue;
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      found[type] = Math.max(found[type] ?? 0, Math.round(Number(peak?.[1] ?? 0) / 1024));
    } catch {
      // It has ended.
    }
  }
  return found;
}

function isOurs(pid) {
  for (let at = pid; Number(at) > 1; at = readFileSync(`/proc/${at}/stat`, 'utf8').split(') ')[1].split(' ')[1])
    if (at === String(process.pid)) return true;
  return false;
}
