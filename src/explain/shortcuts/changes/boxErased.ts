import type { PictureChange } from '../pictureChange.js';
import { boxFlags, eraseRegion } from './eraseRegion.js';

/** The lesion gone with its outline: the rectangle around it (Bissoto et al. 2019, arXiv:1904.08818, erase so). */
export const boxErased: PictureChange = {
  title: 'Box erased',
  summary: 'The rectangle around the lesion is filled, so that its shape is gone too; its size is not.',
  kind: 'erases',
  apply: (picture, options) => eraseRegion(picture, boxFlags(picture), options),
};
