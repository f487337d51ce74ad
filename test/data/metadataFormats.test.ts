import { describe, expect, test } from 'vitest';
import { ham10000Records, isic2018Records, recogniseTable } from '../../src/data/formats/metadataFormats.js';
import { parseTable, tableColumns } from '../../src/data/formats/metadataTable.js';
import { thrown } from '../thrown.js';

const header = 'lesion_id,image_id,dx,dx_type,age,sex,localization';
const ham = (...rows: string[]) => ham10000Records(parseTable([header, ...rows].join('\n'), 'data/meta.csv'));

describe('parseTable', () => {
  test('reads commas, tabs and semicolons, quotes, a byte order mark, Windows line ends and empty lines', () => {
    const expected = [['L1', 'I1', 'nv']];
    for (const text of [
      'lesion_id,image_id,dx\nL1,I1,nv\n',
      '\uFEFFlesion_id,image_id,dx\r\nL1,I1,nv\r\n\r\n',
      '"lesion_id"\t"image_id"\t"dx"\n"L1"\t"I1"\t"nv"\n',
      'Lesion_ID; image_id ;dx\n L1 ;I1;nv',
    ]) {
      const table = parseTable(text, 'x');
      expect(table.columns).toEqual(['lesion_id', 'image_id', 'dx']);
      expect(table.rows.map(({ cells }) => cells)).toEqual(expected);
      expect(tableColumns(text.slice(0, 40))).toEqual(table.columns);
    }
  });

  test('numbers rows as a spreadsheet does and names a row that is cut off', () => {
    expect(parseTable('a,b\n1,2\n\n3,4\n', 'x').rows.map(({ number }) => number)).toEqual([2, 4]);
    expect(() => parseTable('a,b,c\n1,2,3\n4,5', 'data/x.csv')).toThrow(
      'data/x.csv, row 3: expected 3 cells as in the header, found 2.',
    );
  });
});

test('recogniseTable knows tables by their columns, and none of its own outputs as metadata', () => {
  const kind = (line: string) => recogniseTable(line.toLowerCase().split(','));
  expect(kind(header)).toBe('ham10000');
  expect(kind('image_id,dx')).toBe('ham10000');
  expect(kind(header.replace('dx,', ''))).toBe('ham10000-without-dx');
  expect(kind('image,MEL,NV,BCC,AKIEC,BKL,DF,VASC')).toBe('isic2018');
  expect(kind('image,lesion_id,diagnosis_confirm_type')).toBe('isic2018-groupings');
  expect(kind('image_id,lesion_id,dx,split')).toBe('other');
  expect(kind('image_id,lesion_id,dx,predicted,akiec,bcc,bkl,df,mel,nv,vasc')).toBe('other');
  expect(kind('pixel0000,pixel0001,label')).toBe('other');
});

describe('ham10000Records', () => {
  test('reads every column and leaves open what is missing', () => {
    const { records, hasLesionIds } = ham('HAM_1,ISIC_1,bkl,histo,80.0,male,scalp', 'HAM_2,ISIC_2,MEL,,,unknown,');
    expect(records).toEqual([
      {
        imageId: 'ISIC_1',
        lesionId: 'HAM_1',
        label: 2,
        dxType: 'histo',
        age: 80,
        sex: 'male',
        localization: 'scalp',
        row: 2,
      },
      { imageId: 'ISIC_2', lesionId: 'HAM_2', label: 4, age: null, sex: 'unknown', row: 3 },
    ]);
    expect(hasLesionIds).toBe(true);
  });

  test('lets every image be its own lesion where there are no lesion ids', () => {
    const { records, hasLesionIds } = ham10000Records(parseTable('image_id,dx\na,nv\nb,mel', 'x'));
    expect(records.map(({ lesionId }) => lesionId)).toEqual(['a', 'b']);
    expect(hasLesionIds).toBe(false);
  });

  test.each([
    [
      'unknown-diagnosis',
      'HAM_1,ISIC_1,vas,histo,80,male,back',
      /row 2: image ISIC_1 has dx "vas", expected one of akiec/,
    ],
    ['bad-age', 'HAM_1,ISIC_1,nv,histo,eighty,male,back', /row 2: image ISIC_1 has age "eighty"/],
    ['bad-age', 'HAM_1,ISIC_1,nv,histo,-3,male,back', /age "-3"/],
    ['no-image-id', 'HAM_1,,nv,histo,50,male,back', /row 2: the image id is empty/],
  ])('refuses %s', (code, row, message) => {
    const error = thrown(() => ham(row));
    expect(error).toMatchObject({ code, kind: 'data', exitStatus: 3 });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('data/meta.csv');
    expect(error.hint).toBeTruthy();
  });

  test('lists every wrong row in one error', () => {
    const row = 'HAM_1,ISIC_1,nv,histo,50,male,back';
    const error = thrown(() => ham(row, row, 'HAM_1,ISIC_2,xx,histo,50,male,back'));
    expect(error.code).toBe('duplicate-image-id');
    expect(error.message).toContain('row 3: image ISIC_1 already stands in row 2');
    expect(error.details).toHaveLength(2);
  });
});

describe('isic2018Records', () => {
  const truth = (...rows: string[]) =>
    parseTable(['image,MEL,NV,BCC,AKIEC,BKL,DF,VASC', ...rows].join('\n'), 'truth.csv');

  test("puts ISIC's columns into HAM10000's order", () => {
    const rows = ['MEL', 'NV', 'BCC', 'AKIEC', 'BKL', 'DF', 'VASC'].map((_, i) =>
      [`I${i}`, ...Array.from({ length: 7 }, (_x, j) => (i === j ? '1.0' : '0.0'))].join(','),
    );
    const { records, hasLesionIds } = isic2018Records(truth(...rows));
    expect(records.map(({ label }) => label)).toEqual([4, 5, 1, 0, 2, 3, 6]);
    expect(hasLesionIds).toBe(false);
  });

  test('takes lesions and the kind of diagnosis from the groupings', () => {
    const groupings = parseTable(
      'image,lesion_id,diagnosis_confirm_type\nI1,L1,histopathology\nI2,L1,serial imaging showing no change\nI9,L9,other',
      'groups.csv',
    );
    const { records, hasLesionIds } = isic2018Records(truth('I1,0,1,0,0,0,0,0', 'I2,0,1,0,0,0,0,0'), groupings);
    expect(records.map(({ lesionId, dxType }) => [lesionId, dxType])).toEqual([
      ['L1', 'histo'],
      ['L1', 'follow_up'],
    ]);
    expect(hasLesionIds).toBe(true);
  });

  test.each(['I1,0,0,0,0,0,0,0', 'I1,1,1,0,0,0,0,0', 'I1,0.5,0.5,0,0,0,0,0', 'I1,1,,0,0,0,0,0'])(
    'refuses %s',
    (row) => {
      expect(thrown(() => isic2018Records(truth(row)))).toMatchObject({ code: 'not-one-hot', exitStatus: 3 });
    },
  );
});
