import type { Exploration } from '../../src/data/exploration.js';

/** Made-up but plausible inputs of the report: seven classes in HAM10000's proportions. */
export const classes = [
  { id: 'akiec', name: 'Actinic keratoses and intraepithelial carcinoma', malignant: true },
  { id: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  { id: 'bkl', name: 'Benign keratosis-like lesions', malignant: false },
  { id: 'df', name: 'Dermatofibroma', malignant: false },
  { id: 'mel', name: 'Melanoma', malignant: true },
  { id: 'nv', name: 'Melanocytic nevi', malignant: false },
  { id: 'vasc', name: 'Vascular lesions', malignant: false },
] as const;

const images = [327, 514, 1099, 115, 1113, 6705, 142];
const lesions = [228, 327, 727, 73, 614, 5403, 98];
const share = (n: number) => n / 10015;

const places: [string, number][] = [
  ['back', 2192],
  ['lower extremity', 2077],
  ['trunk', 1404],
  ['upper extremity', 1118],
  ['abdomen', 1022],
  ['face', 745],
  ['chest', 407],
  ['foot', 319],
  ['neck', 168],
  ['scalp', 128],
  ['hand', 90],
  ['ear', 56],
  ['genital', 48],
  ['acral', 7],
  ['unknown', 234],
];

function crossTable(values: [string, number][]) {
  return {
    values: values.map(([value]) => value),
    classes: classes.map((c) => c.id),
    counts: values.map(([, total], row) => {
      const weights = images.map((n, column) => n * (1 + ((row * 7 + column * 3) % 5) / 2));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.map((weight) => Math.round((weight / sum) * total));
    }),
  };
}

const counts = (values: [string, number][]) => values.map(([value, n]) => ({ value, images: n, share: share(n) }));
const ageBins = [121, 0, 42, 77, 169, 154, 247, 464, 753, 985, 1299, 1187, 1009, 803, 731, 756, 618, 404, 290].map(
  (n, i) => ({ from: i * 5, to: i * 5 + 5, images: n }),
);
const sexes: [string, number][] = [
  ['male', 5406],
  ['female', 4552],
  ['unknown', 57],
];
const dxTypes: [string, number][] = [
  ['histo', 5340],
  ['follow_up', 3704],
  ['consensus', 902],
  ['confocal', 69],
];

export function madeUpExploration(synthetic = false): Exploration {
  return {
    dataset: {
      id: 'ham10000',
      name: 'HAM10000',
      synthetic,
      licence: 'CC BY-NC 4.0',
      citation: 'Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset. Sci Data 5:180161 (2018).',
      url: 'https://doi.org/10.7910/DVN/DBW86T',
      metadataFile: 'HAM10000_metadata.csv',
      hasLesionIds: true,
      hasMasks: true,
      classes,
    },
    images: 10015,
    lesions: 7470,
    seed: 0,
    classes: classes.map((c, i) => ({
      dx: c.id,
      name: c.name,
      images: images[i],
      lesions: lesions[i],
      share: share(images[i]),
      weight: 514 / images[i],
    })),
    sex: counts(sexes),
    localization: counts(places),
    dxType: counts(dxTypes),
    age: {
      binYears: 5,
      bins: ageBins,
      images: 9958,
      missing: 57,
      normal: { mean: 51.86, standardDeviation: 16.97 },
      median: 50,
    },
    imagesPerLesion: [
      { images: 1, lesions: 5514 },
      { images: 2, lesions: 1423 },
      { images: 3, lesions: 490 },
      { images: 4, lesions: 34 },
      { images: 5, lesions: 5 },
      { images: 6, lesions: 4 },
    ],
    diagnosisByLocalization: crossTable(places),
    diagnosisByAge: crossTable([
      ['0-9', 163],
      ['10-19', 246],
      ['20-29', 401],
      ['30-39', 1217],
      ['40-49', 2284],
      ['50-59', 2196],
      ['60-69', 1534],
      ['70-79', 1374],
      ['80-89', 694],
      ['missing', 57],
    ]),
    diagnosisBySex: crossTable(sexes),
    diagnosisByDxType: crossTable(dxTypes),
    missingValues: [
      { column: 'lesion_id', missing: 0, unknown: 0, share: 0 },
      { column: 'dx_type', missing: 0, unknown: 0, share: 0 },
      { column: 'age', missing: 57, unknown: 0, share: share(57) },
      { column: 'sex', missing: 0, unknown: 57, share: share(57) },
      { column: 'localization', missing: 0, unknown: 234, share: share(234) },
    ],
    sampleRows: Array.from({ length: 10 }, (_, i) => ({
      lesion_id: `HAM_000${1000 + i}`,
      image_id: `ISIC_002${5000 + i}`,
      dx: classes[i % 7].id,
      dx_type: 'histo',
      age: i === 3 ? null : 40 + i * 5,
      sex: i % 2 ? 'male' : 'female',
      localization: places[i][0],
    })),
    sampleImages: classes.map((c, i) => ({
      dx: c.id,
      imageIds: Array.from({ length: 5 }, (_, j) => `ISIC_00${24000 + i * 10 + j}`),
    })),
    audit: {
      rows: 10015,
      files: 10015,
      decoded: true,
      unusable: 1,
      counts: {
        'missing-image': 0,
        'empty-file': 0,
        'unreadable-image': 1,
        'image-without-metadata': 0,
        'identical-images': 2,
        'image-in-two-lesions': 0,
        'lesion-with-two-diagnoses': 0,
        'unknown-code': 0,
        'missing-value': 0,
      },
      imageSizes: [{ width: 600, height: 450, images: 10015 }],
      findings: [
        {
          kind: 'unreadable-image',
          severity: 'unusable',
          imageIds: ['ISIC_0024310'],
          message: 'ISIC_0024310.jpg ends in the middle <of the data>.',
        },
        {
          kind: 'identical-images',
          severity: 'note',
          imageIds: ['ISIC_0024366', 'ISIC_0029861'],
          message: 'ISIC_0024366 and ISIC_0029861 are the same file.',
        },
        {
          kind: 'identical-images',
          severity: 'note',
          imageIds: ['ISIC_0024777', 'ISIC_0029938'],
          message: 'ISIC_0024777 and ISIC_0029938 are the same file.',
        },
      ],
    },
  };
}
