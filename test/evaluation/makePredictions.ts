import type { ClassInfo } from '../../src/data/dataset.js';
import type { Predictions } from '../../src/evaluation/predictions/predictions.js';
import { Random } from '../../src/random.js';

export const sevenClasses: ClassInfo[] = [
  { id: 'akiec', name: 'Actinic keratosis', malignant: true },
  { id: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  { id: 'bkl', name: 'Benign keratosis', malignant: false },
  { id: 'df', name: 'Dermatofibroma', malignant: false },
  { id: 'mel', name: 'Melanoma', malignant: true },
  { id: 'nv', name: 'Melanocytic nevus', malignant: false },
  { id: 'vasc', name: 'Vascular lesion', malignant: false },
];

/** Class infos `a`, `b`, ... with ids as names. */
export function letterClasses(count: number): ClassInfo[] {
  return Array.from({ length: count }, (_, k) => ({ id: 'abcdefgh'[k], name: 'abcdefgh'[k] }));
}

/** Predictions from rows of probabilities; each image its own lesion unless told. */
export function predictionsOf(
  labels: readonly number[],
  rows: readonly (readonly number[])[],
  { classes = letterClasses(rows[0].length), lesionIds = labels.map((_, i) => `lesion ${i}`) } = {},
): Predictions {
  return {
    classes,
    imageIds: labels.map((_, i) => `image ${i}`),
    lesionIds,
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

/** Random predictions over HAM10000's classes that favour the truth; lesions have one to three images. */
export function randomPredictions(images: number, seed: number, strength = 2): Predictions {
  const random = new Random(seed, 'predictions');
  const shares = [0.03, 0.05, 0.11, 0.01, 0.11, 0.67, 0.02];
  const labels: number[] = [];
  const lesionIds: string[] = [];
  const rows: number[][] = [];
  for (let lesion = 0; labels.length < images; lesion++) {
    let label = 0;
    for (let left = random.next(); label < 6 && left >= shares[label]; label++) left -= shares[label];
    const bias = random.normal();
    for (let i = random.integer(3); i >= 0 && labels.length < images; i--) {
      labels.push(label);
      lesionIds.push(`HAM_${lesion}`);
      const scores = shares.map((_, k) => Math.exp(random.normal() + (k === label ? strength + bias : 0)));
      const sum = scores.reduce((a, b) => a + b, 0);
      rows.push(scores.map((score) => score / sum));
    }
  }
  return {
    ...predictionsOf(labels, rows, { classes: sevenClasses, lesionIds }),
    imageIds: labels.map((_, i) => `ISIC_${i}`),
  };
}
