import { describe, expect, it } from 'vitest';
import { type ChallengeId, challengeIds, challenges } from '../../../src/evaluation/official/challenges.js';
import { formatIsicSubmission } from '../../../src/evaluation/official/isicSubmission.js';
import { readSubmission } from '../../../src/evaluation/official/readChallengeTable.js';
import { predictionsOf, sevenClasses } from '../makePredictions.js';

const classesOf = (ids: readonly string[]) => ids.map((id) => ({ id, name: id }));
const two = [
  { id: 'benign', name: 'Benign', malignant: false },
  { id: 'malignant', name: 'Malignant', malignant: true },
];

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
    expect(() => formatIsicSubmission(predictionsOf([0], [[0.5, 0.5]]), 'isic2020')).toThrow(/being malignant/);
  });

  it.each<[ChallengeId, string]>([
    ['isic2016', 'one,0.75\n'],
    ['isic2020', 'image_name,target\none,0.75\n'],
    ['isic2024', 'isic_id,target\none,0.75\n'],
  ])('asks for the probability of being malignant in %s', (id, text) => {
    const predictions = { ...predictionsOf([0], [[0.25, 0.75]], { classes: two }), imageIds: ['one'] };
    expect(formatIsicSubmission(predictions, id)).toBe(text);
    const sum = {
      ...predictionsOf([0], [[0.5, 0.25, 0.25]], { classes: [two[1], { ...two[1], id: 'bcc' }, two[0]] }),
      imageIds: ['one'],
    };
    expect(formatIsicSubmission(sum, id)).toBe(text);
  });

  it('writes two of ISIC 2017’s three classes, and 2019’s without a class for anything else', () => {
    const three = {
      ...predictionsOf([0], [[0.5, 0.25, 0.25]], { classes: classesOf(['nv', 'sk', 'mel']) }),
      imageIds: ['one'],
    };
    expect(formatIsicSubmission(three, 'isic2017')).toBe('image_id,melanoma,seborrheic_keratosis\none,0.25,0.25\n');
    const eight = classesOf(['ak', 'bcc', 'bkl', 'df', 'mel', 'nv', 'scc', 'vasc']);
    const predictions = {
      ...predictionsOf([0], [[0, 0, 0, 0.5, 0.25, 0, 0.25, 0]], { classes: eight }),
      imageIds: ['one'],
    };
    expect(formatIsicSubmission(predictions, 'isic2019')).toBe(
      'image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\none,0.25,0,0,0,0,0.5,0,0.25,0\n',
    );
  });

  it('is read back as what was written, in every challenge', () => {
    for (const id of challengeIds) {
      const ids = challenges[id].classes?.map(([first]) => first);
      const classes = ids ? classesOf(ids) : two;
      const row = classes.map((_, k) => (k === 0 ? 1 - (classes.length - 1) / 16 : 1 / 16));
      const predictions = {
        ...predictionsOf([0, 1], [row, row], { classes }),
        imageIds: ['ISIC_0000001', 'ISIC_0000002'],
      };
      const read = readSubmission(formatIsicSubmission(predictions, id), 'table.csv', id);
      expect(read.imageIds, id).toEqual(predictions.imageIds);
      expect(Array.from(read.values), id).toEqual(ids ? [...row, ...row] : [1 / 16, 1 / 16]);
    }
  });

  it('has one row an image', () => {
    const predictions = {
      ...predictionsOf(
        [0, 1],
        [
          [0.25, 0.75],
          [0.25, 0.75],
        ],
        { classes: two },
      ),
      imageIds: ['a.jpg', 'a.png'],
    };
    expect(() => formatIsicSubmission(predictions, 'isic2020')).toThrow(/a stands twice/);
  });
});
