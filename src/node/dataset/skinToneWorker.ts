import type { ImageSkinTone } from '../../evaluation/metrics/skinTones.js';
import { estimateSkinTone } from '../../image/skin/skinTone.js';
import { sharpCodec } from '../files/codec.js';
import { serveRequests } from '../machine/workerPool.js';
import { decodeMask } from './lesionMask.js';

/** The encoded files of an image and of its mask. */
export interface SkinToneRequest {
  readonly image: Uint8Array;
  readonly mask: Uint8Array;
}

serveRequests<SkinToneRequest, ImageSkinTone['tone']>(async ({ image, mask }) => {
  const picture = await sharpCodec.decode(image).catch(() => null);
  if (!picture) return { reason: 'unreadable' };
  const placed = await decodeMask(mask, image);
  return 'reason' in placed ? { reason: 'no-mask' } : estimateSkinTone(picture, placed);
});
