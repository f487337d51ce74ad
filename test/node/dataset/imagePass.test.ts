import {
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { channelStatistics, statisticsOfCounts } from '../../../src/data/preparation/normalisation.js';
import { fitImage } from '../../../src/image/fitImage.js';
import { countForeseen, countStatistics } from '../../../src/node/dataset/countStatistics.js';
import { passImages } from '../../../src/node/dataset/imagePass.js';
import { thumbnailFitting } from '../../../src/node/dataset/imagePassOptions.js';
import { sizesOf } from '../../../src/node/dataset/imageTable.js';
import { openDataset } from '../../../src/node/dataset/openDataset.js';
import type { PreparedFile } from '../../../src/node/dataset/preparedFile.js';
import { auditImages, prepareData } from '../../../src/node/dataset/trainingData.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { createContext } from '../../../src/node/machine/stepContext.js';
import { exploreStep } from '../../../src/node/steps/explore.js';
import { addFiles, makeFolder, metadata, removeFolders, smallImage } from '../datasetFolder.js';
import { writeZip } from '../writeZip.js';

const fitting = { imageSize: 16, fit: 'squash' } as const;
const diagnoses = ['mel', 'nv', 'mel', 'nv', 'mel', 'nv', 'mel', 'nv', 'mel', 'nv'];
let cache: string;
let kept: string | undefined;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'lesionlab-pass-'));
  kept = process.env.LESIONLAB_CACHE;
  process.env.LESIONLAB_CACHE = cache;
});
afterEach(() => {
  if (kept === undefined) delete process.env.LESIONLAB_CACHE;
  else process.env.LESIONLAB_CACHE = kept;
  rmSync(cache, { recursive: true, force: true });
  removeFolders();
});

async function imagesById(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const [i] of diagnoses.entries()) files[`ISIC_${i + 1}.jpg`] = await smallImage(i);
  return files;
}

async function looseFolder(): Promise<string> {
  return makeFolder({ 'HAM10000_metadata.csv': metadata(...diagnoses), ...(await imagesById()) });
}

/** Opens a folder, counts how often each of its images is read, and closes it. */
async function within<T>(folder: string, use: (dataset: Dataset, reads: string[]) => Promise<T>): Promise<T> {
  const dataset = await openDataset(folder);
  const reads: string[] = [];
  const { read } = dataset.images;
  const images = Object.assign(dataset.images, {
    read: (imageId: string) => {
      reads.push(imageId);
      return read(imageId);
    },
  });
  try {
    return await use({ ...dataset, images }, reads);
  } finally {
    await dataset.images.close();
  }
}

const pass = (dataset: Dataset, more: Partial<Parameters<typeof passImages>[0]> = {}) =>
  passImages({ dataset, records: dataset.records, fittings: [fitting], threads: 2, ...more });

function pixelsOf(file: PreparedFile, index: number): Uint8Array {
  const pixels = new Uint8Array(file.imageSize ** 2 * 3);
  file.read(index, pixels);
  return pixels;
}

/** Makes files look as if nobody had touched them for a minute. */
function age(folder: string): void {
  const then = new Date(Date.now() - 60_000);
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), then, then);
}

