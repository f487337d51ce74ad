import { describe, expect, it } from 'vitest';
import { analyseErrors } from '../../src/evaluation/metrics/errorAnalysis.js';
import { predictionsOf, randomPredictions } from './makePredictions.js';

const classes = [
  { id: 'mel', name: 'Melanoma', malignant: true },
  { id: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  { id: 'nv', name: 'Nevus', malignant: false },
];
const predictions = predictionsOf(
  [0, 0, 0, 1, 2, 2],
  [
    [0.1, 0.2, 0.7],
    [0.05, 0.05, 0.9],
    [0.1, 0.7, 0.2],
    [0.2, 0.6, 0.2],
    [0.5, 0.1, 0.4],
    [0.1, 0.1, 0.8],
  ],
  { classes, lesionIds: ['L1', 'L1', 'L1', 'L2', 'L3', 'L4'] },
);

describe('analyseErrors', () => {
  const analysis = analyseErrors(predictions);

  it('lists mistakes, most confident first', () => {
    expect(analysis.mistakes.map(({ imageId }) => imageId)).toEqual(['image 1', 'image 0', 'image 2', 'image 4']);
    expect(analysis.mistakes[0]).toMatchObject({ index: 1, lesionId: 'L1', dx: 'mel', predicted: 'nv' });
    expect(analysis.mistakes[0].confidence).toBeCloseTo(0.9, 6);
    expect(analysis.mistakes[0].truthProbability).toBeCloseTo(0.05, 6);
  });

  it('counts what was taken for what', () => {
    expect(analysis.confusions).toEqual([
      { dx: 'mel', predicted: 'nv', images: 2, lesions: 1, share: 2 / 3 },
      { dx: 'nv', predicted: 'mel', images: 1, lesions: 1, share: 1 / 2 },
      { dx: 'mel', predicted: 'bcc', images: 1, lesions: 1, share: 1 / 3 },
    ]);
  });

  it('singles out malignant images called benign', () => {
    expect(analysis.missedMalignant?.map(({ imageId }) => imageId)).toEqual(['image 1', 'image 0']);
    const unknown = { ...predictions, classes: classes.map(({ id, name }) => ({ id, name })) };
    expect(analyseErrors(unknown).missedMalignant).toBeNull();
  });

  it('finds lesions with different diagnoses for their images', () => {
    expect(analysis.inconsistentLesions.map(({ lesionId }) => lesionId)).toEqual(['L1']);
    expect(analysis.inconsistentLesions[0].images).toHaveLength(3);
  });

  it('puts every image into one cell', () => {
    expect(analysis.cells[0][2].map(({ imageId }) => imageId)).toEqual(['image 1', 'image 0']);
    const many = analyseErrors(randomPredictions(300, 4));
    const indices = many.cells.flat(2).map(({ index }) => index);
    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(many.confusions.reduce((sum, { images }) => sum + images, 0)).toBe(many.mistakes.length);
  });
});
