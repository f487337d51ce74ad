import { z } from 'zod';
import { type Corners, perspectiveMap } from '../../../image/homography.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

export const perspective = transform({
  name: 'perspective',
  title: 'Seen from the side',
  about: 'The corners of the picture move inwards, as if the lesion were seen from the side.',
  source: "torchvision's RandomPerspective",
  settings: {
    perspective: z
      .strictObject({
        distortion: probability.describe('How far the corners move: 0 not at all, 1 up to the middle.'),
        probability: probability.describe('Probability that an image is seen so; 0: never.'),
      })
      .default({ distortion: 0, probability: 0 })
      .describe("The lesion as if seen from the side (RandomPerspective's distortion_scale and p)."),
  },
  words: ({ perspective: { distortion, probability } }) =>
    distortion > 0 && probability > 0 ? ['seen from another angle'] : [],
  sharesStream: true,
  draw({ perspective: { distortion, probability } }, { size }, random): { readonly corners: Corners } | null {
    const isMoved = random.next() < probability && distortion > 0;
    // Each corner moves inwards by up to `distortion` times half of the side.
    const most = Math.trunc(distortion * Math.floor(size / 2));
    const near = () => random.integer(most + 1);
    const far = () => size - 1 - random.integer(most + 1);
    const corners: Corners = [near(), near(), far(), near(), far(), far(), near(), far()];
    return isMoved ? { corners } : null;
  },
  map({ corners }, size) {
    const last = size - 1;
    // Corners that meet span nothing that could be seen: the picture stays.
    return perspectiveMap([0, 0, last, 0, last, last, 0, last], corners);
  },
});
