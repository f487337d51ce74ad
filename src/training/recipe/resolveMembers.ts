import { LesionlabError } from '../../errors.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from './recipeChanges.js';
import { type ResolvedRecipe, recipeMembers, resolveRecipe } from './resolveRecipe.js';

/** One of the networks that a recipe trains. */
export interface ResolvedMember extends ResolvedRecipe {
  /** Undefined where it is the only one. */
  readonly name: string | undefined;
}

/**
 * Every network that a preset or a recipe file trains, with all its settings: one, or several that answer together.
 * @throws LesionlabError kind `usage` with all that is wrong with any of them
 */
export function resolveMembers(
  from: string | RecipeFile | RecipeChanges,
  overrides: RecipeOverrides = {},
): ResolvedMember[] {
  const { members } = recipeMembers(from);
  if (members.length === 0) return [{ name: undefined, ...resolveRecipe(from, overrides) }];
  const errors: LesionlabError[] = [];
  const resolved = members.flatMap(({ name }) => {
    try {
      return [{ name, ...resolveRecipe(from, overrides, { member: name }) }];
    } catch (error) {
      if (!(error instanceof LesionlabError) || error.code !== 'bad-recipe') throw error;
      errors.push(error);
      return [];
    }
  });
  if (errors.length > 0) throw together(errors);
  return resolved;
}

/** What is wrong with several networks is said once where they have it in common. */
function together(errors: readonly LesionlabError[]): LesionlabError {
  const [first] = errors;
  const details = [...new Set(errors.flatMap((error) => error.details ?? []))];
  if (errors.length === 1 || details.length === (first.details?.length ?? 0)) return first;
  const subject = first.message.slice(0, first.message.indexOf(' cannot be used'));
  return new LesionlabError(first.kind, first.code, `${subject} cannot be used: ${details.length} settings are wrong`, {
    details,
    hint: first.hint,
  });
}
