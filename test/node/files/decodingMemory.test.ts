import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mostPixels } from '../../../src/image/header/readImageHeader.js';
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
