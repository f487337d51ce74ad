import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClassInfo, ImageRecord } from '../../../src/data/dataset.js';
import {
  formatSplitFile,
  isSplitFile,
  parseSplitFile,
  requireUnchanged,
  type SplitFileRow,
  splitFileContent,
  tableBelowHead,
} from '../../../src/data/groups/splitFile.js';
import { splitByRule } from '../../../src/data/groups/splitRule.js';
import { thrown } from '../../thrown.js';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const sides = ['train', 'train', 'train', 'validation', 'test', 'test'] as const;
const rows: SplitFileRow[] = sides.map((split, i) => ({
  imageId: `ISIC_000000${i}`,
  lesionId: `L${i}`,
  group: `g${i}`,
  dx: i % 2 ? 'nv' : 'mel',
  split,
}));
const facts = { data: 'Some data, of mine', rule: 'by\nlesion', seed: '3' };
const content = splitFileContent(facts, rows);
const text = formatSplitFile(content, hash(content));

describe('split files', () => {
  test('come back as they were written, and are known by what stands below their second line', () => {
    const found = parseSplitFile(text, 'a.split.csv');
    expect(found.rows).toEqual(rows);
    expect(found.facts).toEqual({ ...facts, rule: 'by lesion' });
    expect(hash(found.hashed)).toBe(found.sha256);
    // As README and docs say: tail -n +3 file | sha256sum
    expect(hash(text.split('\n').slice(2).join('\n'))).toBe(found.sha256);
    expect(isSplitFile(text)).toBe(true);
    expect(() => requireUnchanged(found, hash(found.hashed), 'a')).not.toThrow();
  });

  test('are the same with the line ends of another system', () => {
    const found = parseSplitFile(text.replaceAll('\n', '\r\n'), 'a');
    expect(hash(found.hashed)).toBe(found.sha256);
  });

  test('that were changed are refused, whatever was changed', () => {
    for (const [from, to] of [
      ['ISIC_0000004,L4,g4,mel,test', 'ISIC_0000004,L4,g4,mel,train'],
      ['# seed: 3', '# seed: 4'],
    ]) {
      const changed = parseSplitFile(text.replace(from, to), 'a');
      const error = thrown(() => requireUnchanged(changed, hash(changed.hashed), 'a'));
      expect(error).toMatchObject({ code: 'split-file-changed', kind: 'data' });
      expect(error.message).toContain(changed.sha256);
    }
  });

  test('name what is wrong with them', () => {
    expect(thrown(() => parseSplitFile('image_id,split\n', 'a.csv')).code).toBe('no-split-file');
    expect(thrown(() => parseSplitFile(text.replace('version 1', 'version 2'), 'a')).code).toBe('split-file-version');
    expect(thrown(() => parseSplitFile(text.replace(',dx,', ',diagnosis,'), 'a')).message).toContain('dx');
    const twice = text.replace('ISIC_0000001,', 'ISIC_0000000,');
    // The head has five lines before the table's header.
    expect(thrown(() => parseSplitFile(twice, 'a')).message).toContain('row 8: image ISIC_0000000 stands twice');
    expect(thrown(() => parseSplitFile(text.replace('mel,test', 'mel,tested'), 'a')).message).toContain('"tested"');
  });

  test('are tables below their head', () => {
    const table = tableBelowHead(text, 'a');
    expect(table.columns).toEqual(['image_id', 'lesion_id', 'group', 'dx', 'split']);
    expect(table.rows).toHaveLength(6);
  });
});

describe('splitting by a file', () => {
  const classes: ClassInfo[] = [
    { id: 'mel', name: 'Melanoma' },
    { id: 'nv', name: 'Nevus' },
  ];
  const records: ImageRecord[] = rows.map(({ imageId, lesionId, dx }) => ({
    imageId,
    lesionId,
    label: dx === 'mel' ? 0 : 1,
    age: null,
  }));
  const split = (own: readonly ImageRecord[], mend?: 'keep' | 'drop-from-train', splitFile = { rows }) =>
    splitByRule(
      own,
      classes,
      { kind: 'file', file: 'a.split.csv', sha256: 'ab', ...(mend && { mend }) },
      { seed: 0, file: 'truth.csv', splitFile },
    );

  test('puts each image where the file does, whatever the order, and leaves out what it does not name', () => {
    const more = { ...records[0], imageId: 'other', lesionId: 'other' };
    expect(split([more, ...[...records].reverse()])).toEqual([null, ...[...sides].reverse()]);
  });

  test('knows reduced copies of the archive’s images', () => {
    const reduced = records.map((record) => ({ ...record, imageId: `${record.imageId}_downsampled` }));
    expect(split(reduced)).toEqual(sides);
  });

  test('is refused whole where images are missing or have other diagnoses, each of them listed', () => {
    const missing = thrown(() => split(records.slice(2)));
    expect(missing).toMatchObject({ code: 'split-of-other-data', kind: 'data' });
    expect(missing.details).toEqual(['ISIC_0000000', 'ISIC_0000001']);
    const other = thrown(() => split(records.map((record) => ({ ...record, label: 0 }))));
    expect(other.code).toBe('split-of-other-labels');
    expect(other.details).toEqual([1, 3, 5].map((i) => `ISIC_000000${i} is nv there and mel here`));
  });

  test('is refused where it divides what the data know to belong together, unless it is mended', () => {
    const joined = records.map((record, i) => (i === 0 || i === 4 ? { ...record, patientId: 'P' } : record));
    expect(thrown(() => split(joined)).code).toBe('split-leaks');
    expect(split(joined, 'keep')).toEqual(sides);
    // The test images stay, so that results can be compared.
    expect(split(joined, 'drop-from-train')).toEqual([null, ...sides.slice(1)]);
  });

  test('needs the file that the rule names', () => {
    const rule = { kind: 'file', file: 'a', sha256: 'ab' } as const;
    expect(thrown(() => splitByRule(records, classes, rule, { seed: 0 })).code).toBe('no-split-file');
  });
});
