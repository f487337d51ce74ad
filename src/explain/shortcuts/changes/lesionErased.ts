import type { PictureChange } from '../pictureChange.js';
import { eraseRegion } from './eraseRegion.js';

/** The lesion gone, by its mask. */
export const lesionErased: PictureChange = {
  title: 'Lesion erased',
  summary:
    'The lesion with a margin is filled by its mask; the outline of the gap still shows how large it was and of what shape.',
  kind: 'erases',
  apply: (picture, options) => eraseRegion(picture, picture.grown, options),
};
