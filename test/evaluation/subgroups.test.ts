import { describe, expect, it } from 'vitest';
import type { DatasetColumn } from '../../src/data/dataset.js';
import { fitzpatrickPairs, fitzpatrickTypes } from '../../src/data/formats/skinTypes.js';
import { describeSkinTones, skinToneColumn, summariseSkinTones } from '../../src/evaluation/metrics/skinTones.js';
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

describe('evaluateSubgroups by bands of numbers', () => {
  const predictions = randomPredictions(120, 4);
  const group = (column: DatasetColumn, numberOf: (i: number) => number | null) => {
    const records = new Map(
      predictions.imageIds.map((id, i) => [id, { age: null, values: { [column.name]: numberOf(i) } }]),
    );
    const found = evaluateSubgroups(predictions, records, { resamples: 40, columns: [column] });
    return found.filter(({ field }) => field === column.name);
  };

  it('keeps the bands’ order, their upper ends included, and unknown last', () => {
    const angles = [-60, -30, -29, 10, 28, 41, 55, 60, null];
    const found = group(skinToneColumn, (i) => angles[i % angles.length]);
    expect(found.map(({ value }) => value)).toEqual([...skinToneColumn.bands!.map(({ name }) => name), 'not known']);
    const images = found.map((of) => of.images);
    expect(images.reduce((sum, count) => sum + count)).toBe(120);
    // Two of nine angles are in each of the two darkest bands.
    expect([images[0], images[1]]).toEqual([28, 27]);
    for (const { lesions, intervals } of found) {
      expect(lesions).toBeGreaterThan(0);
      expect(intervals?.accuracy).toHaveLength(2);
    }
  });

  it('names Fitzpatrick types, pairs of them, and types that are not known', () => {
    const column = (name: string, bands: DatasetColumn['bands']): DatasetColumn => ({
      ...{ name, bands },
      kind: 'number',
      role: 'subgroup',
    });
    const types = group(column('fitzpatrick_scale', fitzpatrickTypes), (i) => [-1, 1, 4, 6][i % 4]);
    expect(types.map(({ value, images }) => [value, images])).toEqual([
      ['Fitzpatrick I', 30],
      ['Fitzpatrick IV', 30],
      ['Fitzpatrick VI', 30],
      ['not known', 30],
    ]);
    const pairs = group(column('skin_tone', fitzpatrickPairs), (i) => [56, 12, 34][i % 3]);
    expect(pairs.map(({ value }) => value)).toEqual([
      'Fitzpatrick I and II',
      'Fitzpatrick III and IV',
      'Fitzpatrick V and VI',
    ]);
  });

  it('divides a measure of many values, which by itself would be too fine', () => {
    const column: DatasetColumn = { name: 'diameter', kind: 'number', role: 'subgroup' };
    expect(group(column, (i) => i)).toEqual([]);
    const bands = [{ name: 'small', upTo: 59 }, { name: 'large' }];
    expect(group({ ...column, bands }, (i) => i).map(({ value, images }) => [value, images])).toEqual([
      ['small', 60],
      ['large', 60],
    ]);
  });
});

describe('summariseSkinTones', () => {
  const leftOut = { lesion: 0.3, border: 0.1, 'dark-corner': 0, hair: 0.1, glare: 0 };
  const tone = (angle: number) => ({ angle, lightness: 60, yellowness: 10, share: 0.5, leftOut });

  it('counts images and lesions by band, and says why others have none', () => {
    const found = summariseSkinTones([
      { imageId: 'a', lesionId: '1', tone: tone(60) },
      { imageId: 'b', lesionId: '1', tone: tone(70) },
      { imageId: 'c', lesionId: '2', tone: tone(20) },
      { imageId: 'd', lesionId: '3', tone: { reason: 'bluish' } },
      { imageId: 'e', lesionId: '3', tone: { reason: 'no-mask' } },
    ]);
    expect(found).toMatchObject({ images: 5, lesions: 3, without: { bluish: 1, 'no-mask': 1 } });
    expect(found.bands).toEqual([
      { name: 'tan (10° to 28°)', images: 1, lesions: 1 },
      { name: 'very light (more than 55°)', images: 2, lesions: 1 },
    ]);
    expect(found.measured).toEqual({
      share: 0.5,
      leftOut: {
        ...leftOut,
        lesion: expect.closeTo(0.3, 12),
        hair: expect.closeTo(0.1, 12),
        border: expect.closeTo(0.1, 12),
      },
    });
    const words = describeSkinTones(found).join(' ');
    expect(words).toContain('estimate under unknown light and an unknown camera, never a Fitzpatrick type');
    expect(words).toContain('Of 5 images there is no estimate for 1: their skin has no yellow');
  });

  it('measured nothing where nothing could be', () => {
    expect(summariseSkinTones([])).toEqual({ images: 0, lesions: 0, bands: [], without: {}, measured: null });
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
