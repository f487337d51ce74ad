import { expect, it } from 'vitest';
import { agreementRows } from '../../src/report/readerWords.js';

const kappa = { kappa: 0.5, standardError: 0.1, interval: [0.3, 0.7] as [number, number], images: 40, agreement: 0.75 };
const pair = (first: string, second: string) => ({ ...kappa, first, second });
const who = (pairs: readonly ReturnType<typeof pair>[]) =>
  agreementRows({
    agreement: [{ condition: 'reading', of: 'answers', all: kappa, pairs }],
    selfAgreement: [{ ...kappa, reader: 'a', condition: 'reading', of: 'diagnoses' }],
  }).map((row) => `${row.who}, ${row.of}`);

it('lists all readers and each two of them, and two readers once', () => {
  expect(who([pair('a', 'b')])).toEqual(['a and b, yes or no', 'a again, diagnoses']);
  expect(who([pair('a', 'b'), pair('a', 'c'), pair('b', 'c')])).toEqual([
    'all readers, yes or no',
    'a and b, yes or no',
    'a and c, yes or no',
    'b and c, yes or no',
    'a again, diagnoses',
  ]);
  // Of very many readers pairs are not worked out.
  expect(who([])).toEqual(['all readers, yes or no', 'a again, diagnoses']);
});
