import type { RecipeFinding } from './checkRecipe.js';
import { type Weighting, weightings } from './ensembleConfig.js';
import type { MemberChanges, RecipeChanges } from './recipeChanges.js';

/** One network of a recipe of several. */
export interface RecipeMember {
  /** As its folder and `--member` have it. */
  readonly name: string;
  /** Of those that have its network, from 0: each has a seed of its own. */
  readonly repetition: number;
  /** Settings that differ from what all have in common. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** As the recipe has it: with its name, where that is given. */
  readonly written: object;
  /** `members.1`, by which a file's lines are found. */
  readonly path: string;
}

/** What a recipe says of several networks; no members where it trains one. */
export interface Members {
  readonly members: readonly RecipeMember[];
  readonly weighting: Weighting;
  /** What is wrong with it, the settings of members aside. */
  readonly findings: readonly RecipeFinding[];
}

const memberName = /^[A-Za-z0-9][\w.-]{0,59}$/;
const expectedList =
  'expected a list of two networks or more, each with what it changes, as `- model: resnet18`; or [] for one network';

/**
 * Reads the networks that a recipe trains, before their settings are checked.
 * @param changes of a recipe file @param base of the preset that it changes
 */
export function readMembers(
  changes: Pick<RecipeChanges, 'members' | 'weighting' | 'model'>,
  base: Pick<RecipeChanges, 'members' | 'weighting' | 'model'> = {},
): Members {
  const given: unknown = changes.members ?? base.members ?? [];
  const weighting = changes.weighting ?? base.weighting ?? 'equal';
  const findings: RecipeFinding[] = [];
  if (!weightings.includes(weighting))
    findings.push({ path: 'weighting', text: `expected one of ${weightings.join(', ')}` });
  if (!Array.isArray(given) || given.length === 1)
    return { members: [], weighting, findings: [...findings, { path: 'members', text: expectedList }] };
  if (given.length === 0 && changes.weighting !== undefined)
    findings.push({ path: 'weighting', text: 'it says how several networks count; list them as members' });
  const names = new Set<string>();
  const repetitions = new Map<string, number>();
  const members = given.map((entry: unknown, i): RecipeMember => {
    const path = `members.${i}`;
    const find = (text: string, inner = '') => findings.push({ path: `${path}${inner}`, text });
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      find('expected what this network changes, as `model: resnet18`');
      return { name: path, repetition: 0, changes: {}, written: {}, path };
    }
    const { name: named, ...own } = entry as MemberChanges & Record<string, unknown>;
    for (const key of ['extends', 'members', 'weighting'])
      if (key in own) find('it belongs to the whole recipe, not to one of its networks', `.${key}`);
    const model = networkName(own.model ?? changes.model ?? base.model);
    const repetition = repetitions.get(model) ?? 0;
    repetitions.set(model, repetition + 1);
    const name = named ?? (repetition === 0 ? model : `${model}-${repetition + 1}`);
    if (typeof name !== 'string' || !memberName.test(name))
      find('expected a name of letters, digits, dots, underscores and hyphens', '.name');
    else if (names.has(name)) find(`two networks are called ${name}`, '.name');
    names.add(name);
    return { name: String(name), repetition, changes: own, written: entry, path };
  });
  return { members, weighting, findings };
}

/** Of a file, its name without folders and ending. */
const networkName = (model: unknown): string =>
  typeof model === 'string' ? model.slice(model.search(/[^/\\]*$/)).replace(/\.onnx$/i, '') || 'network' : 'network';
