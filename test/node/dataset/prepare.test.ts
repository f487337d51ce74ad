import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageFiles } from '../../../src/data/dataset.js';
import { fitImage } from '../../../src/image/fitImage.js';
import { fitToSquare } from '../../../src/image/fitToSquare.js';
import type { Raster } from '../../../src/image/raster.js';
import { prepareImages } from '../../../src/node/dataset/prepare.js';
import { openPreparedFile } from '../../../src/node/dataset/preparedFile.js';
import { defaultCacheFolder } from '../../../src/node/files/cacheFolder.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { hexadecimal } from '../../../src/node/files/contentMark.js';
import { Random } from '../../../src/random.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lesionlab-prepare-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function picture(name: string, width = 40, height = 30): Raster {
  const random = new Random(3, name);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return { width, height, channels: 3, data };
}

/** Image files in memory; counts how often they are read. */
function imageFiles(files: Record<string, Uint8Array>): ImageFiles & { reads: number } {
  return {
    reads: 0,
    imageIds: Object.keys(files),
    has: (id) => id in files,
    location: (id) => `memory/${id}`,
    byteLength: (id) => files[id].length,
    fingerprint: (id) => `crc32-${hexadecimal(crc32(files[id]))}-${files[id].length}`,
    async read(id) {
      this.reads++;
      return files[id];
    },
    close: async () => {},
  };
}

/** Endings of the files in the cache, without marks of use. */
const cacheFiles = () =>
  readdirSync(folder)
    .filter((name) => name !== 'in-use')
    .map((name) => name.split('.').at(-1))
    .sort();

async function someFiles(count: number): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < count; i++) files[`image${i}`] = await sharpCodec.encodePng(picture(`image${i}`, 30 + i, 25));
  return files;
}

const prepare = (images: ImageFiles, more: Partial<Parameters<typeof prepareImages>[0]> = {}) =>
  prepareImages({
    dataset: { images },
    records: images.imageIds.map((imageId) => ({ imageId })),
    fitting: { imageSize: 16, fit: 'squash' },
    cacheFolder: folder,
    threads: 2,
    ...more,
  });

