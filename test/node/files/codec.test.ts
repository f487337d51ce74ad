import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Raster } from '../../../src/image/raster.js';
import { sharpCodec } from '../../../src/node/files/codec.js';
import { Random } from '../../../src/random.js';

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
    const transparent: Raster = { width: 1, height: 1, channels: 4, data: Uint8Array.of(10, 20, 30, 0) };
    expect([...(await sharpCodec.decode(await sharpCodec.encodePng(transparent))).data]).toEqual([10, 20, 30]);
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
});
