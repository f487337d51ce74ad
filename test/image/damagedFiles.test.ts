import { expect, test } from 'vitest';
import { LesionlabError } from '../../src/errors.js';
import { decodeImage } from '../../src/image/decodeImage.js';
import { Random } from '../../src/random.js';
import { fixtureFiles } from './pixelFiles.js';

const platform = () => Promise.reject(new Error('not a matter of this test'));

test('whatever is changed in a BMP, TIFF or DICOM file, it is decoded or refused in words, within memory and time', async () => {
  const random = new Random(7, 'damaged files');
  const wrong: string[] = [];
  let refused = 0;
  let decoded = 0;
  const began = performance.now();
  for (const { name, bytes } of fixtureFiles())
    for (let change = 0; change < 40; change++) {
      const changed = bytes.slice(0, change % 4 === 0 ? random.integer(bytes.length) : bytes.length);
      // Headers are at the beginning, directories may be at the end.
      const near = Math.min(changed.length, change % 2 ? 200 : 4000);
      for (let n = 1 + random.integer(3); n > 0 && near > 0; n--) {
        const at = random.integer(near);
        changed[random.integer(2) ? at : changed.length - 1 - at] = random.integer(256);
      }
      try {
        const { width, height, data } = await decodeImage(changed, platform);
        decoded++;
        if (data.length !== width * height * 3) wrong.push(`${name}, change ${change}: ${data.length} bytes`);
      } catch (error) {
        refused++;
        if (!(error instanceof LesionlabError && error.kind === 'data'))
          wrong.push(`${name}, change ${change}: ${error}`);
      }
    }
  expect(wrong).toEqual([]);
  expect(decoded).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(process.memoryUsage().rss).toBeLessThan(2 * 2 ** 30);
});
