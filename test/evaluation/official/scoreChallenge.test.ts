import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ChallengeId } from '../../../src/evaluation/official/challenges.js';
import { readChallengeTruth, readSubmission } from '../../../src/evaluation/official/readChallengeTable.js';
import { scoreChallenge } from '../../../src/evaluation/official/scoreChallenge.js';

interface Case {
  readonly challenge: ChallengeId;
  readonly columns: readonly string[];
  readonly imageIds: readonly string[];
  readonly truth: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  readonly score_weight?: readonly number[];
  readonly validation_weight?: readonly number[];
  readonly score: number;
  readonly validation: number | null;
}
const file = new URL('../../fixtures/evaluation/officialScores.json', import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(file, 'utf8'));
const tables = ({ imageIds, truth, values, score_weight, validation_weight }: Case) => ({
  truth: { imageIds, values: truth.flat(), scoreWeights: score_weight, validationWeights: validation_weight },
  answers: { imageIds, values: values.flat() },
});

describe('official scores', () => {
  it.each(cases.map((found, i) => [found.challenge, i, found] as const))(
    '%s (%i) is what the public scorer or scikit-learn gives',
    (id, _, found) => {
      const { truth, answers } = tables(found);
      const { score, validation } = scoreChallenge(id, truth, answers);
      expect(score).toBeCloseTo(found.score, 10);
      if (found.validation === null) expect(validation).toBeNull();
      else expect(validation).toBeCloseTo(found.validation, 10);
    },
  );

  it('takes answers in any order', () => {
    const { truth, answers } = tables(cases[4]);
    const order = answers.imageIds.map((_, i) => i).reverse();
    const turned = {
      imageIds: order.map((i) => answers.imageIds[i]),
      values: order.flatMap((i) => answers.values.slice(9 * i, 9 * i + 9)),
    };
    expect(scoreChallenge('isic2019', truth, turned)).toEqual(scoreChallenge('isic2019', truth, answers));
  });

  it('counts a highest confidence that stands twice as wrong', () => {
    const truth = { imageIds: ['a', 'b'], values: [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] };
    const answers = { imageIds: ['a', 'b'], values: [0.5, 0.5, 0, 0, 0, 0, 0, 0, 0.6, 0.4, 0, 0, 0, 0] };
    expect(scoreChallenge('isic2018', truth, answers)).toMatchObject({ score: 0.5, undecided: 1 });
  });

  it('says which images don’t match, and what the ids look like', () => {
    const truth = { imageIds: ['a', 'b'], values: [1, 0] };
    const call = () => scoreChallenge('isic2020', truth, { imageIds: ['a', 'x'], values: [0.5, 0.5] });
    expect(call).toThrow(/1 of 2 images have none, 1 answers are of images that aren't there.*ids like a/);
  });

  it('has no score without images of both kinds', () => {
    const truth = { imageIds: ['a', 'b'], values: [0, 0] };
    expect(scoreChallenge('isic2024', truth, { imageIds: ['a', 'b'], values: [0.5, 0.1] }).score).toBeNull();
  });
});

describe('tables of challenges', () => {
  it('reads truths with weights, words and without a header', () => {
    const truth = readChallengeTruth(
      'image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK,score_weight,validation_weight\nISIC_1_downsampled,0.0,1.0,0,0,0,0,0,0,0,0.0,1.0\n',
      'truth.csv',
      'isic2019',
    );
    expect(truth).toMatchObject({
      imageIds: ['ISIC_1_downsampled'],
      scoreWeights: Float64Array.of(0),
      validationWeights: Float64Array.of(1),
    });
    expect(
      Array.from(readChallengeTruth('ISIC_0000003,0.0\nISIC_0000004,malignant\n', 't.csv', 'isic2016').values),
    ).toEqual([0, 1]);
  });

  it('names the rows at fault', () => {
    const read = (rows: string) => () => readSubmission(`image_name,target\n${rows}`, 'answers.csv', 'isic2020');
    expect(read('a,0.5\nb,1.5\nc,\n')).toThrow(/answers.csv, row 3: target is "1.5".*1 more/);
    expect(read('a,0.5\na.jpg,0.5\n')).toThrow(/row 3: image a stands above already/);
    expect(() => readSubmission('id,mel\na,0.5\n', 'answers.csv', 'isic2018')).toThrow(
      /expected the columns image, MEL, NV/,
    );
    expect(read('')).toThrow(/no rows/);
  });
});
