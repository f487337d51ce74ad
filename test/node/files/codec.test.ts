import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import type { Raster } from '../../../src/image/raster.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { Random } from '../../../src/random.js';
import { pixelFiles } from '../../image/pixelFiles.js';

function noise(width: number, height: number): Raster {
  const random = new Random(1, 'codec test');
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
  return { width, height, channels: 3, data };
}

describe('sharpCodec', () => {
  it('returns the same pixels from PNG', async () => {
    const image = noise(17, 9);
    const back = await sharpCodec.decode(await sharpCodec.encodePng(image));
    expect(back).toEqual(image);
  });

  it('decodes grey, 16-bit and transparent files to three channels', async () => {
    const grey: Raster = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 50, 100, 150, 200, 250) };
    const back = await sharpCodec.decode(await sharpCodec.encodePng(grey));
    expect(back.channels).toBe(3);
    expect([...back.data.subarray(3, 9)]).toEqual([50, 50, 50, 100, 100, 100]);
    const transparent: Raster = {
      width: 2,
      height: 1,
      channels: 4,
      data: Uint8Array.of(10, 20, 30, 0, 10, 20, 30, 51),
    };
    const onBlack = await sharpCodec.decode(await sharpCodec.encodePng(transparent));
    expect([...onBlack.data]).toEqual([0, 0, 0, 2, 4, 6]);
    const deep = await sharp(Buffer.from(grey.data), { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharpCodec.decode(deep)).data[3]).toBe(50);
  });

  it('applies the EXIF orientation', async () => {
    const image = noise(8, 4);
    const turned = await sharp(image.data, { raw: { width: 8, height: 4, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const back = await sharpCodec.decode(turned);
    expect([back.width, back.height]).toEqual([4, 8]);
    // Orientation 6: the stored left bottom corner is the shown left top one.
    expect([...back.data.subarray(0, 3)]).toEqual([...image.data.subarray(3 * 8 * 3, 3 * 8 * 3 + 3)]);
  });

  it('refuses truncated and damaged JPEGs, text, and nothing', async () => {
    const jpeg = await sharpCodec.encodeJpeg(noise(64, 48));
    expect((await sharpCodec.decode(jpeg)).width).toBe(64);
    await expect(sharpCodec.decode(jpeg.subarray(0, jpeg.length >> 1))).rejects.toThrow();
    await expect(sharpCodec.decode(jpeg.subarray(0, jpeg.length - 40))).rejects.toThrow();
    const damaged = jpeg.slice();
    damaged.fill(0xff, jpeg.length >> 1, (jpeg.length >> 1) + 200);
    await expect(sharpCodec.decode(damaged)).rejects.toThrow();
    await expect(sharpCodec.decode(Uint8Array.from('not an image', (c) => c.charCodeAt(0)))).rejects.toThrow();
    await expect(sharpCodec.decode(new Uint8Array(0))).rejects.toThrow();
  });

  it('gives the numbers that stand in a file, whatever its profile, depth, transparency or interlacing', async () => {
    const wrong: string[] = [];
    let known = 0;
    for (const { name, bytes, expected } of await pixelFiles()) {
      if (!expected) continue;
      known++;
      const { width, height, data } = await sharpCodec.decode(bytes);
      const apart = data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.rgb[i])), 0);
      if (width !== expected.width || height !== expected.height || apart > (expected.within ?? 0))
        wrong.push(`${name}: off by ${apart}`);
    }
    expect(wrong).toEqual([]);
    expect(known).toBeGreaterThan(130);
  });

  it('says what a file is that it refuses', async () => {
    const wrong: string[] = [];
    for (const { name, bytes, refused } of await pixelFiles()) {
      if (!refused) continue;
      const error = await sharpCodec.decode(bytes).then(
        () => undefined,
        (thrown) => thrown,
      );
      if (!(error instanceof LesionlabError && error.kind === 'data' && refused.test(error.message)))
        wrong.push(`${name}: ${error}`);
    }
    expect(wrong).toEqual([]);
  });

  it('gives CMYK images as light, inks multiplied', async () => {
    const image = { create: { width: 2, height: 2, channels: 3, background: '#c83c32' } } as const;
    const inks = await sharp(image).toColourspace('cmyk').raw().toBuffer();
    const jpeg = await sharp(image).toColourspace('cmyk').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const { data } = await sharpCodec.decode(jpeg);
    for (const c of [0, 1, 2])
      expect(Math.abs(data[c] - ((255 - inks[c]) * (255 - inks[3])) / 255)).toBeLessThanOrEqual(3);
  });
});
