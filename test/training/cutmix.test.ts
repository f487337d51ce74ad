import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../src/image/homography.js';
import { Random } from '../../src/random.js';
import { drawCutBox, exchangeBoxes } from '../../src/training/optimisation/cutmix.js';
import { drawMix, mixBatch } from '../../src/training/optimisation/mixBatch.js';

const { cutmix } = JSON.parse(readFileSync(new URL('../fixtures/data/transforms.json', import.meta.url), 'utf8')) as {
  cutmix: { pair: string[]; box: Part; share: number; result: string[]; labels: number[][] };
};
const floats = (texts: string[]) => Float32Array.from(texts.flatMap((text) => [...Buffer.from(text, 'base64')]));

describe('cutmix', () => {
  it('exchanges a square and shares labels as torchvision does', () => {
    const images = floats(cutmix.pair);
    const targets = Float32Array.of(1, 0, 0, 1);
    mixBatch(images, targets, 2, { share: cutmix.share, box: cutmix.box });
    expect(images).toEqual(floats(cutmix.result));
    expect([...targets]).toEqual(cutmix.labels.flat());
  });

  it('leaves the middle image of an odd batch, and gives back what was exchanged twice', () => {
    const images = Float32Array.from({ length: 3 * 3 * 16 }, (_, i) => i);
    const before = images.slice();
    exchangeBoxes(images, 3, 4, { left: 1, top: 0, width: 2, height: 3 });
    expect(images.subarray(48, 96)).toEqual(before.subarray(48, 96));
    expect(images[1]).toBe(before[96 + 1]);
    expect(images[0]).toBe(before[0]);
    exchangeBoxes(images, 3, 4, { left: 1, top: 0, width: 2, height: 3 });
    expect(images).toEqual(before);
  });

  it('draws squares within the picture, whose area is what the label loses', () => {
    for (let step = 0; step < 500; step++) {
      const random = new Random(1, 'cutmix', step);
      const { share, box } = drawCutBox(0.5 + step / 1000, 20, random);
      expect(Math.min(box.left, box.top, box.width, box.height)).toBeGreaterThanOrEqual(0);
      expect(Math.max(box.left + box.width, box.top + box.height)).toBeLessThanOrEqual(20);
      expect(share).toBe(1 - (box.width * box.height) / 400);
      expect(share).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('takes half of the steps beside mixup, the same ones for the same seed', () => {
    const at = (step: number) => drawMix({ mixup: 0.2, cutmix: 1 }, { seed: 4, step, imageSize: 16 });
    const cuts = Array.from({ length: 400 }, (_, step) => at(step)?.box !== undefined);
    expect(cuts.filter(Boolean).length).toBeGreaterThan(160);
    expect(cuts.filter(Boolean).length).toBeLessThan(240);
    expect(at(7)).toEqual(at(7));
    expect(drawMix({ mixup: 0, cutmix: 0 }, { seed: 4, step: 1, imageSize: 16 })).toBeUndefined();
    expect(drawMix({ mixup: 0.2 }, { seed: 4, step: 1, imageSize: 16 })).toHaveProperty('share');
  });
});
