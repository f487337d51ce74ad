import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Raster } from '../../src/image/raster.js';
import { cieLab } from '../../src/image/skin/cieLab.js';
import { findSkin } from '../../src/image/skin/findSkin.js';
import { estimateSkinTone, skinToneBand, skinToneBands, typologyAngle } from '../../src/image/skin/skinTone.js';
import { Random } from '../../src/random.js';
import { thrown } from '../thrown.js';

interface Fixture {
  readonly colors: readonly { readonly rgb: [number, number, number]; readonly lab: readonly number[] }[];
  readonly picture: {
    readonly width: number;
    readonly height: number;
    readonly rgb: string;
    readonly lesion: readonly [left: number, top: number, right: number, bottom: number];
    readonly lightness: number;
    readonly yellowness: number;
    readonly angle: number;
    readonly share: number;
  };
}
const fixture: Fixture = JSON.parse(readFileSync(resolve(import.meta.dirname, '../fixtures/image/skin.json'), 'utf8'));

type Color = readonly [number, number, number];

/** A picture of one colour, with the same small noise in all channels. */
function plain(width: number, height: number, color: Color, noise = 0): Raster {
  const random = new Random(3, 'skin');
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const shift = Math.round(noise * (2 * random.next() - 1));
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.min(255, Math.max(0, color[c] + shift));
  }
  return { width, height, channels: 3, data };
}

function paint(picture: Raster, color: Color, isMember: (x: number, y: number) => boolean): Raster {
  const data = picture.data.slice();
  for (let i = 0; i < picture.width * picture.height; i++)
    if (isMember(i % picture.width, Math.floor(i / picture.width))) data.set(color, 3 * i);
  return { ...picture, data };
}

const maskOf = (width: number, height: number, isLesion: (x: number, y: number) => boolean): Raster => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => (isLesion(i % width, Math.floor(i / width)) ? 255 : 0)),
});

const inMiddle = (x: number, y: number) => Math.hypot(x - 60, y - 45) < 15;
const mask = maskOf(120, 90, inMiddle);
const skin: Color = [205, 160, 125];
const lesion: Color = [80, 50, 45];
const clean = paint(plain(120, 90, skin, 2), lesion, inMiddle);

const estimated = (picture: Raster, of: Raster = mask) => {
  const found = estimateSkinTone(picture, of);
  if ('reason' in found) throw new Error(found.reason);
  return found;
};

describe('cieLab', () => {
  it('is that of scikit-image', () => {
    for (const { rgb, lab } of fixture.colors)
      for (const [c, value] of cieLab(...rgb).entries()) expect(value, `${rgb}, ${c}`).toBeCloseTo(lab[c], 9);
  });
});

