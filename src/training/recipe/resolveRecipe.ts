import { type LesionlabError, usageError } from '../../errors.js';
import { checkRecipe, missing, type RecipeFinding, suggest } from './checkRecipe.js';
import { compareRecipes } from './compareRecipes.js';
import { findUnheeded } from './findUnheeded.js';
import type { Members } from './members.js';
import { presets } from './presets/registry.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from './recipeChanges.js';
import { byGroup, mergeLayers, readLayers } from './recipeLayers.js';
import type { Recipe } from './recipeSchema.js';
import { formatSetting, recipeSettings, settingAt, valueAt } from './recipeSettings.js';

/** A recipe with all its settings, and where they are from. */
export interface ResolvedRecipe {
  readonly recipe: Recipe;
  /** Name of the preset that it changes; `noPreset` where it changes none. */
  readonly preset: string;
  /** Each setting that differs from the preset's, as `name=value`, in the order of the schema; none where there is no preset. */
  readonly overrides: string[];
}

/** Stands for the preset of a recipe that extends none. */
export const noPreset = 'none';

/**
 * A recipe with the user's settings in place of its own. With another optimizer, weight decay is 0 unless it is given too: each
 * optimizer means something else by it. With logit adjustment, or classes drawn by their counts, class weights and label smoothing that nobody asked for are
 * switched off: both would correct for the same, twice. With other stages frozen, or of another network, their factors of the learning rate fall away. With
 * another image size, that of training follows in proportion. Groups of settings are merged; a setting is replaced, pairs and factors as a whole.
 * @param from name of a preset, a recipe file, or what one says
 * @param overrides settings that go before those of `from`
 * @param choice `member`: of a recipe of several networks the one that is meant; `onto`: a recipe that `from` changes, in place of a preset
 * @throws LesionlabError kind `usage` for an unknown preset, for several networks where none is named, and with all that is wrong at once: unknown
 *   settings, values of another kind or out of range, stages that the network does not have, settings that nothing would heed
 */
export function resolveRecipe(
  from: string | RecipeFile | RecipeChanges,
  overrides: RecipeOverrides = {},
  { member, onto }: { readonly member?: string; readonly onto?: ResolvedRecipe } = {},
): ResolvedRecipe {
  const { file, preset, base: ofPreset, changes, several } = readLayers(from);
  const base = onto?.recipe ?? ofPreset?.recipe;
  const { members } = several;
  const broken = several.findings.length > 0;
  if (!broken && member === undefined && members.length > 0) throw severalNetworks(from, members);
  const own = members.find(({ name }) => name === member);
  if (!broken && member !== undefined && !own) throw noMember(member, members);
  const options = byGroup(overrides);
  const { recipe, findings: found } = checkRecipe(mergeLayers(base, [changes, own?.changes, options]));
  const findings: RecipeFinding[] = [...several.findings];
  if (onto && preset !== undefined)
    findings.push({ path: 'extends', text: 'a change of another recipe has that one to extend; leave it out' });
  else if (preset !== undefined && !ofPreset) {
    const names = Object.keys(presets);
    const text =
      typeof preset === 'string'
        ? `there is no preset "${preset}"${suggest(preset, names)}`
        : `expected the name of a preset: ${names.join(', ')}`;
    // What the preset would have said is no matter of the reader's.
    findings.push({ path: 'extends', text }, ...found.filter(({ text }) => !text.endsWith(missing)));
  } else findings.push(...found);
  if (recipe) {
    const isAsked = (path: string) => {
      if (valueAt(options, path) !== undefined) return true;
      const { standard } = recipeSettings.find((setting) => setting.path === path)!;
      const changed = valueAt(own?.changes, path) ?? valueAt(changes, path);
      return changed !== undefined && formatSetting(changed) !== formatSetting(base ? valueAt(base, path) : standard);
    };
    findings.push(...findUnheeded(recipe, isAsked));
  }
  if (!recipe || findings.length > 0)
    throw badRecipe(
      findings.map((finding) =>
        own && valueAt(own.changes, finding.path) !== undefined
          ? { ...finding, path: `${own.path}.${finding.path}` }
          : finding,
      ),
      file,
      (path) => settingAt(path) !== undefined && valueAt(options, path) !== undefined,
    );
  const named = onto?.preset ?? (ofPreset ? (preset as string) : noPreset);
  const changed = onto && named !== noPreset ? presets[named].recipe : base;
  const differences = changed && named !== noPreset ? compareRecipes(changed, recipe) : [];
  return { recipe, preset: named, overrides: differences.map(({ setting, to }) => `${setting.shortName}=${to}`) };
}

/**
 * The networks that a preset or a recipe file trains, to be resolved by their names; none where it trains one.
 * @throws LesionlabError kind `usage` for an unknown preset, and where the list of them is wrong
 */
export function recipeMembers(from: string | RecipeFile | RecipeChanges): Omit<Members, 'findings'> {
  const { file, several } = readLayers(from);
  const { findings, ...members } = several;
  if (findings.length > 0) throw badRecipe(findings, file, () => false);
  return members;
}

const namesOf = (members: Members['members']) => members.map(({ name }) => name).join(', ');

/** Of what can do with one network alone. */
export function severalNetworks(
  from: string | RecipeFile | RecipeChanges,
  members: Members['members'],
): LesionlabError {
  const which =
    typeof from === 'string' ? `The recipe ${from}` : 'changes' in from ? `The recipe ${from.name}` : 'The recipe';
  return usageError(
    'several-networks',
    `${which} trains ${members.length} networks, and one is expected here: ${namesOf(members)}.`,
    {
      hint: {
        terminal: `Choose one with --member ${members[0].name}, or train all of them together with the commands run or train.`,
        page: 'Choose another recipe: several networks are trained by the command line.',
      },
    },
  );
}

function noMember(member: string, members: Members['members']): LesionlabError {
  if (members.length === 0)
    return usageError('one-network', `The recipe trains one network: there is none called ${member} to choose.`, {
      hint: { terminal: 'Leave --member out.', page: 'Leave it out.' },
    });
  return usageError(
    'unknown-member',
    `The recipe has no network called ${member}${suggest(
      member,
      members.map(({ name }) => name),
    )}.`,
    {
      hint: `Its networks: ${namesOf(members)}.`,
    },
  );
}

function badRecipe(
  findings: readonly RecipeFinding[],
  file: RecipeFile | undefined,
  isOption: (path: string) => boolean,
) {
  const lineOf = ({ path }: RecipeFinding) => (isOption(path) ? undefined : file?.lines.get(path));
  const inOrder = [...findings].sort((a, b) => (lineOf(a) ?? Infinity) - (lineOf(b) ?? Infinity) || 0);
  const details = inOrder.map((finding) => {
    const line = lineOf(finding);
    return `${finding.path || 'the whole'}${line === undefined ? '' : ` (line ${line})`}: ${finding.text}`;
  });
  const subject = file ? `The recipe ${file.name}` : 'The recipe';
  return usageError(
    'bad-recipe',
    details.length === 1
      ? `${subject} cannot be used: ${details[0]}`
      : `${subject} cannot be used: ${details.length} settings are wrong`,
    {
      details,
      hint: findings.some(({ text }) => text.endsWith(missing))
        ? 'A recipe has all settings, or begins with `extends: <preset>` and has those that differ.'
        : undefined,
    },
  );
}
