import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { descriptionKeys, keyAt } from '../../../src/data/description/descriptionKeys.js';
import { formatDescription } from '../../../src/data/description/formatDescription.js';
import { readDescription } from '../../../src/data/description/readDescription.js';

const document = readFileSync(join(import.meta.dirname, '../../../docs/own-data.md'), 'utf8');
const examples = [...document.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);

it('docs/own-data.md has every key as the schema has it', () => {
  const rows = descriptionKeys.map(({ path, description, expected, required }) => {
    const value = `${expected[0].toUpperCase()}${expected.slice(1)}.`;
    return `| \`${path}\` | ${description} | ${value} | ${required ? 'yes' : ''} |`.replaceAll('"||"', '"\\|\\|"');
  });
  const table = ['| Key | What it means | Value | Needed |', '| --- | --- | --- | --- |', ...rows].join('\n');
  expect(document.slice(document.indexOf('| Key')).trim()).toBe(table);
});

it('every key is described', () => {
  expect(descriptionKeys.length).toBeGreaterThan(60);
  for (const { path, description } of descriptionKeys) expect(description, path).toMatch(/^\S.{10,}[.)\]}]$/);
  expect(keyAt('tables.3.file')?.path).toBe('tables[].file');
  expect(keyAt('label.map.Melanoma (0.76 mm)')?.path).toBe('label.map');
});

it.each(examples)('an example is a description, and is written as it was read: %#', (text) => {
  const { description } = readDescription(text);
  expect(readDescription(formatDescription(description, ['About.'], new Map([['label', 'Why.']]))).description).toEqual(
    description,
  );
});

it('has at least the ways to say a label and a split that there are', () => {
  const all = examples.map((text) => readDescription(text).description);
  for (const key of ['column', 'columns', 'levels', 'folder'] as const)
    expect(all.some(({ label }) => label[key])).toBe(true);
  for (const key of ['column', 'files', 'folder'] as const) expect(all.some(({ split }) => split?.[key])).toBe(true);
});
