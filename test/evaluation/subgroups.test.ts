import { describe, expect, it } from 'vitest';
import { evaluateSubgroups, subgroupOf } from '../../src/evaluation/metrics/subgroups.js';
import { randomPredictions } from './makePredictions.js';

const record = (age: number | null, sex?: string, localization?: string, dxType?: string) => ({
  age,
  sex,
  localization,
  dxType,
});

describe('subgroupOf', () => {
  it('says in words where an image belongs', () => {
    const ages = [0, 29, 30, 44.5, 45, 60, 74, 75, 85, null].map((age) => subgroupOf(record(age), 'age'));
    expect(ages).toEqual([
      'under 30 years',
      'under 30 years',
      '30 to 44 years',
      '30 to 44 years',
      '45 to 59 years',
      '60 to 74 years',
      '60 to 74 years',
      '75 years and older',
      '75 years and older',
      'not known',
    ]);
    expect(subgroupOf(record(1, 'unknown'), 'sex')).toBe('not known');
    expect(subgroupOf(record(1, 'female', 'back'), 'localization')).toBe('back');
    expect(['histo', 'consensus', undefined].map((d) => subgroupOf(record(1, 'x', 'y', d), 'dxType'))).toEqual([
      'histopathology',
      'other than histopathology',
      'not known',
    ]);
  });
});

describe('evaluateSubgroups', () => {
  const predictions = randomPredictions(500, 9);
  const records = new Map(
    predictions.imageIds.map((id, i) => [
      id,
      record(i % 10 === 0 ? null : 20 + (i % 60), i % 3 ? 'male' : 'female', 'back', i % 2 ? 'histo' : 'follow_up'),
    ]),
  );
  const groups = evaluateSubgroups(predictions, records, { resamples: 60 });
  const of = (field: string) => groups.filter((group) => group.field === field);

  it('divides by the dataset, and by columns that are for it', () => {
    const columns = [
      { name: 'skin_tone', kind: 'number', role: 'subgroup' },
      { name: 'diameter', kind: 'number', role: 'subgroup' },
      { name: 'licence', kind: 'text', role: 'never' },
    ] as const;
    const joined = new Map(
      predictions.imageIds.map((id, i) => {
        const values = { skin_tone: i % 5 === 0 ? null : i % 5, diameter: i, licence: i % 2 ? 'a' : 'b' };
        return [id, { age: null, source: i % 2 ? 'first' : 'second', values }];
      }),
    );
    const found = evaluateSubgroups(predictions, joined, { resamples: 0, columns });
    // Each value of a diameter would be a group of one image.
    expect(found.map(({ field, value, images }) => [field, value, images])).toEqual([
      ['source', 'first', 250],
      ['source', 'second', 250],
      ...['1', '2', '3', '4', 'not known'].map((value) => ['skin_tone', value, 100]),
    ]);
  });

  it('divides all images, unknown last, and leaves out what is the same for all', () => {
    expect(of('age').map(({ value }) => value)).toEqual([
      'under 30 years',
      '30 to 44 years',
      '45 to 59 years',
      '60 to 74 years',
      '75 years and older',
      'not known',
    ]);
    for (const field of ['age', 'sex', 'dxType'])
      expect(of(field).reduce((sum, { images }) => sum + images, 0)).toBe(500);
    expect(of('localization')).toEqual([]);
  });

  it('gives intervals, and says where few lesions stand behind a number', () => {
    for (const { accuracy, intervals, melanoma } of of('sex')) {
      expect(intervals!.accuracy![0]).toBeLessThanOrEqual(accuracy);
      expect(intervals!.accuracy![1]).toBeGreaterThanOrEqual(accuracy);
      expect(melanoma!.lesions).toBeGreaterThan(0);
    }
    const oldest = of('age').find(({ value }) => value === '75 years and older')!;
    expect(oldest.warning).toMatch(/^(only \d lesions?|fewer than 10 lesions of )/);
  });
});
