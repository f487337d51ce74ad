import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/node/dataset/openDataset.js';
import { writeSyntheticDataset } from '../../src/node/dataset/writeSyntheticDataset.js';
import { splitStep } from '../../src/node/steps/split.js';
import { silentProgress } from '../../src/progress.js';
import { writeZip } from '../node/writeZip.js';
import { ham10000Folder } from '../realData.js';
import { findViolations } from './findViolations.js';
import { chromiumPath } from './openBrowser.js';
import { openStudioPage, type StudioPage, saveDownload } from './openStudioPage.js';

const ham10000 = ham10000Folder();
const images = 120;

describe.skipIf(!chromiumPath)('the Data view', { timeout: 600_000 }, () => {
  let root: string;
  let folder: string;
  let studio: StudioPage;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'lesionlab-web-'));
    folder = join(root, 'synthetic');
    await writeSyntheticDataset(folder, { images, size: [64, 48], progress: silentProgress });
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

  /** splits.csv of the command line. */
  async function splitInNode(data: string, seed: number): Promise<string> {
    const out = mkdtempSync(join(root, 'split-'));
    const dataset = await openDataset(data);
    try {
      await splitStep({ seed, signal: new AbortController().signal }, dataset, out);
    } finally {
      await dataset.images.close();
    }
    return readFileSync(join(out, 'splits.csv'), 'utf8');
  }

  async function splitInPage(seed: number): Promise<string> {
    const { page } = studio;
    await page.getByLabel('Seed').fill(String(seed));
    await page.getByRole('button', { name: 'Split', exact: true }).click();
    await page.getByText(`The split with seed ${seed}`).waitFor();
    const path = join(root, `page-splits-${seed}.csv`);
    await saveDownload(page, 'Save splits.csv', path);
    return readFileSync(path, 'utf8');
  }

  const tile = (label: string) =>
    studio.page
      .locator('.tiles > div')
      .filter({ has: studio.page.getByText(label, { exact: true }) })
      .locator('.value')
      .innerText();

  it('reads images in an HDF5 file from disk, one at a time', async () => {
    const { page } = studio;
    const kaggle = join(root, 'kaggle');
    mkdirSync(kaggle);
    const fixture = join(import.meta.dirname, '../fixtures/hdf5/images.h5');
    writeFileSync(join(kaggle, 'train-image.hdf5'), readFileSync(fixture));
    writeFileSync(
      join(kaggle, 'train-metadata.csv'),
      'isic_id,target,patient_id\nISIC_0000001,0,IP_1\nISIC_0000002,0,IP_1\nISIC_0000003,1,IP_2\nISIC_0000004,0,IP_3\n',
    );
    await page.getByLabel('Folder with the dataset').setInputFiles(kaggle);
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe('4');
    await page.getByRole('button', { name: 'Check every image' }).click();
    await page.getByText('All of them can be used').waitFor();
  });

  it('describes a table that it does not know, lets it be corrected, saved and used', async () => {
    const { page } = studio;
    const data = join(root, 'clinic');
    mkdirSync(join(data, 'photos'), { recursive: true });
    const part = join(folder, readdirSync(folder).find((name) => name.startsWith('HAM10000_images'))!);
    const rows = readdirSync(part).slice(0, 40);
    for (const name of rows) writeFileSync(join(data, 'photos', name), readFileSync(join(part, name)));
    const lines = rows.map((name, i) => `${name};P${i >> 2};${['Melanom', 'Naevus', 'Fibrom'][(i >> 2) % 3]};${i % 5}`);
    writeFileSync(join(data, 'faelle.csv'), ['Datei;Patient_Nr;Diagnose;Groesse', ...lines].join('\n'));
    await page.getByLabel('Folder with the dataset').setInputFiles(data);
    await page.getByRole('button', { name: 'Look what this data could be' }).click();
    await page.getByText('Read so, it has 40 images of 10 patients').waitFor();
    expect(await page.getByLabel('What patient_nr is').inputValue()).toBe('patient');
    expect(await findViolations(page)).toEqual([]);
    await page.getByLabel('What groesse is').selectOption('never');
    await page.getByLabel('Class of Melanom').fill('mel');
    await page.getByLabel('Class of Fibrom').fill('');
    await page.getByLabel('Class of Naevus').focus();
    await page.getByText('nv 12').waitFor();
    const path = join(root, 'dataset.yaml');
    await saveDownload(page, 'Save dataset.yaml', path);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('groesse: never');
    expect(text).toContain('others: leave out');
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe('28');
    writeFileSync(join(data, 'dataset.yaml'), text);
    const dataset = await openDataset(data);
    expect(dataset.records).toHaveLength(28);
    await dataset.images.close();
  });

  it('opens a folder, checks every image, shows samples, and splits as the command line does', async () => {
    const { page } = studio;
    await page.getByLabel('Folder with the dataset').setInputFiles(folder);
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe(String(images));
    expect(await page.getByText('The numbers say nothing about real skin').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Check every image' }).click();
    await page.getByText('All of them can be used').waitFor();
    await page.getByText('64 × 48 pixels').waitFor();
    await page.locator('.thumbnails img').first().waitFor();
    expect(await page.locator('figure svg').count()).toBeGreaterThan(5);
    await page
      .getByLabel('Show')
      .selectOption({ label: await page.locator('option', { hasText: 'naevus' }).innerText() });
    await page.getByText(/^1 to \d+ of \d+$/).waitFor();
    for (const seed of [0, 7]) expect(await splitInPage(seed)).toBe(await splitInNode(folder, seed));
    expect(await findViolations(page)).toEqual([]);
  });

  it('opens zips beside a table, and names an image that is damaged in one', async () => {
    const { page } = studio;
    const zipped = join(root, 'zipped');
    mkdirSync(zipped);
    const parts = readdirSync(folder).filter((name) => name.startsWith('HAM10000_images'));
    const broken = readdirSync(join(folder, parts[1]))[3];
    for (const part of parts) {
      const files = readdirSync(join(folder, part)).map(
        (name) => [name, readFileSync(join(folder, part, name))] as const,
      );
      writeZip(
        join(zipped, `${part}.zip`),
        Object.fromEntries(
          files.map(([name, bytes]) => [name, name === broken ? new Uint8Array(bytes.length).fill(7) : bytes]),
        ),
      );
    }
    writeFileSync(join(zipped, 'HAM10000_metadata.csv'), readFileSync(join(folder, 'HAM10000_metadata.csv')));
    writeFileSync(join(zipped, 'SYNTHETIC.txt'), readFileSync(join(folder, 'SYNTHETIC.txt')));
    await page
      .getByLabel('Files or zips of the dataset')
      .setInputFiles(readdirSync(zipped).map((name) => join(zipped, name)));
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe(String(images));
    expect(await tile('Unusable')).toBe('0');
    expect(await splitInPage(3)).toBe(await splitInNode(zipped, 3));
    await page.getByRole('button', { name: 'Check every image' }).click();
    await page.getByText('1 image can’t be used').waitFor();
    expect(await page.locator('details', { hasText: broken }).count()).toBe(1);
  });

  it('refuses in words what is no dataset', async () => {
    const { page } = studio;
    const choose = (name: string, content: string | Uint8Array) => {
      const path = join(root, name);
      writeFileSync(path, content);
      return page.getByLabel('Files or zips of the dataset').setInputFiles(path);
    };
    await choose('cut.zip', readFileSync(join(root, 'zipped', 'HAM10000_images_part_1.zip')).subarray(0, 5000));
    await page.getByText('is no complete zip').waitFor();
    await choose('letter.txt', 'Dear reader');
    await page.getByText('Found no metadata').waitFor();
    await choose('HAM10000_metadata.csv', 'lesion_id,image_id,dx\nHAM_1,ISIC_1,cancer\n');
    await page.getByText('cancer').first().waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('HAM10000_metadata.csv');
    await page.getByLabel('Number of synthetic images').fill('3');
    await page.getByRole('button', { name: 'Paint synthetic images' }).click();
    await page.getByText('expected a whole number from').waitFor();
    expect(await findViolations(page)).toEqual([]);
  });

  it('asks which images are meant where two sizes of them are there', async () => {
    const { page } = studio;
    const twice = join(root, 'twice');
    const names = readdirSync(join(folder, 'HAM10000_images_part_1'));
    const picture = readFileSync(join(folder, 'HAM10000_images_part_1', names[0]));
    const rows = names.map((name) => `${name},nv`);
    for (const [place, bytes] of [
      ['full', picture],
      ['small', picture.subarray(0, 400)],
    ] as const) {
      mkdirSync(join(twice, place), { recursive: true });
      for (const name of names) writeFileSync(join(twice, place, name), bytes);
    }
    writeFileSync(join(twice, 'mine.csv'), ['image_id,dx', ...rows].join('\n'));
    await page.getByLabel('Folder with the dataset').setInputFiles(twice);
    await page.getByText('are there twice and differ').waitFor();
    await page.getByRole('button', { name: 'Take the images from twice/full' }).click();
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe(String(names.length));
    await page.getByRole('button', { name: 'Check every image' }).click();
    await page.getByText('All of them can be used').waitFor();
  });

  it('reads what people and their systems write: letters, ids, formats', async () => {
    const { page } = studio;
    const odd = join(root, 'odd');
    mkdirSync(odd);
    const picture = readFileSync(
      join(folder, 'HAM10000_images_part_1', readdirSync(join(folder, 'HAM10000_images_part_1'))[0]),
    );
    // macOS: decomposed, and in zips without saying that it is UTF-8. Excel: Windows-1252 with semicolons.
    writeFileSync(join(odd, `${'Närbild'.normalize('NFD')}.jfif`), picture);
    writeZip(join(odd, 'more.zip'), {
      [`${'Fälle'.normalize('NFD')}/${'Übersicht'.normalize('NFD')}.jpg`]: picture,
      'in.zip': picture,
    });
    // An iPhone's: the beginning says what it is, whatever the file is called.
    writeFileSync(
      join(odd, 'old.heic'),
      Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), Buffer.alloc(400)]),
    );
    const table = 'image_id;dx;age\nNärbild.jpg;nv;85+\nbilder\\Übersicht.JPG;mel;?\nold;nv;60 Jahre\n';
    writeFileSync(join(odd, 'mine.csv'), Buffer.from(table, 'latin1'));
    await page
      .getByLabel('Files or zips of the dataset')
      .setInputFiles(readdirSync(odd).map((name) => join(odd, name)));
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe('3');
    expect(await tile('Unusable')).toBe('1');
    for (const details of await page.locator('section[aria-labelledby=audit] details').all())
      await details.evaluate((one) => one.setAttribute('open', ''));
    const text = await page.locator('section[aria-labelledby=audit]').innerText();
    for (const words of ['old.heic is HEIC', '2 ages were read as years', 'read as Windows-1252', '1 zip inside a zip'])
      expect(text).toContain(words);
    const dataset = await openDataset(odd);
    expect(dataset.records.map(({ imageId }) => dataset.images.has(imageId))).toEqual([true, true, true]);
    await dataset.images.close();
  });

  it('takes a dropped folder', async () => {
    const { page } = studio;
    // A test cannot drop a folder of the disk; one that the page makes of entries is walked in the same way.
    await page.evaluate(
      ([table, first]) => {
        const file = (name: string, text: string) => ({
          isFile: true,
          isDirectory: false,
          name,
          file: (done: (file: File) => void) => done(new File([text], name)),
        });
        const batches = [[file('HAM10000_metadata.csv', table)], [file(`${first}.jpg`, 'x')], []];
        const entry = {
          isFile: false,
          isDirectory: true,
          name: 'dropped',
          createReader: () => ({ readEntries: (done: (entries: unknown[]) => void) => done(batches.shift()!) }),
        };
        const event = new Event('drop', { bubbles: true, cancelable: true });
        Object.assign(event, { dataTransfer: { items: [{ webkitGetAsEntry: () => entry }], files: [] } });
        document.querySelector('.drop')!.dispatchEvent(event);
      },
      [
        'lesion_id,image_id,dx,dx_type,age,sex,localization\nHAM_1,ISIC_1,nv,histo,50,male,back\nHAM_2,ISIC_2,mel,histo,50,male,back\n',
        'ISIC_1',
      ],
    );
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await page.getByText('dropped').first().isVisible()).toBe(true);
    expect(await tile('Unusable')).toBe('1');
  });

  it.skipIf(!ham10000)('opens the real zips of HAM10000, and splits them as the command line does', async () => {
    const { page } = studio;
    const files = readdirSync(ham10000!).map((name) => join(ham10000!, name));
    await page.getByLabel('Files or zips of the dataset').setInputFiles(files);
    await page.getByRole('heading', { name: 'Is it all there?' }).waitFor();
    expect(await tile('Images')).toBe('10,015');
    expect(await tile('Lesions')).toBe('7,470');
    expect(await tile('Unusable')).toBe('0');
    await page.locator('.thumbnails img').first().waitFor();
    expect(await splitInPage(0)).toBe(await splitInNode(ham10000!, 0));
    await page.getByRole('button', { name: 'Check every image' }).click();
    await page.getByText(/left$/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Check every image' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
