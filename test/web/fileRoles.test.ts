import { describe, expect, it } from 'vitest';
import { formatSplitFile, parseSplitFile, splitFileContent, tableBelowHead } from '../../src/data/groups/splitFile.js';
import { parseTable } from '../../src/data/reading/metadataTable.js';
import { guessRole, guessRoles } from '../../web/src/judge/fileRoles.js';

const role = (...lines: string[]) => guessRole(parseTable(`${lines.join('\n')}\n`, 'table.csv'));

describe('what a table that is dropped is for', () => {
  it.each([
    ['truth', ['id,label,lesion', 'a,mel,1']],
    ['truth', ['lesion_id,image_id,dx,dx_type,age,sex,localization', 'H1,a,mel,histo,45.0,male,back']],
    ['truth', ['image,MEL,NV,BCC,AKIEC,BKL,DF,VASC', 'a,1.0,0.0,0.0,0.0,0.0,0.0,0.0']],
    ['answers', ['image,MEL,NV,BCC,AKIEC,BKL,DF,VASC', 'a,0.9,0.1,0.0,0.0,0.0,0.0,0.0']],
    ['answers', ['image_id,lesion_id,dx,predicted,mel,nv', 'a,1,mel,mel,0.75,0.25']],
    ['answers', ['file;score', 'a.jpg;0,31']],
    ['readers', ['reader,image_id,answer', 'Ann,a,mel']],
    ['unused', ['image', 'a']],
  ])('%s: %j', (wanted, lines) => {
    expect(role(...lines)).toBe(wanted);
  });

  const plain = (file: string, ...lines: string[]) => ({
    table: parseTable(`${lines.join('\n')}\n`, file),
    splitFile: null,
  });
  const row = { imageId: 'a', lesionId: 'a', group: 'a', dx: 'mel', split: 'test' as const };
  const text = formatSplitFile(splitFileContent({}, [row]), '0'.repeat(64));
  const split = { table: tableBelowHead(text, 's.csv'), splitFile: parseSplitFile(text, 's.csv') };
  const answers = (file: string) => plain(file, 'id,mel,nv', 'a,0.75,0.25');
  const truth = plain('truth.csv', 'id,label', 'a,mel');
  it.each([
    ['a split file with answers', [split, answers('p.csv')], false, ['truth', 'answers']],
    [
      'a split file with answers and a truth',
      [split, answers('p.csv'), truth],
      false,
      ['expected', 'answers', 'truth'],
    ],
    ['a split file with a network', [split], true, ['expected']],
    [
      'answers of validation',
      [answers('p.csv'), answers('p_val.csv'), truth],
      false,
      ['answers', 'calibration', 'truth'],
    ],
    ['answers of which nothing says', [answers('p.csv'), answers('q.csv')], false, ['answers', 'answers']],
    ['validation answers alone', [answers('validation.csv'), truth], false, ['answers', 'truth']],
  ])('sees all of them together: %s', (_, tables, hasNetwork, wanted) => {
    const roles = guessRoles(tables, hasNetwork);
    expect(tables.map(({ table }) => roles.get(table))).toEqual(wanted);
  });
});
