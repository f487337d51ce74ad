import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/data/reading/decodeText.js';
import { thrown } from '../../thrown.js';
import { openMemory } from '../memoryFiles.js';

const text = 'image_id,dx,localization\nbéa,nv,Rücken\n';
const utf8 = new TextEncoder().encode(text);
const utf16 = (bigEndian: boolean) => {
  const bytes = new Uint8Array(2 * text.length + 2);
  const view = new DataView(bytes.buffer);
  for (const [i, letter] of [...`\uFEFF${text}`].entries()) view.setUint16(2 * i, letter.charCodeAt(0), !bigEndian);
  return bytes;
};
const latin = Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ['utf-8', utf8],
  ['utf-8', Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8)],
  ['utf-16le', utf16(false)],
  ['utf-16be', utf16(true)],
  ['windows-1252', latin],
])('tables in %s are read letter by letter', async (encoding, bytes) => {
  expect(decodeText(bytes, 'x')).toEqual({ text, encoding });
  const { records, notes } = await openMemory({ 'mine.csv': bytes, 'béa.jpg': 'x' });
  expect(records).toMatchObject([{ imageId: 'béa', label: 5, localization: 'rücken' }]);
  expect(notes!.map(({ message }) => message)).toEqual(
    encoding === 'windows-1252'
      ? [
          'mine.csv is not in UTF-8: it was read as Windows-1252. Check that its letters are right, or save it as UTF-8.',
        ]
      : [],
  );
});

test('Windows-1252 has quotes and dashes where Latin-1 has none', () => {
  expect(decodeText(Uint8Array.of(0x93, 0x61, 0x94, 0x96, 0x80), 'x').text).toBe('“a”–€');
});

describe('refuses, by the name of the file and never with replacement characters', () => {
  test.each([
    ['UTF-16 without its mark', utf16(false).subarray(2), /zero/],
    ['binary files', Uint8Array.of(1, 2, 0, 3), /zero/],
    ['damaged UTF-8', Uint8Array.of(...utf8, ...utf8, 0xff, 0x41), /UTF-8 but for line 5/],
    ['bytes that Windows-1252 lacks', Uint8Array.of(0x61, 0x0a, 0x81, 0x41), /0x81 in line 2/],
    ['damaged UTF-16', Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00), /UTF-16LE/],
  ])('%s', (_, bytes, message) => {
    const error = thrown(() => decodeText(bytes, 'data/mine.csv'));
    expect(error).toMatchObject({ code: 'unknown-encoding', kind: 'data', exitStatus: 3 });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('data/mine.csv');
  });
});

test('the beginning of a file may end within a letter', () => {
  const cut = utf8.subarray(0, utf8.indexOf(0xc3) + 1);
  expect(decodeText(cut, 'x', true).text).toBe(text.slice(0, text.indexOf('é')));
});

test('a table that cannot be read stops nothing where another is meant, and is named where it is the only one', async () => {
  const files = { 'notes.csv': Uint8Array.of(0, 1, 2), 'a.jpg': 'x' };
  expect((await openMemory({ ...files, 'mine.csv': 'image_id,dx\na,nv\n' })).records).toHaveLength(1);
  await expect(openMemory(files)).rejects.toMatchObject({
    code: 'no-metadata',
    message: expect.stringContaining('notes.csv cannot be read as text'),
  });
  await expect(openMemory(files, { table: 'notes.csv' })).rejects.toMatchObject({ code: 'unknown-encoding' });
});
