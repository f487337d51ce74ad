import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetFormats } from '../../../src/data/formats/registry.js';

const folder = resolve(import.meta.dirname, '../../../src/data/formats');
/** Export of every file that declares a format, by the file's name without ending. */
const declared = readdirSync(folder).flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const found = /^(\/\*\*(?:(?!\*\/)[\s\S])+\*\/\n)?export const (\w+): DatasetFormat = /m.exec(text);
  return found ? [{ file: file.replace(/\.ts$/, ''), docstring: found[1], name: found[2] }] : [];
});

describe('the registry of dataset formats', () => {
  it('has every format that a file declares, once', () => {
    expect(declared.length).toBeGreaterThanOrEqual(4);
    const line = /datasetFormats: readonly DatasetFormat\[\] = \[([^\]]+)\]/.exec(
      readFileSync(join(folder, 'registry.ts'), 'utf8'),
    )![1];
    const registered = line
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    expect([...registered].sort()).toEqual(declared.map(({ name }) => name).sort());
    expect(datasetFormats).toHaveLength(registered.length);
    expect(new Set(datasetFormats.map(({ card }) => card.id)).size).toBe(datasetFormats.length);
  });

  it.each(declared)('$name: one file of its name, with a docstring and a test', ({ file, name, docstring }) => {
    expect(file).toBe(name);
    expect(docstring ?? '', `docstring of ${name}`).toMatch(/\w{3}.*\./);
    expect(existsSync(join(import.meta.dirname, `${name}.test.ts`)), `test/data/formats/${name}.test.ts`).toBe(true);
  });

  it.each(datasetFormats.map((format) => [format.card.id, format] as const))(
    '%s: a card that says all',
    (id, { card, columns }) => {
      expect(id).toMatch(/^[a-z0-9-]+$/);
      for (const text of [card.name, card.layout, card.groups]) expect(text.length).toBeGreaterThan(4);
      for (const text of [card.layout, card.groups]) expect(text).toMatch(/\.$/);
      if (card.ownData) expect([card.licence, card.citation, card.url]).toEqual([undefined, undefined, undefined]);
      else {
        expect(card.licence).toBeTruthy();
        expect(card.citation).toMatch(/\(\d{4}\)|doi/);
        expect(card.url).toMatch(/^https:/);
        for (const text of [card.officialSplits, card.confirmation, ...(card.knownFaults ?? [undefined])])
          expect(text).toMatch(/\w{3}.*\.$/);
      }
      for (const { id: code, name } of card.classes ?? []) expect(code && name).toBeTruthy();
      expect(new Set(card.classes?.map((entry) => entry.id)).size).toBe(card.classes?.length ?? 0);
      // Columns are compared in lower case.
      expect(columns.map((column) => column.toLowerCase())).toEqual(columns);
      expect(new Set(columns).size).toBe(columns.length);
    },
  );
});
