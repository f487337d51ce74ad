import { type FormatExample, imagesOf } from '../formatExample.js';

const names = [
  'Acne and Rosacea Photos',
  'Eczema Photos',
  'Melanoma Skin Cancer Nevi and Moles',
  'Systemic Disease',
  'Warts Molluscum and other Viral Infections',
];
const ids = ['acne-cystic', 'eczema-hand', 'malignant-melanoma', 'lupus-nail', 'warts-flat'];

export const example: FormatExample = {
  files: {
    ...Object.assign({}, ...names.map((name, i) => imagesOf([`${ids[i]}-1`], (id) => `train/${name}/${id}.jpg`))),
    ...Object.assign({}, ...names.map((name, i) => imagesOf([`${ids[i]}-2`], (id) => `test/${name}/${id}.jpg`))),
  },
  expected: {
    images: 10,
    classes: Object.fromEntries(names.flatMap((name, i) => [1, 2].map((n) => [`${ids[i]}-${n}`, name]))),
  },
};
