import type { PictureChange } from '../pictureChange.js';
import { boxFlags, eraseRegion } from './eraseRegion.js';

/** Width of the border that is left, as a share of the short side. */
const border = 0.1;

/** Nothing but the border of the picture. */
export const borderOnly: PictureChange = {
  title: 'Border only',
  summary: 'A border of 10% of the short side is left, without what of the lesion lies in it; all else is filled.',
  kind: 'erases',
  apply(picture, options) {
    const { width, height } = picture.image;
    const edge = Math.max(1, Math.round(border * Math.min(width, height)));
    const box = { left: edge, top: edge, right: width - edge, bottom: height - edge };
    const region = boxFlags({ image: picture.image, box });
    for (let i = 0; i < region.length; i++) region[i] |= picture.grown[i];
    return eraseRegion(picture, region, options);
  },
};
