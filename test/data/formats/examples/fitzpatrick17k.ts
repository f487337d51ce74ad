import { csv, type FormatExample, imagesOf } from '../formatExample.js';

const url = 'https://atlas.example/imageView.aspx?id=1';

export const example: FormatExample = {
  files: {
    'fitzpatrick17k.csv': csv(
      'md5hash,fitzpatrick_scale,fitzpatrick_centaur,label,nine_partition_label,three_partition_label,qc,url,url_alphanum',
      `5e82a45bc5d78bd24ae9202d194423f8,3,3,drug induced pigmentary changes,inflammatory,non-neoplastic,,${url},a.jpg`,
      `fa2911a9b13b6f8af79cb700937cc14f,1,-1,photodermatoses,inflammatory,non-neoplastic,,${url},b.jpg`,
      `d2bac3c9e4499032ca8e9b07c7d3bc40,-1,3,dermatofibroma,benign dermal,benign,1 Diagnostic,${url},c.jpg`,
      `0a94359e7eaacd7178e06b2823777789,1,1,basal cell carcinoma,malignant epidermal,malignant,,${url},d.jpg`,
    ),
    ...imagesOf([
      '5e82a45bc5d78bd24ae9202d194423f8',
      'fa2911a9b13b6f8af79cb700937cc14f',
      'd2bac3c9e4499032ca8e9b07c7d3bc40',
      '0a94359e7eaacd7178e06b2823777789',
    ]),
  },
  expected: {
    images: 4,
    classes: {
      '5e82a45bc5d78bd24ae9202d194423f8': 'drug induced pigmentary changes',
      fa2911a9b13b6f8af79cb700937cc14f: 'photodermatoses',
      d2bac3c9e4499032ca8e9b07c7d3bc40: 'dermatofibroma',
      '0a94359e7eaacd7178e06b2823777789': 'basal cell carcinoma',
    },
  },
};