describe('estimateSkinTone', () => {
  it('agrees with scikit-image and NumPy on a picture without hair or corners', () => {
    const { width, height, rgb, lesion: box, ...expected } = fixture.picture;
    const picture: Raster = { width, height, channels: 3, data: new Uint8Array(Buffer.from(rgb, 'base64')) };
    const [left, top, right, bottom] = box;
    const found = estimated(
      picture,
      maskOf(width, height, (x, y) => x >= left && x < right && y >= top && y < bottom),
    );
    expect(found.angle).toBeCloseTo(expected.angle, 9);
    expect(found.lightness).toBeCloseTo(expected.lightness, 9);
    expect(found.yellowness).toBeCloseTo(expected.yellowness, 9);
    expect(found.share).toBeCloseTo(expected.share, 12);
    expect(found.leftOut.hair).toBe(0);
  });

  it('is not moved by hair, dark corners, ink, reflections or the lesion', () => {
    const { angle } = estimated(clean);
    const disturbed: Record<string, Raster> = {
      hair: paint(clean, [60, 40, 30], (x, y) => Math.abs(x - y) < 1 || y % 23 === 5 || (x + 2 * y) % 41 === 0),
      corners: paint(clean, [3, 2, 2], (x, y) => Math.hypot(x - 60, y - 45) > 58),
      reflections: paint(clean, [252, 253, 255], (x, y) => x % 11 < 2 && y % 13 < 2),
      ink: paint(clean, [90, 60, 150], (x, y) => x > 95 && x < 105 && y > 20),
      lesion: paint(clean, [30, 30, 60], inMiddle),
    };
    for (const [name, picture] of Object.entries(disturbed)) {
      const found = estimated(picture);
      expect(Math.abs(found.angle - angle), name).toBeLessThan(1);
    }
    expect(estimated(disturbed.hair).leftOut.hair).toBeGreaterThan(0.05);
    expect(estimated(disturbed.corners).leftOut['dark-corner']).toBeGreaterThan(0.05);
    expect(estimated(disturbed.reflections).leftOut.glare).toBeGreaterThan(0.005);
  });

  it('orders skins from dark to light and does not take dark skin for a dark corner', () => {
    const skins: Color[] = [
      [75, 45, 35],
      [110, 75, 55],
      [160, 115, 85],
      [200, 155, 120],
      [225, 190, 160],
      [245, 220, 200],
    ];
    const angles = skins.map((color) => estimated(paint(plain(120, 90, color, 2), [20, 15, 15], inMiddle)).angle);
    expect(angles).toEqual(angles.toSorted((a, b) => a - b));
    expect(skinToneBand(angles[0]).name).toContain('dark');
    expect(skinToneBand(angles[5]).name).toContain('very light');
  });

  it('takes a mask of another size, and large pictures by some of their pixels', () => {
    const large: Raster = { ...plain(1200, 900, skin), channels: 3 };
    const found = findSkin(
      paint(large, lesion, (x, y) => inMiddle(x / 10, y / 10)),
      mask,
    );
    expect([found.picture.width, found.picture.height]).toEqual([512, 384]);
    // None of them is a mean of others: two colours went in.
    expect(new Set(Array.from({ length: 512 * 384 }, (_, i) => found.picture.data[3 * i]))).toEqual(
      new Set([skin[0], lesion[0]]),
    );
    expect(estimated(large).angle).toBeCloseTo(typologyAngle(cieLab(...skin)[0], cieLab(...skin)[2]), 9);
  });

  it('says why there is none', () => {
    const none = maskOf(120, 90, () => false);
    expect(estimateSkinTone(clean, none)).toEqual({ reason: 'no-lesion' });
    expect(
      estimateSkinTone(
        clean,
        maskOf(120, 90, () => true),
      ),
    ).toEqual({ reason: 'little-skin' });
    expect(estimateSkinTone(plain(120, 90, [150, 150, 190], 2), mask)).toEqual({ reason: 'bluish' });
  });

  it('refuses what is no picture', () => {
    const wrong = thrown(() => estimateSkinTone({ ...clean, channels: 1 }, mask));
    expect(wrong.message).toContain('image.channels: expected 3, found 1');
    expect(thrown(() => estimateSkinTone(clean, { ...mask, width: 7 })).message).toContain('mask.data');
    expect(thrown(() => typologyAngle(60, 0)).message).toContain('yellowness: expected a number above 0');
    expect(thrown(() => skinToneBand(Number.NaN)).message).toContain('angle');
  });
});

describe('skinToneBands', () => {
  it('has the published ends, upper ones included', () => {
    expect(skinToneBands.map(({ upTo }) => upTo)).toEqual([-30, 10, 28, 41, 55, undefined]);
    const name = (angle: number) => skinToneBand(angle).name.replace(/ \(.*/, '');
    expect([-90, -30, -29.9, 10, 10.1, 28, 41, 41.01, 55, 55.01, 90].map(name)).toEqual([
      'dark',
      'dark',
      'brown',
      'brown',
      'tan',
      'tan',
      'intermediate',
      'light',
      'light',
      'very light',
      'very light',
    ]);
  });
});
