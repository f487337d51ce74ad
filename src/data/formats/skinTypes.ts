import type { ValueBand } from '../dataset.js';

/** Fitzpatrick types that a table writes as 1 to 6; what is less stands for a type that is not known. */
export const fitzpatrickTypes: readonly ValueBand[] = [
  { name: 'not known', upTo: 0 },
  ...['I', 'II', 'III', 'IV', 'V', 'VI'].map((type, i) => ({ name: `Fitzpatrick ${type}`, upTo: i + 1 })),
];

/** Pairs of Fitzpatrick types that a table writes as 12, 34 and 56. */
export const fitzpatrickPairs: readonly ValueBand[] = [
  { name: 'Fitzpatrick I and II', upTo: 12 },
  { name: 'Fitzpatrick III and IV', upTo: 34 },
  { name: 'Fitzpatrick V and VI', upTo: 56 },
];
