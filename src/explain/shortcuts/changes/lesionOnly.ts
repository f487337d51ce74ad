import { paintOver } from '../fillRegion.js';
import type { PictureChange } from '../pictureChange.js';

/** Nothing but the lesion. */
export const lesionOnly: PictureChange = {
  title: 'Lesion only',
  summary: 'All but the lesion is painted over with the mean colour of the skin beside it.',
  kind: 'erases',
  apply: ({ image, lesion, skin }) =>
    paintOver(
      image,
      lesion.map((flag) => 1 - flag),
      skin,
    ),
};