describe('prepareImages', () => {
  it('stores every image resized, in the order of the records, whatever the number of threads', async () => {
    const images = imageFiles(await someFiles(20));
    const { images: prepared, file, failures, reused } = await prepare(images);
    expect({ failures, reused }).toEqual({ failures: [], reused: false });
    expect(prepared.imageIds).toEqual(images.imageIds);
    const pixels = new Uint8Array(16 * 16 * 3 + 5);
    for (const index of [0, 7, 19]) {
      prepared.read(index, pixels, 5);
      expect(pixels.subarray(5)).toEqual(fitToSquare(picture(`image${index}`, 30 + index, 25), 16, 'squash').data);
    }
    expect(() => prepared.read(20, pixels)).toThrow(/holds 20/);
    expect(cacheFiles()).toEqual(['images', 'u8']);
    expect(prepared.checksum('image7')).toBe(
      crc32(await images.read('image7'))
        .toString(16)
        .padStart(8, '0'),
    );
    expect(() => prepared.checksum('other')).toThrow(/no image other/);
    prepared.close();
    const again = openPreparedFile(file);
    again.read(3, pixels);
    expect(pixels.subarray(0, 768)).toEqual(fitToSquare(picture('image3', 33, 25), 16, 'squash').data);
    again.close();
  });

  it('opens what is there the second time, and only then', async () => {
    const files = await someFiles(3);
    const images = imageFiles(files);
    const first = await prepare(images);
    const second = await prepare(images);
    expect([second.reused, second.file, images.reads]).toEqual([true, first.file, 3]);
    const fitting = { imageSize: 16, fit: 'squash' } as const;
    // Saying what holds anyway changes nothing.
    const same = { ...fitting, resize: 'bilinear-antialiased', resizeTo: 16 } as const;
    expect((await prepare(images, { fitting: same })).file).toBe(first.file);
    for (const change of [
      { fitting: { ...fitting, imageSize: 17 } },
      { fitting: { ...fitting, fit: 'crop' as const } },
      { fitting: { ...fitting, fit: 'pad' as const } },
      { fitting: { ...fitting, fit: 'pad' as const, padFill: [9, 0, 0] as const } },
      { fitting: { ...fitting, resize: 'bicubic-antialiased' as const } },
      { fitting: { ...fitting, resizeTo: 18 } },
      { records: [{ imageId: 'image1' }] },
    ]) {
      const changed = await prepare(images, change);
      expect(changed.reused).toBe(false);
      if (change.fitting) {
        const pixels = new Uint8Array(change.fitting.imageSize ** 2 * 3);
        changed.images.read(1, pixels);
        expect(pixels).toEqual(fitImage(picture('image1', 31, 25), change.fitting).data);
      }
    }
    files.image1 = await sharpCodec.encodePng(picture('another'));
    expect((await prepare(images)).reused).toBe(false);
    truncateSync(first.file, 100);
    expect(() => openPreparedFile(first.file)).toThrow(/100 bytes/);
    files.image1 = (await someFiles(2)).image1;
    expect((await prepare(images)).reused).toBe(false);
  });

  it('returns unreadable images as failures with zero pixels, every time', async () => {
    const files = await someFiles(4);
    files.image0 = new Uint8Array(0);
    files.image1 = Uint8Array.from('just text', (c) => c.charCodeAt(0));
    const jpeg = await sharpCodec.encodeJpeg(picture('jpeg'));
    files.image2 = jpeg.subarray(0, jpeg.length >> 1);
    const images = imageFiles(files);
    const records = [...images.imageIds, 'image9'].map((imageId) => ({ imageId }));
    const first = await prepare(images, { records });
    expect(first.failures.map(({ imageId }) => imageId)).toEqual(['image0', 'image1', 'image2', 'image9']);
    expect(first.failures[0].reason).toMatch(/empty/);
    expect(records.map(({ imageId }) => first.images.checksum(imageId)).slice(0, 3)).toEqual(['', '', '']);
    expect(first.images.checksum('image3')).toMatch(/^[0-9a-f]{8}$/);
    expect(first.failures[1].reason).toMatch(/holds text/);
    expect(first.failures[3].reason).toMatch(/no image file/);
    const pixels = new Uint8Array(768).fill(1);
    first.images.read(2, pixels);
    expect(pixels.every((value) => value === 0)).toBe(true);
    const second = await prepare(images, { records });
    expect([second.reused, second.failures]).toEqual([true, first.failures]);
  });

  it('tries again what could not be read for a reason that may have passed', async () => {
    const images = imageFiles(await someFiles(2));
    const { read } = images;
    images.read = () => Promise.reject(new Error('the disk went away'));
    expect((await prepare(images)).failures[0].reason).toMatch(/disk went away/);
    images.read = read;
    const second = await prepare(images);
    expect([second.reused, second.failures]).toEqual([false, []]);
  });

  it('leaves nothing behind when interrupted', async () => {
    const images = imageFiles(await someFiles(30));
    const controller = new AbortController();
    const progress = {
      start: () => ({ update: (done: number) => done === 5 && controller.abort(), end: () => {} }),
      note: () => {},
    };
    await expect(prepare(images, { progress, signal: controller.signal })).rejects.toMatchObject({
      kind: 'interrupted',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes what a killed process left, and nothing else', async () => {
    const dead = join(folder, '.abc.u8.0123abcd.tmp');
    const alive = join(folder, '.abc.u8.4567abcd.tmp');
    for (const path of [dead, alive]) writeFileSync(path, 'x');
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    utimesSync(dead, longAgo, longAgo);
    await prepare(imageFiles(await someFiles(1)));
    expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
  });

  it('prepares the same images twice at once', async () => {
    const files = await someFiles(12);
    const both = await Promise.all([prepare(imageFiles(files)), prepare(imageFiles(files))]);
    const pixels = new Uint8Array(16 * 16 * 3);
    for (const { images, failures } of both) {
      expect(failures).toEqual([]);
      images.read(11, pixels);
      expect(pixels).toEqual(fitToSquare(picture('image11', 41, 25), 16, 'squash').data);
      images.close();
    }
    expect(cacheFiles()).toEqual(['images', 'u8']);
  });

  it('says what to do where the folder cannot be written or has no room', async () => {
    const images = imageFiles(await someFiles(1));
    writeFileSync(join(folder, 'file'), 'x');
    await expect(prepare(images, { cacheFolder: join(folder, 'file', 'below') })).rejects.toMatchObject({
      kind: 'run',
      hint: expect.stringContaining('LESIONLAB_CACHE'),
    });
    const records = Array.from({ length: 1e5 }, (_, i) => ({ imageId: `image${i}` }));
    await expect(prepare(images, { records, fitting: { imageSize: 100_000, fit: 'squash' } })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

describe('defaultCacheFolder', () => {
  it('follows the environment', () => {
    expect(defaultCacheFolder({ LESIONLAB_CACHE: '/a', XDG_CACHE_HOME: '/b' }, 'linux')).toBe('/a');
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/b' }, 'linux')).toBe(join('/b', 'lesionlab'));
    expect(defaultCacheFolder({ LOCALAPPDATA: '/c' }, 'win32')).toBe(join('/c', 'lesionlab', 'cache'));
    expect(defaultCacheFolder({}, 'linux')).toMatch(/\.cache.lesionlab$/);
  });
});
