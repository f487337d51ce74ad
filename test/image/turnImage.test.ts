import sharp from 'sharp';
import { expect, it } from 'vitest';
import { turnImage } from '../../src/image/index.js';

it('turns pixels as decoders turn a file of this EXIF orientation', async () => {
  const stored = { width: 3, height: 2, channels: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 14) } as const;
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
    const file = sharp(stored.data, { raw: { width: 3, height: 2, channels: 3 } }).withMetadata({ orientation });
    const { data, info } = await sharp(await file.png().toBuffer(), { autoOrient: true })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const turned = turnImage(stored, orientation);
    expect([turned.width, turned.height], `orientation ${orientation}`).toEqual([info.width, info.height]);
    expect([...turned.data], `orientation ${orientation}`).toEqual([...data]);
  }
});