describe('a pass over images', () => {
  it('reads each image once and makes every size of it', async () => {
    const folder = await looseFolder();
    await within(folder, async (dataset, reads) => {
      const big = { imageSize: 40, fit: 'crop' } as const;
      const { prepared, table, failures, close } = await pass(dataset, { fittings: [fitting, big, thumbnailFitting] });
      expect(reads.length).toBe(10);
      expect(new Set(reads).size).toBe(10);
      expect(failures).toEqual([]);
      expect(sizesOf(table)).toEqual([{ width: 8, height: 6, images: 10 }]);
      const image = await sharpCodec.decode(await smallImage(3));
      for (const [i, size] of [fitting, big, thumbnailFitting].entries())
        expect(pixelsOf(prepared[i], prepared[i].indexOf('ISIC_4')!)).toEqual(fitImage(image, size).data);
      close();
    });
  });

  it('gives the pictures that an exploration shows, so that no image is decoded twice', async () => {
    await within(await looseFolder(), async (dataset, reads) => {
      const out = join(cache, 'first');
      const first = await exploreStep(createContext(), dataset, out);
      expect(reads.length).toBe(10);
      // What is in the cache needs no decoding but that of the samples.
      const again = await exploreStep(createContext(), dataset, join(cache, 'again'));
      const samples = first.exploration.sampleImages.flatMap(({ imageIds }) => imageIds);
      expect(samples.length).toBeGreaterThan(5);
      expect(reads.slice(10).sort()).toEqual([...samples].sort());
      expect(again.exploration).toEqual(first.exploration);
      const [page, other] = ['first', 'again'].map((name) =>
        readFileSync(join(cache, name, 'exploration.html'), 'utf8'),
      );
      expect(page.match(/data:image\/jpeg/g)?.length).toBeGreaterThanOrEqual(samples.length);
      expect(page).toBe(other);
    });
  });

  it('counts the statistics of a split in several threads as in one', async () => {
    await within(await looseFolder(), async (dataset) => {
      const { prepared, close } = await pass(dataset);
      const indices = Int32Array.from({ length: 1100 }, (_, i) => (7 * i) % 9);
      const counted = await countStatistics({ threads: 2 }, prepared[0], indices);
      expect(counted).toEqual(channelStatistics(prepared[0], indices));
      close();
    });
  });

  it('counts images while it reads them, and such counts are taken for just these images', async () => {
    await within(await looseFolder(), async (dataset) => {
      const counted = new Set(['ISIC_1', 'ISIC_4', 'ISIC_5']);
      const first = await pass(dataset, { fittings: [fitting, thumbnailFitting], counted });
      const [images] = first.prepared;
      const indices = Int32Array.from(counted, (id) => images.indexOf(id)!);
      expect(statisticsOfCounts(first.counted!.counts)).toEqual(channelStatistics(images, indices));
      expect(await countForeseen({ threads: 2 }, images, counted)).toEqual(first.counted);
      // Counts that nobody could count show whose were taken.
      const told = { imageIds: counted, counts: new Float64Array(768).fill(1) };
      const statistics = (of: Int32Array) => countStatistics({ threads: 1 }, images, of, told);
      expect(await statistics(indices.toReversed())).toEqual(statisticsOfCounts(told.counts));
      for (const other of [indices.slice(1), Int32Array.of(...indices, images.indexOf('ISIC_2')!)])
        expect(await statistics(other)).toEqual(channelStatistics(images, other));
      first.close();
      // Nothing is decoded, or for another size only.
      const known = await pass(dataset, { fittings: [fitting], counted });
      const small = await pass(dataset, { fittings: [fitting, { imageSize: 12, fit: 'squash' }], counted });
      expect([known.reused, small.reused, known.counted, small.counted]).toEqual([true, false, undefined, undefined]);
      known.close();
      small.close();
    });
  });

  it('makes what is missing, and leaves what is there', async () => {
    const folder = await looseFolder();
    await within(folder, async (dataset, reads) => {
      (await pass(dataset)).close();
      const again = await pass(dataset, { fittings: [thumbnailFitting, fitting] });
      expect([again.reused, reads.length]).toEqual([false, 20]);
      again.close();
      const third = await pass(dataset, { fittings: [fitting, thumbnailFitting] });
      expect([third.reused, reads.length]).toEqual([true, 20]);
      third.close();
      // An audit asks for no pixels.
      expect((await auditImages(createContext(), dataset)).audit.imageSizes[0].images).toBe(10);
      expect(reads.length).toBe(20);
    });
  });

  it('knows images in a zip and unpacked as the same, without decoding them', async () => {
    const zipped = makeFolder({ 'HAM10000_metadata.csv': metadata(...diagnoses) });
    writeZip(join(zipped, 'images.zip'), await imagesById());
    const first = await within(zipped, async (dataset) => {
      const { prepared, reused, close } = await pass(dataset);
      close();
      return { path: prepared[0].path, reused };
    });
    expect(first.reused).toBe(false);
    await within(await looseFolder(), async (dataset) => {
      const { prepared, reused, close } = await pass(dataset);
      expect([reused, prepared[0].path]).toEqual([true, first.path]);
      close();
    });
    await within(zipped, async (dataset, reads) => {
      (await pass(dataset)).close();
      expect(reads).toEqual([]);
    });
  });

  it('does not read unchanged files just to know them, and sees what changed without a change of size and date', async () => {
    const folder = await looseFolder();
    age(folder);
    // The time of the inode's change can't be set back: it says that something happened just now.
    await new Promise((resolve) => setTimeout(resolve, 3100));
    await within(folder, async (dataset) => (await pass(dataset)).close());
    await within(folder, async (dataset, reads) => {
      const { reused, close } = await pass(dataset);
      expect([reused, reads]).toEqual([true, []]);
      close();
    });
    const path = join(folder, 'ISIC_3.jpg');
    const before = statSync(path);
    const bytes = readFileSync(path);
    const other = Uint8Array.from(bytes);
    // In the quantisation table: another picture, as long as before.
    const table = bytes.indexOf(Buffer.from([0xff, 0xdb]));
    other[table + 6] ^= 3;
    const descriptor = openSync(path, 'r+');
    writeSync(descriptor, other, 0, other.length, 0);
    utimesSync(path, before.atime, before.mtime);
    expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs, ino: before.ino });
    await within(folder, async (dataset) => {
      const { reused, prepared, close } = await pass(dataset);
      expect(reused).toBe(false);
      expect(pixelsOf(prepared[0], 2)).toEqual(fitImage(await sharpCodec.decode(other), fitting).data);
      close();
    });
  });

  it('goes by what it reads where the memory of files is wrong', async () => {
    const folder = await looseFolder();
    await within(folder, async (dataset) => (await pass(dataset)).close());
    await within(folder, async (dataset) => {
      // Remembered under a content that it does not have any more.
      const { images } = dataset;
      const real = images.fingerprint;
      const lie = (imageId: string) => (imageId === 'ISIC_5' ? real('ISIC_6') : real(imageId));
      for (const { imageId } of dataset.records) await images.read(imageId);
      const wrong = { ...dataset, images: { ...images, fingerprint: lie } };
      const { prepared, close } = await pass(wrong, { fittings: [fitting, thumbnailFitting] });
      const image = await sharpCodec.decode(await smallImage(4));
      expect(pixelsOf(prepared[0], 4)).toEqual(fitImage(image, fitting).data);
      close();
    });
  });
});

