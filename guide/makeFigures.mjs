// Makes the pictures in guide/figures from the studio itself, with the example on synthetic images: a chart alone becomes
// an SVG, everything else a PNG. Needs a Chromium (CHROMIUM_PATH, or /usr/bin/chromium) and a built page (npm run build).
//
//   node guide/makeFigures.mjs [name of a figure...]
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { startStudio } from '../dist/node/studio/startStudio.js';

const guide = import.meta.dirname;
const wanted = process.argv.slice(2);
const chapters = (await readdir(guide)).filter((name) => /^\d\d-.*\.md$/.test(name)).sort();
const studio = await startStudio();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 780, height: 900 }, colorScheme: 'light' });
  page.setDefaultTimeout(120_000);
  for (const chapter of chapters) {
    const text = await readFile(join(guide, chapter), 'utf8');
    const figures = [...text.matchAll(/<!-- live: ([\w-]+) -->\n!\[[^\]]*\]\(figures\/([\w-]+\.(svg|png))\)/g)].filter(
      ([, name]) => wanted.length === 0 || wanted.includes(name),
    );
    if (figures.length === 0) continue;
    await page.goto(`${studio.url}#/guide/${chapter.slice(0, -3)}`);
    // The address behind the # alone would not load the page anew.
    await page.reload();
    for (const [, name, file, type] of figures) {
      const figure = page.locator(`[data-figure="${name}"]`);
      await figure.waitFor();
      await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
      const path = join(guide, 'figures', file);
      await rm(join(guide, 'figures', file.replace(/\.\w+$/, type === 'svg' ? '.png' : '.svg')), { force: true });
      if (type === 'svg') {
        const charts = figure.locator('svg.lesionlab-chart');
        if ((await charts.count()) !== 1) throw new Error(`${name} is not one chart: name it .png in ${chapter}.`);
        await writeFile(path, `${await charts.evaluate((svg) => new XMLSerializer().serializeToString(svg))}\n`);
      } else {
        const picture = await figure.screenshot();
        await writeFile(path, await sharp(picture).png({ palette: true, colours: 96, compressionLevel: 9 }).toBuffer());
      }
      console.log(`figures/${file}`);
    }
  }
} finally {
  await browser.close();
  await studio.close();
}
