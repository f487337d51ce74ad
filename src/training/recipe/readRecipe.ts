import { decodeText } from '../../data/reading/decodeText.js';
import { readYaml } from '../../data/reading/readYaml.js';
import { usageError } from '../../errors.js';
import type { RecipeChanges, RecipeFile } from './recipeChanges.js';
import { resolveMembers } from './resolveMembers.js';

/** Characters of the longest recipe that is read; one with all its comments has about 8,000. */
export const longestRecipe = 65_536;

/**
 * Reads the text of a recipe file: YAML 1.2, of which JSON is a part. All that is wrong with it is said at once, with its line.
 * @param name of the file, for messages
 * @throws LesionlabError kind `usage`
 */
export function readRecipe(text: string, name = 'recipe.yaml'): RecipeFile {
  const file = parseRecipe(text, name);
  resolveMembers(file);
  return file;
}

/** A recipe file whose settings are not checked yet. @throws LesionlabError kind `usage` where it is no YAML, or no settings */
export function parseRecipe(text: string, name: string): RecipeFile {
  if (text.length > longestRecipe)
    throw usageError(
      'recipe-too-long',
      `${name} has ${text.length.toLocaleString('en')} characters; a recipe has at most ${longestRecipe.toLocaleString('en')}`,
      { hint: 'Was another file meant?' },
    );
  const { value, lines } = readYaml(text, 'recipe', (findings) =>
    usageError(
      'bad-recipe',
      findings.length === 1 ? `${name} is not a recipe: ${findings[0]}` : `${name} is not a recipe`,
      {
        details: findings,
        hint: 'A recipe is YAML: a setting a line, as `name: value`; those of a group are indented by spaces.',
      },
    ),
  );
  return { name, changes: value as RecipeChanges, lines };
}

/**
 * The text of a recipe file: as tables are decoded, UTF-16 included, which Windows PowerShell writes.
 * @throws LesionlabError kind `usage` where it is no text
 */
export function decodeRecipe(bytes: Uint8Array, name: string): string {
  try {
    return decodeText(bytes, name).text;
  } catch (cause) {
    throw usageError('bad-recipe', `${name} is not a recipe: it is not text`, {
      cause,
      hint: 'Was another file meant?',
    });
  }
}
