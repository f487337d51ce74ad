import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../src/training/recipe/formatRecipe.js';
import { recipeGroups, recipeSettings } from '../../src/training/recipe/recipeSettings.js';

const document = readFileSync(join(import.meta.dirname, '../../docs/recipes.md'), 'utf8');

const standardOf = (standard: unknown) => (standard === undefined ? '' : `\`${JSON.stringify(standard)}\``);

it('docs/recipes.md has every setting as the schema has it', () => {
  const rows = recipeSettings.map((setting) => {
    const { path, description, standard } = setting;
    return `| \`${path}\` | ${description} | ${explain(setting)} | ${standardOf(standard)} |`;
  });
  const table = ['| Setting | What it means | Value | Without a preset |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
  expect(document.slice(document.indexOf('| Setting')).trim()).toBe(table);
});

it('every setting and every group is described', () => {
  for (const { path, description } of [...recipeSettings, ...recipeGroups])
    expect(description, path).toMatch(/^\S.{10,}[.]$/);
});
