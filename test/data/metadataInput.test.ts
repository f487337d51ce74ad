import { describe, expect, it } from 'vitest';
import type { DatasetColumn, ImageRecord } from '../../src/data/dataset.js';
import {
  encodeMetadata,
  encodeRecords,
  fitMetadata,
  metadataSpans,
  metadataWidth,
} from '../../src/data/preparation/metadataInput.js';
import { parseTable } from '../../src/data/reading/metadataTable.js';
import { tellFromTable } from '../../src/evaluation/answers/toldMetadata.js';
import { Random } from '../../src/random.js';
import { dropMetadata } from '../../src/training/optimisation/dropMetadata.js';

const record = (
  age: number | null,
  sex: string,
  localization: string,
  values?: ImageRecord['values'],
): ImageRecord => ({
  ...{ imageId: `${age}`, lesionId: `${age}`, label: 0, age, sex, localization },
  ...(values && { values }),
});
const records = [
  record(40, 'male', 'back', { itch: 'yes', seven_point_score: 3 }),
  record(60, 'female', 'face', { itch: 'no', seven_point_score: 1 }),
  record(null, 'unknown', 'face'),
];
const columns: DatasetColumn[] = [
  { name: 'itch', kind: 'text', role: 'input' },
  { name: 'seven_point_score', kind: 'number', role: 'input' },
  { name: 'skin_tone', kind: 'text', role: 'subgroup' },
];

describe('metadata as a network takes it', () => {
  it('is scaled by the training images, with a number that says where it is unknown', () => {
    const encoding = fitMetadata(records, ['age', 'sex', 'site', 'itch'], columns);
    expect(encoding.columns).toEqual([
      { name: 'age', kind: 'number', mean: 50, std: 10 },
      { name: 'sex', kind: 'text', values: ['female', 'male'] },
      { name: 'site', kind: 'text', values: ['face', 'back'] },
      { name: 'itch', kind: 'text', values: ['no', 'yes'] },
    ]);
    expect(metadataWidth(encoding)).toBe(2 + 3 + 3 + 3);
    expect([...encodeRecords(encoding, [records[0]])]).toEqual([-1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]);
    expect([...encodeRecords(encoding, [records[2]])]).toEqual([0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
    // What training never saw is unknown, too; numbers may come as text.
    expect([...encodeMetadata(encoding, { age: '70', sex: 'Male', site: 'toe' })]).toEqual([
      2, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1,
    ]);
    expect(metadataSpans(encoding).at(-1)).toEqual({ name: 'itch', start: 8, end: 11 });
  });

  it.each([
    'dx_type',
    'dataset',
    'attribution',
    'copyright_license',
    'management',
    'seven_point_score',
    'file_size',
    'skin_tone',
    'lesion_id',
  ])('is never %s', (name) => {
    expect(() => fitMetadata(records, [name], columns)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'metadata-forbidden',
        hint: expect.stringContaining('age, sex, site, itch'),
      }),
    );
  });

  it('names what there is where a column is not there, or says nothing', () => {
    expect(() => fitMetadata(records, ['ages'], columns)).toThrow(/did you mean age\?/);
    expect(() => fitMetadata([records[2]], ['age'])).toThrow(expect.objectContaining({ code: 'metadata-empty' }));
  });

  it('is forgotten by chance of seed and step, whole images and single columns', () => {
    const encoding = fitMetadata(records, ['age', 'sex'], columns);
    const known = encodeMetadata(encoding, { age: 60, sex: 'male' });
    const draw = (rate: number, seed: number) => {
      const rows = Float32Array.from({ length: 2000 * known.length }, (_, i) => known[i % known.length]);
      dropMetadata(rows, encoding, rate, new Random(seed, 'metadata', 3));
      return rows;
    };
    expect(draw(0, 1)).toEqual(draw(0, 2));
    expect(draw(0.5, 1)).toEqual(draw(0.5, 1));
    const rows = draw(0.2, 1);
    const unknown = (at: number) => Array.from({ length: 2000 }, (_, i) => rows[i * known.length + at]);
    const share = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    // 1 - 0.8 * 0.8 of each column; both of 0.2 + 0.8 * 0.04.
    expect(share(unknown(1))).toBeCloseTo(0.36, 1);
    const both = unknown(1).map((age, i) => age * unknown(4)[i]);
    expect(share(both)).toBeCloseTo(0.232, 1);
  });

  it('comes from a table by image, whatever its columns are called', () => {
    const encoding = fitMetadata(records, ['age', 'sex', 'site'], columns);
    const table = parseTable(
      'isic_id,age_approx,gender,anatom_site_general\nISIC_1.jpg,45,F,Back\nISIC_2,,,\n',
      'told.csv',
    );
    const told = tellFromTable(table, encoding, 'told.csv');
    expect([...encodeMetadata(encoding, told('ISIC_1'))]).toEqual([-0.5, 0, 1, 0, 0, 0, 1, 0]);
    expect([...encodeMetadata(encoding, told('ISIC_2'))]).toEqual([0, 1, 0, 0, 1, 0, 0, 1]);
    expect([...encodeMetadata(encoding, told('other'))]).toEqual([0, 1, 0, 0, 1, 0, 0, 1]);
    const empty = parseTable('image_id,itch\na,yes\n', 'told.csv');
    expect(() => tellFromTable(empty, encoding, 'told.csv')).toThrow(
      expect.objectContaining({ code: 'metadata-columns' }),
    );
  });
});
