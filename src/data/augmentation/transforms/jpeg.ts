import { z } from 'zod';
import { compressJpeg } from '../../../image/filters/compressJpeg.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

const quality = z.int().min(1).max(100);

export const jpeg = transform({
  name: 'jpeg',
  title: 'Saved as JPEG',
  about: 'The picture is saved with losses and opened again: the more so, the lower the quality.',
  source: "torchvision's JPEG (v2), and so libjpeg's; colours at half the resolution",
  settings: {
    jpeg: z
      .strictObject({
        probability: probability.default(0).describe('Probability that an image is saved with losses; 0: never.'),
        quality: z.tuple([quality, quality]).default([40, 95]).describe('Lowest and highest quality, from 1 to 100.'),
      })
      .prefault({})
      .describe('Images that were saved as JPEG once more.'),
  },
  ranges: ['jpeg.quality'],
  words: ({ jpeg }) => (jpeg.probability > 0 ? ['saved as JPEG again'] : []),
  draw({ jpeg }, _, random) {
    const isSaved = random.next() < jpeg.probability;
    const [lowest, highest] = jpeg.quality;
    const drawn = lowest + random.integer(Math.max(1, highest - lowest + 1));
    return isSaved ? { quality: drawn } : null;
  },
  strengths: [(strength) => ({ quality: Math.round(95 - 55 * strength) })],
  change({ values, offset, size }, parameters) {
    const plane = size * size;
    const pixels = new Uint8Array(3 * plane);
    for (let c = 0; c < 3; c++)
      for (let i = 0, from = offset + c * plane; i < plane; i++) pixels[3 * i + c] = values[from + i] * 255 + 0.5;
    compressJpeg(pixels, size, size, parameters.quality);
    for (let c = 0; c < 3; c++)
      for (let i = 0, to = offset + c * plane; i < plane; i++) values[to + i] = pixels[3 * i + c] / 255;
  },
});
