import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { descriptionKeys } from '../../src/data/description/descriptionKeys.js';
import type { SplitRule } from '../../src/data/groups/splitRule.js';
import { openDatasets } from '../../src/node/dataset/openDatasets.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { splitStep } from '../../src/node/steps/split.js';
import { silentProgress } from '../../src/progress.js';
import { findViolations } from './findViolations.js';
import { chromiumPath } from './openBrowser.js';
import { openStudioPage, type StudioPage, saveDownload } from './openStudioPage.js';

/** Formats, splits and several datasets in the Data view, beside the same on the command line. */
describe.skipIf(!chromiumPath)('the Data view with any dataset', { timeout: 600_000 }, () => {
  let root: string;
  let synthetic: string;
  let pictures: string[];
  let studio: StudioPage;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'lesionlab-web-'));
    synthetic = join(root, 'synthetic');
    await writeSyntheticDataset(synthetic, { images: 160, size: [64, 48], progress: silentProgress });
    const part = join(synthetic, 'HAM10000_images_part_1');
    pictures = readdirSync(part).map((name) => join(part, name));
    studio = await openStudioPage('data');
  }, 600_000);
  afterAll(async () => {
    await studio?.close();
    rmSync(root, { recursive: true, force: true });
  });
  afterEach(async () => {
    expect(studio.errors).toEqual([]);
    const other = studio.page.getByRole('button', { name: 'Open other data' });
    if (await other.isVisible()) await other.click();
  });

  async function open(folder: string, label = 'Folder with the dataset'): Promise<void> {
    await studio.page.getByLabel(label).setInputFiles(folder);
    await studio.page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
  }

  const tile = (label: string) =>
    studio.page
      .locator('.tiles > div')
      .filter({ has: studio.page.getByText(label, { exact: true }) })
      .locator('.value')
      .innerText();

  async function savedSplit(): Promise<string> {
    const path = join(root, 'page-splits.csv');
    await studio.page.getByText('The split with seed').waitFor();
    await saveDownload(studio.page, 'Save splits.csv', path);
    return readFileSync(path, 'utf8');
  }

  async function splitInNode(folders: readonly string[], rule?: SplitRule): Promise<string> {
    const out = mkdtempSync(join(root, 'split-'));
    const dataset = await openDatasets(folders);
    try {
      await splitStep({ seed: 0, signal: new AbortController().signal }, dataset, out, { rule });
    } finally {
      await dataset.images.close();
    }
    return readFileSync(join(out, 'splits.csv'), 'utf8');
  }

  /** Photographs of a clinic, with a table of theirs and what it means. */
  function makeClinic(
    name: string,
    rows: readonly (readonly string[])[],
    columns: string,
    description: string,
  ): string {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const [i, [file]] of rows.entries()) writeFileSync(join(folder, file), readFileSync(pictures[i]));
    writeFileSync(join(folder, 'cases.csv'), [columns, ...rows.map((row) => row.join(','))].join('\n'));
    writeFileSync(join(folder, 'dataset.yaml'), description);
    return folder;
  }

  const classes = ['mel', 'nv', 'bkl'];

  it('takes kinds of images, and leaves out rows without an image where that is on purpose', async () => {
    const { page } = studio;
    const rows = pictures
      .slice(0, 40)
      .map((_, i) => [`c${i}.jpg`, classes[i % 3], `P${i >> 1}`, i % 2 ? 'clinical: close-up' : 'dermoscopic']);
    const folder = makeClinic(
      'kinds',
      rows,
      'image,dx,patient,image_type',
      description(['columns: {image_type: subgroup}']),
    );
    rmSync(join(folder, 'c0.jpg'));
    await open(folder);
    expect(await tile('Unusable')).toBe('1');
    await page.getByLabel(/missing on purpose/).check();
    await page.getByText('1 row has no image and is left out').waitFor();
    expect(await tile('Unusable')).toBe('0');
    await page.getByLabel(/clinical: close-up/).uncheck();
    await page.getByText('--image-type dermoscopic --allow-missing-images').waitFor();
    expect(await tile('Images')).toBe('19');
    expect(await page.getByRole('checkbox', { name: /dermoscopic/ }).isDisabled()).toBe(true);
    await page.getByLabel(/clinical: close-up/).check();
    await page.getByText('40 rows').or(page.getByText('39 rows')).first().waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  it('refuses a split of the makers that leaks, and mends or keeps it as the reader chooses', async () => {
    const { page } = studio;
    // Patients 0 to 3 are on both sides.
    const rows = pictures
      .slice(0, 60)
      .map((_, i) => [
        `o${i}.jpg`,
        classes[(i >> 1) % 3],
        `P${i >> 1}`,
        i % 2 && i < 8 ? 'test' : i < 40 ? 'train' : 'test',
      ]);
    const folder = makeClinic('official', rows, 'image,dx,patient,part', description(['split: {column: part}']));
    await open(folder);
    await page.getByLabel(/own split/).check();
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    await page.getByText('4 groups of images that belong together on two sides').waitFor();
    expect(await page.getByRole('alert').innerText()).not.toContain('--mend');
    await page.getByRole('button', { name: 'Leave these images out of the earlier part' }).click();
    await page.getByText('It was mended: 4 images').waitFor();
    expect(await savedSplit()).toBe(await splitInNode([folder], { kind: 'official', mend: 'drop-from-train' }));
    await page.getByLabel(/Drawn by chance/).check();
    await page.getByLabel(/own split/).check();
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    await page.getByRole('button', { name: 'Take the split as it is' }).click();
    await page.getByText('kept as it is').first().waitFor();
    expect(await savedSplit()).toBe(await splitInNode([folder], { kind: 'official', mend: 'keep' }));
    expect(await page.locator('tr', { hasText: 'The same patient' }).locator('td').nth(2).innerText()).toBe('4');
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByText('divided as the dataset’s own split has it, taken as it is').waitFor();
    await page.getByRole('link', { name: 'Data', exact: true }).click();
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
  });

  it('makes several datasets one, says what became of each, and tests on one of them', async () => {
    const { page } = studio;
    // Its first image is the very file of an image in the other dataset.
    const rows = pictures.slice(0, 30).map((_, i) => [`j${i}.jpg`, classes[i % 3], `P${i >> 1}`]);
    const folder = makeClinic('clinic', rows, 'image,dx,patient', description([]));
    await open(synthetic);
    await studio.page.getByLabel('Folder with another dataset').setInputFiles(folder);
    await page.getByRole('heading', { name: 'Several datasets as one' }).waitFor();
    expect(await tile('Images')).toBe('190');
    await page.getByText('30 sets are in two of the datasets').waitFor();
    expect(await page.getByRole('note').innerText()).toContain('Warning:');
    await page
      .getByLabel(/test on/)
      .first()
      .check();
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    const rule = { kind: 'test-on', source: await page.getByLabel('Dataset to test on').inputValue() } as const;
    expect(await savedSplit()).toBe(await splitInNode([synthetic, folder], rule));
    expect(await findViolations(page)).toEqual([]);
    // Another try with the same folder is refused, and nothing is lost.
    await studio.page.getByLabel('Folder with another dataset').setInputFiles(folder);
    await page.getByText('clinic is open already').waitFor();
    expect(await tile('Images')).toBe('190');
    await page
      .getByRole('button', { name: /^Remove/ })
      .last()
      .click();
    await page.getByRole('heading', { name: 'Add another dataset' }).waitFor();
    expect(await tile('Images')).toBe('160');
  });

  it('finds near-duplicates, shows those that the table tells apart, and keeps them on one side', async () => {
    const { page } = studio;
    const folder = makeClinic(
      'near',
      pictures.slice(0, 60).map((_, i) => [`n${i}.jpg`, classes[(i >> 1) % 3], `P${i >> 1}`]),
      'image,dx,patient',
      description([]),
    );
    // The mirrored copy of an image, under another diagnosis and patient.
    await sharp(pictures[0]).flop().png().toFile(join(folder, 'copy.png'));
    writeFileSync(join(folder, 'cases.csv'), `${readFileSync(join(folder, 'cases.csv'), 'utf8')}\ncopy.png,bkl,P99`);
    await open(folder);
    await page.getByRole('button', { name: 'Look for near-duplicates' }).click();
    await page.getByText(/Pairs that look the same and that the table tells apart/).click();
    const pair = page.locator('.pairs-of-images > li', { hasText: 'copy' });
    await pair.getByText('Another diagnosis and patient in the table', { exact: false }).waitFor();
    await pair.locator('img').nth(1).waitFor();
    expect(await pair.innerText()).toContain('patient P99');
    await page.getByLabel(/Look for near-duplicates, and keep/).check();
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    const sideOf = new Map((await savedSplit()).split('\n').map((line) => [line.split(',')[0], line.split(',')[3]]));
    expect(sideOf.get('copy')).toBe(sideOf.get('n0'));
    const cells = page.locator('tr', { hasText: 'Nearly the same picture' }).locator('td');
    expect(Number(await cells.first().innerText())).toBeGreaterThan(0);
    expect(await cells.nth(2).innerText()).toBe('0');
    expect(await findViolations(page)).toEqual([]);
  });

  it('shows a table that it does not know with the nearest datasets, and has a field for every setting', async () => {
    const { page } = studio;
    const folder = join(root, 'unknown');
    mkdirSync(folder);
    for (const [i, from] of pictures.slice(0, 30).entries())
      writeFileSync(join(folder, `u${i}.jpg`), readFileSync(from));
    const rows = pictures
      .slice(0, 30)
      .map((_, i) => `u${i}.jpg,${['Melanoma', 'Nevus'][i % 2]},HAM_${i >> 1},${i % 3}`);
    writeFileSync(join(folder, 'mine.csv'), ['photo,finding,lesion_id,quality', ...rows].join('\n'));
    // As if the first two columns of HAM10000's table had been called otherwise.
    writeFileSync(join(folder, 'other.csv'), 'lesion_id,picture,dx,dx_type,age,sex,localization\n');
    await page.getByLabel('Folder with the dataset').setInputFiles(folder);
    const seen = page.getByRole('region', { name: 'Tables that are there' });
    await seen.waitFor();
    expect(await seen.innerText()).toContain('photo, finding, lesion_id, quality');
    expect(await seen.innerText()).toMatch(/HAM10000: image_id/);
    expect(await page.getByRole('alert').innerText()).not.toContain('lesionlab describe');
    await page.getByRole('button', { name: 'Look what this data could be' }).click();
    await page.getByText('Read so, it has 30 images').waitFor();
    await page.getByText(/^Every setting/).click();
    for (const details of await page.locator('.describe details.group').all())
      await details.evaluate((one) => one.setAttribute('open', ''));
    const shown = await page.locator('.describe').innerText();
    // Entries of lists are there once something is added.
    for (const { path, description: about } of descriptionKeys)
      if (!path.includes('[]')) expect(shown, path).toContain(about.slice(0, 40));
    await page.getByRole('button', { name: 'Add to Filters' }).click();
    await page.getByLabel('Filters 1, column', { exact: true }).fill('quality');
    await page.getByLabel('Filters 1, not', { exact: true }).fill('2');
    await page.getByLabel('Filters 1, only', { exact: true }).focus();
    await page.getByText('Read so, it has 20 images').waitFor();
    expect(await findViolations(page)).toEqual([]);
    // What is written counts, and fills the fields.
    await page.getByText('As a file, dataset.yaml').click();
    const text = page.locator('textarea.description');
    await text.fill((await text.inputValue()).replace('quality', 'colour'));
    await page.getByRole('button', { name: 'Try what is written' }).click();
    await page.getByText(/Read so, it fails/).waitFor();
    expect(await page.getByLabel('Filters 1, column', { exact: true }).inputValue()).toBe('colour');
    await page.getByLabel('Filters 1, column', { exact: true }).fill('quality');
    await page.getByLabel('Filters 1, only', { exact: true }).focus();
    await page.getByText('Read so, it has 20 images').waitFor();
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe('20');
  });

  /** Drops a folder of painted files, and waits until the first of them is seen. @returns seconds, elements of the page, longest standstill */
  async function openMany(count: number) {
    const { page } = studio;
    const picture = readFileSync(pictures[0]).toString('base64');
    const figures = await page.evaluate(
      async ([base64, n]) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        // Made beforehand: what it takes to make them is the test's own.
        const file = (name: string, content: BlobPart) => {
          const made = new File([content], name);
          return { isFile: true, isDirectory: false, name, file: (done: (file: File) => void) => done(made) };
        };
        const rows = ['lesion_id,image_id,dx,dx_type,age,sex,localization'];
        const entries = [];
        for (let i = 0; i < n; i++) {
          rows.push(`HAM_${i >> 1},IMG_${i},${['mel', 'nv', 'bkl'][i % 3]},histo,${i % 90},male,back`);
          entries.push(file(`IMG_${i}.jpg`, bytes));
        }
        const batches = [[file('HAM10000_metadata.csv', rows.join('\n'))], entries, []];
        const entry = {
          isFile: false,
          isDirectory: true,
          name: `many-${n}`,
          createReader: () => ({ readEntries: (done: (found: unknown[]) => void) => done(batches.shift()!) }),
        };
        const event = new Event('drop', { bubbles: true, cancelable: true });
        Object.assign(event, { dataTransfer: { items: [{ webkitGetAsEntry: () => entry }], files: [] } });
        const began = performance.now();
        let [last, longest] = [began, 0];
        const timer = setInterval(() => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
        }, 10);
        document.querySelector('.drop')!.dispatchEvent(event);
        while (!document.querySelector('.thumbnails img')) await new Promise((done) => setTimeout(done, 10));
        clearInterval(timer);
        return {
          seconds: (performance.now() - began) / 1000,
          elements: document.querySelectorAll('*').length,
          longest,
        };
      },
      [picture, count] as const,
    );
    await page.getByRole('button', { name: 'Open other data' }).click();
    await page.getByRole('heading', { name: 'From this computer' }).waitFor();
    return figures;
  }

  it('opens thousands of files in a time that grows as they do, with no element for each', async () => {
    await openMany(1000);
    const few = await openMany(6000);
    const many = await openMany(24_000);
    // Four times as many; what grows with their square would take sixteen times as long.
    expect(many.seconds / few.seconds).toBeLessThan(9);
    expect(many.elements).toBeLessThan(few.elements + 200);
    expect(many.longest).toBeLessThan(2000);
  });
});

/** @param more lines of its own */
const description = (more: readonly string[]): string =>
  [
    'tables: [{file: cases.csv}]',
    'images: [{column: image}]',
    'label: {column: dx}',
    'patient: patient',
    ...more,
    '',
  ].join('\n');
