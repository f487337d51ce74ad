import { describe, expect, test } from 'vitest';
import type { ClassInfo, ImageRecord, SplitName } from '../../../src/data/dataset.js';
import { splitByRule } from '../../../src/data/groups/splitRule.js';
import { thrown } from '../../thrown.js';

const classes: ClassInfo[] = [
  { id: 'a', name: 'A' },
  { id: 'b', name: 'B' },
];

/** Lesions of one image each, the first `test` of them officially for testing, then `validation`, the others for training. */
function official(count: number, { test: tested = 0, validation = 0 }): ImageRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    imageId: `i${i}`,
    lesionId: `L${i}`,
    label: i % 2,
    age: null,
    officialSplit: i < tested ? 'test' : i < tested + validation ? 'validation' : 'train',
  }));
}
const split = (records: readonly ImageRecord[], rule: Parameters<typeof splitByRule>[2], seed = 0) =>
  splitByRule(records, classes, rule, { seed, file: 'truth.csv' });

describe('official splits', () => {
  test('are taken as they are where they have all parts', () => {
    const records = official(40, { test: 10, validation: 6 });
    expect(split(records, { kind: 'official' })).toEqual(records.map(({ officialSplit }) => officialSplit));
  });

  test('get the parts that they lack from whole groups of the training part, stratified and by the seed', () => {
    const records = official(120, { test: 20 }).map((record, i) =>
      i >= 20 ? { ...record, lesionId: `G${Math.floor(i / 4)}` } : record,
    );
    const splits = split(records, { kind: 'official' });
    expect(splits.slice(0, 20).every((side) => side === 'test')).toBe(true);
    const count = (side: SplitName, label?: number) =>
      splits.filter((found, i) => found === side && (label === undefined || records[i].label === label)).length;
    // 16 of 80 parts of 100 images.
    expect(count('validation')).toBe(20);
    expect([count('validation', 0), count('validation', 1)]).toEqual([10, 10]);
    const sides = new Map<string, Set<unknown>>();
    for (const [i, { lesionId }] of records.entries())
      sides.set(lesionId, (sides.get(lesionId) ?? new Set()).add(splits[i]));
    expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
    expect(split(records, { kind: 'official' })).toEqual(splits);
    expect(split(records, { kind: 'official' }, 1)).not.toEqual(splits);
  });

  test('are refused where they divide a lesion or a patient, each named', () => {
    const records = official(40, { test: 10, validation: 6 });
    const leaky = records.map((record, i) => ({
      ...record,
      ...((i === 0 || i === 39) && { lesionId: 'both' }),
      ...((i === 12 || i === 30 || i === 5) && { patientId: 'P7' }),
    }));
    const error = thrown(() => split(leaky, { kind: 'official' }));
    expect(error).toMatchObject({ kind: 'data', code: 'split-leaks' });
    expect(error.message).toBe(
      'The official split of truth.csv has 2 groups of images that belong together on two sides: 2 between train and test, 1 between train and validation, 1 between validation and test.',
    );
    expect(error.details).toEqual([
      'lesion both: train i39; test i0',
      'patient P7: train i30; validation i12; test i5',
    ]);
  });

  test('are mended by leaving images out of the earlier parts, or kept', () => {
    const records = official(40, { test: 10, validation: 6 }).map((record, i) =>
      [5, 12, 30].includes(i) ? { ...record, patientId: 'P7' } : record,
    );
    const mended = split(records, { kind: 'official', mend: 'drop-from-train' });
    expect([mended[5], mended[12], mended[30]]).toEqual(['test', null, null]);
    expect(mended.filter((side) => side === null)).toHaveLength(2);
    const kept = split(records, { kind: 'official', mend: 'keep' });
    expect(kept).toEqual(records.map(({ officialSplit }) => officialSplit));
  });

  test('leave out test images that do not count in the official score', () => {
    const records = official(40, { test: 10, validation: 6 }).map((record, i) =>
      i === 3 || i === 20 ? { ...record, scoreWeight: 0 } : record,
    );
    const splits = split(records, { kind: 'official' });
    expect(splits[3]).toBeNull();
    expect(splits[20]).toBe('train');
  });

  test('are refused where there is none', () => {
    const records = official(40, {}).map(({ officialSplit: _, ...record }) => record);
    expect(thrown(() => split(records, { kind: 'official' }))).toMatchObject({
      kind: 'usage',
      code: 'no-official-split',
    });
  });
});

describe('testing on one of several datasets', () => {
  const records = official(60, {}).map(
    (record, i): ImageRecord => ({ ...record, officialSplit: undefined, source: i < 20 ? 'clinic' : 'ham10000' }),
  );

  test('tests on all of it and on nothing else', () => {
    const splits = split(records, { kind: 'test-on', source: 'clinic' });
    expect(splits.map((side) => side === 'test')).toEqual(records.map(({ source }) => source === 'clinic'));
    expect(splits.filter((side) => side === 'validation')).toHaveLength(8);
  });

  test('leaves what belongs to the tested out of training, unless it is to be kept', () => {
    const shared = records.map((record, i) => (i === 0 || i === 50 ? { ...record, lesionId: 'HAM_1' } : record));
    const splits = split(shared, { kind: 'test-on', source: 'clinic' });
    expect([splits[0], splits[50]]).toEqual(['test', null]);
    const kept = split(shared, { kind: 'test-on', source: 'clinic', mend: 'keep' });
    expect(kept[50]).not.toBeNull();
  });

  test('names the datasets where it is asked for another', () => {
    expect(thrown(() => split(records, { kind: 'test-on', source: 'isic2017' }))).toMatchObject({
      kind: 'usage',
      code: 'unknown-source',
      hint: 'The datasets are clinic, ham10000.',
    });
  });

  test('says how many images there are where all of them are in another dataset, and that one dataset is no two', () => {
    const sources = [
      { name: 'isic2019', images: 60, same: 0 },
      { name: 'ham10000', images: 20, same: 20 },
    ];
    const whole = records.map((record) => ({ ...record, source: 'isic2019' }));
    const rule = { kind: 'test-on', source: 'ham10000' } as const;
    expect(thrown(() => splitByRule(whole, classes, rule, { seed: 0, sources }))).toMatchObject({
      kind: 'usage',
      code: 'no-source-of-its-own',
      message:
        'All 20 images of ham10000 are in a dataset given before it too, and were taken from there: none is left to test on.',
    });
    const alone = records.map((record) => ({ ...record, source: undefined }));
    expect(thrown(() => split(alone, rule))).toMatchObject({ kind: 'usage', code: 'one-source' });
  });
});