describe('damage in the cache', () => {
  const flip = (path: string, position: number) => {
    const bytes = readFileSync(path);
    bytes[position] ^= 0xff;
    writeFileSync(path, bytes);
  };
  const notesOf = async (folder: string) => {
    const notes: string[] = [];
    const progress = { start: () => ({ update() {}, end() {} }), note: (text: string) => notes.push(text) };
    const found = await within(folder, async (dataset, reads) => {
      const { prepared, close } = await pass(dataset, { progress });
      const pixels = dataset.records.map((_, i) => [...pixelsOf(prepared[0], i)]);
      close();
      return { pixels, reads: [...reads] };
    });
    return { notes, ...found };
  };

  it('is found by checksums, and only the images that it is in are made again', async () => {
    const folder = makeFolder({ 'HAM10000_metadata.csv': metadata(...diagnoses) });
    writeZip(join(folder, 'images.zip'), await imagesById());
    const whole = await notesOf(folder);
    const file = join(cache, readdirSync(cache).find((name) => name.endsWith('.u8'))!);
    flip(file, 7 * 16 * 16 * 3 + 100);
    flip(file, 2 * 16 * 16 * 3);
    const mended = await notesOf(folder);
    expect(mended.reads.sort()).toEqual(['ISIC_3', 'ISIC_8']);
    expect(mended.pixels).toEqual(whole.pixels);
    expect(mended.notes.join()).toMatch(/2 prepared images of 10 .* damaged .* made again/);
    expect((await notesOf(folder)).notes).toEqual([]);
  });

  it.each([
    ['checksums', -400],
    ['the description', -60],
    ['the end', -1],
  ])('in %s has the file made again', async (_, fromEnd) => {
    const folder = await looseFolder();
    const whole = await notesOf(folder);
    const file = join(cache, readdirSync(cache).find((name) => name.endsWith('.u8'))!);
    flip(file, fromEnd === -400 ? 10 * 16 * 16 * 3 + 5 : statSync(file).size + fromEnd);
    const again = await notesOf(folder);
    expect(again.pixels).toEqual(whole.pixels);
    expect(again.notes.join()).toMatch(/Prepared images are made again/);
  });

  it('in the table of images has all of it made again', async () => {
    const folder = await looseFolder();
    const whole = await notesOf(folder);
    const table = join(cache, readdirSync(cache).find((name) => name.endsWith('.images'))!);
    flip(table, 60);
    expect((await notesOf(folder)).pixels).toEqual(whole.pixels);
    // A table that is gone leaves pixels that nobody can name.
    renameSync(table, `${table}.gone`);
    expect((await notesOf(folder)).pixels).toEqual(whole.pixels);
  });
});

describe('prepareData', () => {
  it('audits in the same pass, and gives small pictures with it where they are asked for', async () => {
    const folder = await looseFolder();
    addFiles(folder, { 'ISIC_2.jpg': (await smallImage(1)).subarray(0, 200) });
    await within(folder, async (dataset, reads) => {
      const options = { excludeUnusable: true, thumbnails: true };
      const { audit, excluded, prepared, thumbnails, close } = await prepareData(
        createContext(),
        dataset,
        fitting,
        options,
      );
      expect(reads.length).toBe(10);
      expect(excluded).toEqual(['ISIC_2']);
      expect(audit.counts['unreadable-image']).toBe(1);
      expect([prepared.imageSize, thumbnails?.imageSize]).toEqual([16, 32]);
      close();
    });
    await within(folder, async (dataset) => {
      await expect(prepareData(createContext(), dataset, fitting, { excludeUnusable: false })).rejects.toMatchObject({
        code: 'unusable-images',
      });
    });
  });
});
