import { describe, expect, test } from 'vitest';
import { parseTable, tableColumns } from '../../../src/data/reading/metadataTable.js';
import { thrown } from '../../thrown.js';

test('reads commas, tabs and semicolons, quotes, a byte order mark, Windows line ends, empty lines and what Excel puts first', () => {
  const expected = [['L1', 'I1', 'nv']];
  for (const text of [
    'lesion_id,image_id,dx\nL1,I1,nv\n',
    '\uFEFFlesion_id,image_id,dx\r\nL1,I1,nv\r\n\r\n',
    '"lesion_id"\t"image_id"\t"dx"\n"L1"\t"I1"\t"nv"\n',
    'Lesion_ID; image_id ;dx\n L1 ;I1;nv',
    'sep=;\nlesion_id;image_id;dx\nL1;I1;nv',
    '\n\nlesion_id,image_id,dx\nL1,I1,nv',
  ]) {
    const table = parseTable(text, 'x');
    expect(table.columns).toEqual(['lesion_id', 'image_id', 'dx']);
    expect(table.rows.map(({ cells }) => cells)).toEqual(expected);
    expect(tableColumns(text.slice(0, 40))).toEqual(table.columns);
  }
});

test('separators inside quotes separate nothing', () => {
  const { columns, rows } = parseTable('"a;b;c;d",dx\n"x, ""y""\nz",nv\n', 'x');
  expect(columns).toEqual(['a;b;c;d', 'dx']);
  expect(rows.map(({ number, cells }) => ({ number, cells }))).toEqual([{ number: 2, cells: ['x, "y"\nz', 'nv'] }]);
});

describe("tables of R's write.table", () => {
  test.each([
    ['quoted', '"id" "mel" "nv"\n"1" "A1" 0.3 0.7\n', 'spaced-table'],
    ['without quotes', 'id mel nv\n1 A1 0.3 0.7\n', 'spaced-table'],
    ['without row names', 'id mel nv\nA1 0.3 0.7\n', 'spaced-table'],
    ['with commas', '"id","mel","nv"\n"1","A1",0.3,0.7\n', 'ragged-row'],
  ])('are refused with the words that mend it: %s', (_, text, code) => {
    expect(thrown(() => parseTable(text, 'p.txt'))).toMatchObject({
      code,
      hint: expect.stringContaining('write.csv(x, "file.csv", row.names = FALSE)'),
    });
  });

  test('are not taken for lists of names with spaces', () => {
    expect(parseTable('image name\nmy photo\nmy other photo\n', 'x').rows).toHaveLength(2);
    expect(parseTable('name of the image\nphoto.jpg\n', 'x').columns).toEqual(['name of the image']);
  });
});

describe('rows', () => {
  test('are numbered as a spreadsheet does; one that is cut off is named', () => {
    expect(parseTable('a,b\n1,2\n\n3,4\n', 'x').rows.map(({ number }) => number)).toEqual([2, 4]);
    expect(() => parseTable('a,b,c\n1,2,3\n4,5', 'data/x.csv')).toThrow(
      'data/x.csv, row 3: expected 3 cells as in the header, found 2.',
    );
  });

  test('may end in separators of columns that were emptied', () => {
    expect(parseTable('a,b\n1,2,,\n', 'x').rows[0].cells).toEqual(['1', '2']);
    expect(parseTable('a,b,,\n1,2,,\n', 'x').columns).toEqual(['a', 'b', '', '']);
    expect(() => parseTable('a,b\n1,2,3\n', 'x')).toThrow(/found 3/);
  });
});

test('two columns of one name are an error, in whatever case', () => {
  expect(() => parseTable('image_id,dx,DX\na,nv,mel\n', 'mine.csv')).toThrow('mine.csv has 2 columns called dx.');
});

test('letters are composed, so that names compare', () => {
  expect(parseTable('id\ncafe\u0301\n', 'x').rows[0].cells).toEqual(['caf\u00e9']);
});
