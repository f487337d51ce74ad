import type { Exploration } from '../../src/data/audit/exploration.js';
import type { SplitsSummary } from '../../src/data/groups/splitsJson.js';
import type { Predictions } from '../../src/evaluation/predictions/predictions.js';
import { Random } from '../../src/random.js';
import type { EpochRecord } from '../../src/training/events.js';
import { type RunConfig, recipe } from '../../src/training/recipe/config.js';

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
        'unread-format': 0,
        'image-without-metadata': 0,
        'identical-images': 2,
        'image-in-two-lesions': 0,
        'lesion-with-two-diagnoses': 0,
        'unknown-code': 0,
        'missing-value': 0,
        'interpreted-value': 0,
        'unread-file': 0,
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

/** A run that begins to overfit after two thirds. */
export function madeUpRecords(epochs = 24): EpochRecord[] {
  return Array.from({ length: epochs }, (_, i) => {
    const x = i / Math.max(epochs - 1, 1);
    const wobble = Math.sin(i * 2.3) * 0.012;
    return {
      epoch: i + 1,
      trainLoss: 0.35 + 1.5 * Math.exp(-3 * x),
      trainAccuracy: 0.82 - 0.45 * Math.exp(-3.2 * x),
      validationLoss: 0.9 + 1.1 * Math.exp(-5 * x) + Math.max(0, x - 0.55) * 0.7 + wobble,
      validationAccuracy: 0.74 - 0.3 * Math.exp(-4 * x) + wobble,
      validationBalancedAccuracy: 0.56 - 0.35 * Math.exp(-4 * x) - Math.max(0, x - 0.8) * 0.1 + wobble,
      validationRecall: Object.fromEntries(
        classes.map(({ id }, k) => [id, Math.max(0, Math.min(1, 0.1 * k + 0.4 * x + wobble))]),
      ),
      learningRate: 1e-3 * (1 - x),
      seconds: 31,
      imagesPerSecond: 205,
    };
  });
}

/** Predictions drawn with HAM10000's proportions: mostly right, nevi the usual mistake; three images for two lesions. */
export function madeUpPredictions(count = 600): Predictions {
  const random = new Random(7, 'predictions');
  const total = images.reduce((a, b) => a + b, 0);
  const labels = new Int32Array(count);
  const probabilities = new Float32Array(count * 7);
  for (let i = 0; i < count; i++) {
    let place = random.next() * total;
    let label = 0;
    while (place >= images[label]) place -= images[label++];
    labels[i] = i < 21 ? i % 7 : label;
    const scores = images.map((n, k) => random.normal() * 1.4 + Math.log(n) * 0.4 + (k === labels[i] ? 2.6 : 0));
    const sum = scores.reduce((a, score) => a + Math.exp(score), 0);
    for (let k = 0; k < 7; k++) probabilities[i * 7 + k] = Math.exp(scores[k]) / sum;
  }
  return {
    classes,
    imageIds: Array.from(labels, (_, i) => `ISIC_00${24306 + i}`),
    lesionIds: Array.from(labels, (label, i) => `HAM_${label}_${i - (i % 3 === 2 ? 1 : 0)}`),
    labels,
    probabilities,
  };
}

export function madeUpConfig({ synthetic = false }: { synthetic?: boolean } = {}): RunConfig {
  return {
    lesionlab: '0.1.0',
    created: '2026-01-02T03:04:05.000Z',
    preset: 'lenet',
    overrides: ['epochs'],
    seed: 0,
    recipe: recipe.parse({
      model: 'lenet',
      imageSize: 112,
      fit: 'squash',
      normalisation: 'train-split',
      augmentation: { horizontalFlip: 0.5, verticalFlip: 0.5, rotationDegrees: 60, scale: [0.9, 1.1], brightness: 0.1 },
      training: {
        epochs: 24,
        batchSize: 32,
        optimizer: 'adam',
        learningRate: 0.001,
        schedule: 'one-cycle',
        warmUp: 0.2,
        weightDecay: 0,
        classWeights: 'square-root',
        labelSmoothing: 0,
        weightAveraging: 0,
      },
      evaluation: { testTimeAugmentation: 'flips' },
    }),
    data: {
      folder: 'data/made-up',
      metadataFile: 'HAM10000_metadata.csv',
      id: 'ham10000',
      name: 'HAM10000',
      synthetic,
      licence: 'CC BY-NC 4.0',
      citation: 'Tschandl P, Rosendahl C, Kittler H. Sci Data 5:180161 (2018).',
      classes: classes.map((c) => ({ ...c })),
      hasLesionIds: true,
      images: 10015,
      lesions: 7470,
      sha256: 'ab'.repeat(32),
      limit: null,
      excluded: [],
    },
    preprocessing: {
      imageSize: 112,
      fit: 'squash',
      resize: 'bilinear-antialiased',
      mean: [0.763, 0.546, 0.57],
      std: [0.141, 0.153, 0.17],
      statistics: 'train-split',
    },
    classWeights: [1.25, 1, 0.68, 2.11, 0.68, 0.28, 1.9],
    model: { id: 'lenet', parameters: 5612471, weightsFile: null },
    device: 'cpu',
    threads: 2,
    versions: { node: '20.19.0', onnxruntime: '1.30.0' },
  };
}

export const madeUpValidationCounts = () =>
  Object.fromEntries(
    classes.map(({ id }, k) => [id, { images: Math.round(images[k] * 0.16), lesions: Math.round(lesions[k] * 0.16) }]),
  );

export function madeUpSplits(): SplitsSummary {
  const parts = <T>(part: (share: number) => T) => ({ train: part(0.64), validation: part(0.16), test: part(0.2) });
  const round = (share: number) => (n: number) => Math.round(n * share);
  return {
    seed: 0,
    ratios: parts((share) => share),
    images: parts((share) => round(share)(10015)),
    shares: parts((share) => share),
    lesions: parts((share) => round(share)(7470)),
    counts: parts((share) => Object.fromEntries(classes.map((c, i) => [c.id, round(share)(images[i])]))),
    sha256: 'cd'.repeat(32),
    leakage: { lesions: 0, images: 0 },
    proof: {
      patients: { groups: 0, onTwoSides: 0, imagesWithout: 10015, ofSeveral: 0 },
      lesions: { groups: 7470, onTwoSides: 0, imagesWithout: 0, ofSeveral: 1956 },
      listed: { groups: 0, onTwoSides: 0 },
      identical: { groups: 1, onTwoSides: 0 },
      near: 'not looked for',
    },
    linked: [['ISIC_0024366', 'ISIC_0029861']],
    hasLesionIds: true,
  };
}
