import { erase } from './erase.js';
import { trivialAugment } from './trivialAugment.js';
import { variations } from './variations.js';

/** Every way to vary training images, in the order in which they are applied. */
export const transforms = [...variations, trivialAugment, erase] as const;
