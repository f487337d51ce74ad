import { flipMap } from '../../../image/homography.js';
import { probability } from './settingKinds.js';
import { transform } from './transform.js';

export const flip = transform({
  name: 'flip',
  title: 'Mirrored',
  about: 'Left and right, or up and down, change places: a lesion has no right way up.',
  source: "torchvision's RandomHorizontalFlip and RandomVerticalFlip",
  settings: {
    horizontalFlip: probability.default(0).describe('Probability of a left-right flip.'),
    verticalFlip: probability.default(0).describe('Probability of an up-down flip.'),
  },
  words: ({ horizontalFlip, verticalFlip }) => (horizontalFlip > 0 || verticalFlip > 0 ? ['mirrored'] : []),
  sharesStream: true,
  draw({ horizontalFlip, verticalFlip }, _, random) {
    const horizontal = random.next() < horizontalFlip;
    const vertical = random.next() < verticalFlip;
    return horizontal || vertical ? { horizontal, vertical } : null;
  },
  movesWholePixels: true,
  map: (directions, size) => flipMap(size, size, directions),
});
