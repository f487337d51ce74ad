import { affine } from './affine.js';
import { blur } from './blur.js';
import { colorJitter } from './colorJitter.js';
import { colourConstancy } from './colourConstancy.js';
import { crop } from './crop.js';
import { flip } from './flip.js';
import { jpeg } from './jpeg.js';
import { noise } from './noise.js';
import { perspective } from './perspective.js';
import { sharpness } from './sharpness.js';
import { shear } from './shear.js';
import { turn } from './turn.js';

/** Transforms in the order in which an image goes through them: where its points come from, optics and light, camera, file. */
export const variations = [
  crop,
  flip,
  turn,
  shear,
  affine,
  perspective,
  blur,
  colourConstancy,
  colorJitter,
  sharpness,
  noise,
  jpeg,
] as const;
