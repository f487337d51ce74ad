import { describe, expect, it } from 'vitest';
import { formatIsicSubmission } from '../../src/evaluation/outside/isicSubmission.js';
import { predictionsOf, sevenClasses } from './makePredictions.js';

describe('ISIC submission', () => {
  it('puts the classes in the order of the challenge and drops file endings', () => {
    const predictions = predictionsOf(
      [4, 5],
      [Array(7).fill(0.125), [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0]],
      {
        classes: sevenClasses,
      },
    );
    const text = formatIsicSubmission({ ...predictions, imageIds: ['ISIC_0034524.jpg', 'ISIC_0034525'] });
    expect(text).toBe(
      'image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\n' +
        'ISIC_0034524,0.125,0.125,0.125,0.125,0.125,0.125,0.125\n' +
        'ISIC_0034525,0.03125,0.015625,0.25,0.5,0.125,0.0625,0\n',
    );
  });

  it('refuses other classes', () => {
    expect(() => formatIsicSubmission(predictionsOf([0], [[0.5, 0.5]]))).toThrow(/exactly the classes mel, nv/);
    const eight = [...sevenClasses, { id: 'scc', name: 'Squamous cell carcinoma' }];
    expect(() => formatIsicSubmission(predictionsOf([0], [Array(8).fill(0.125)], { classes: eight }))).toThrow(/scc/);
  });
});
