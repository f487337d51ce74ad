import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { imageFiles } from '../../../src/data/storedFile.js';
import type { ExplainedRecord } from '../../../src/node/prediction/explainImages.js';
import { localiseRecord } from '../../../src/node/prediction/measureLocalisation.js';
import type { RunData } from '../../../src/node/run/runData.js';

const [width, height] = [96, 72];

/** A lesion in the left fifth of the stored picture. */
const stored = Buffer.from(Uint8Array.from({ length: width * height }, (_, i) => (i % width < 19 ? 255 : 0)));
const asSharp = () => sharp(stored, { raw: { width, height, channels: 1 } });

function dataOf(files: Readonly<Record<'image' | 'mask', Uint8Array>>): Pick<RunData, 'dataset' | 'config'> {
  const filesOf = (bytes: Uint8Array, name: string) =>
    imageFiles(
      new Map([
        [
          'a',
          {
            folders: [],
            name,
            location: name,
            byteLength: bytes.length,
            fingerprint: name,
            read: async () => bytes,
            readHead: async () => bytes,
          },
        ],
      ]),
      async () => {},
    );
  return {
    dataset: { images: filesOf(files.image, 'a.jpg'), masks: filesOf(files.mask, 'a_segmentation.png') },
    config: { preprocessing: { fit: 'squash', imageSize: 40 } },
  } as unknown as Pick<RunData, 'dataset' | 'config'>;
}

/** All heat in the upper fifth of the upright picture: where the lesion is seen once it is turned by 90 degrees. */
const heat = {
  width: 40,
  height: 40,
  values: Float32Array.from({ length: 1600 }, (_, i) => (i < 1600 / 5 ? 1 : 0)),
  empty: false,
};
const explained = { record: { imageId: 'a' }, classIndex: 0, before: heat, after: heat } as unknown as ExplainedRecord;

describe('localiseRecord', () => {
  it('measures the heat of an image that EXIF turns against a mask turned likewise, however the mask was stored', async () => {
    const image = await asSharp().toColourspace('srgb').withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const masks = {
      'of the stored picture': await asSharp().png().toBuffer(),
      'of the upright picture': await asSharp().rotate(90).png().toBuffer(),
      'turned by EXIF too': await asSharp().withMetadata({ orientation: 6 }).png().toBuffer(),
    };
    for (const [name, mask] of Object.entries(masks)) {
      const found = await localiseRecord(explained, dataOf({ image, mask }));
      expect(found, name).toMatchObject({ after: { hit: true } });
      expect(found && 'after' in found && found.after.heatInside, name).toBeGreaterThan(0.97);
      expect(found && 'after' in found && found.after.lesionShare, name).toBeCloseTo(0.2, 1);
    }
  });

  it('says why a mask is left out, and names its file', async () => {
    const image = await asSharp().toColourspace('srgb').jpeg().toBuffer();
    const square = await asSharp().resize(64, 64, { fit: 'fill' }).png().toBuffer();
    expect(await localiseRecord(explained, dataOf({ image, mask: square }))).toEqual({
      imageId: 'a',
      reason: 'a_segmentation.png: the mask has another shape (64 x 64 pixels) than the image (96 x 72)',
    });
    const cut = (await asSharp().png().toBuffer()).subarray(0, -20);
    expect(await localiseRecord(explained, dataOf({ image, mask: cut }))).toEqual({
      imageId: 'a',
      reason: 'a_segmentation.png: The PNG was cut off: its last chunk is missing.',
    });
  });
});
