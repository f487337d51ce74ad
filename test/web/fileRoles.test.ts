import { describe, expect, it } from 'vitest';
import { parseTable } from '../../src/data/reading/metadataTable.js';
import { guessRole } from '../../web/src/judge/fileRoles.js';

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
});
