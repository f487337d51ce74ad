import { setTimeout as pause } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { mostPixels, readImageHeader } from '../../../src/image/header/readImageHeader.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { decodingMemory } from '../../../src/node/files/decodingMemory.js';
import { writePng } from '../../image/writePng.js';

test('small images never wait, the largest take turns', async () => {
  let now = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++now);
    await pause(5);
    now--;
  };
  await Promise.all(Array.from({ length: 20 }, () => decodingMemory(100_000, work)));
  expect(most).toBe(20);
  most = 0;
  // Each of them takes all that there is.
  await Promise.all(Array.from({ length: 4 }, () => decodingMemory(10 ** 12, work)));
  expect(most).toBe(1);
});

test('a huge image is waited for until whoever asked for it is done with it', async () => {
  const seen: string[] = [];
  const use = async (name: string) => {
    await decodingMemory(300_000_000, async () => seen.push(`${name} is decoded`));
    seen.push(`${name} is used`);
  };
  await Promise.all([use('a'), use('b'), use('c')]);
  expect(seen).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} is decoded`, `${name} is used`]));
});

test('what fails gives its memory back', async () => {
  const fail = () => Promise.reject(new Error('damaged'));
  for (let i = 0; i < 3; i++) await expect(decodingMemory(10 ** 12, fail)).rejects.toThrow('damaged');
  await expect(decodingMemory(10 ** 12, async () => 'done')).resolves.toBe('done');
});

test('an image of 256 megapixels is refused by its header, before anything is decoded', async () => {
  // 140 kB that claim 768 MB.
  const png = writePng({ width: 1, height: 1, type: 2, depth: 8, sample: () => 0 });
  const claims = Buffer.from(png);
  claims.writeUInt32BE(16_000, 16);
  claims.writeUInt32BE(16_000, 20);
  const before = process.memoryUsage().rss;
  await expect(sharpCodec.decode(claims)).rejects.toThrow('16000 x 16000 pixels; at most 100 million are read');
  expect(process.memoryUsage().rss - before).toBeLessThan(50 * 2 ** 20);
  expect(mostPixels).toBe(100_000_000);
});

test.each<[string, (image: Sharp) => Sharp, boolean]>([
  ['a plain JPEG', (image) => image.jpeg(), true],
  ['a JPEG that is to be turned', (image) => image.withMetadata({ orientation: 6 }).jpeg(), true],
  ['a progressive JPEG with colours of half the size', (image) => image.jpeg({ progressive: true }), true],
  ['a progressive JPEG', (image) => image.jpeg({ progressive: true, chromaSubsampling: '4:4:4' }), false],
  ['a progressive JPEG of inks', (image) => image.toColourspace('cmyk').jpeg({ progressive: true }), false],
])('of 100 megapixels, %s is read only where its decoder takes less than a gibibyte', async (_, write, isRead) => {
  const blank = sharp({ create: { width: 16, height: 16, channels: 3, background: '#c83c32' } });
  const claims = await write(blank).toBuffer();
  // The frame says 10,000 x 10,000.
  const frame = [0xc0, 0xc2].map((marker) => claims.indexOf(Buffer.from([0xff, marker]))).find((at) => at > 0)!;
  claims.writeUInt16BE(10_000, frame + 5);
  claims.writeUInt16BE(10_000, frame + 7);
  if (isRead) expect(readImageHeader(claims)).toMatchObject({ width: 10_000, height: 10_000 });
  else
    expect(() => readImageHeader(claims)).toThrow(
      /10000 x 10000 pixels; of its kind \(JPEG, \d+ bytes of memory a pixel\), at most/,
    );
});
