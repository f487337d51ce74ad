import { type LesionlabError, usageError } from '../../errors.js';
import { findModel, hasModel } from '../../models/index.js';
import { findLearningRateFactor, findTrainable } from '../optimisation/parameterRoles.js';
import { checkRecipe, missing, type RecipeFinding, suggest } from './checkRecipe.js';
import { compareRecipes } from './compareRecipes.js';
import { findUnheeded } from './findUnheeded.js';
import { type Members, readMembers } from './members.js';
import type { Preset } from './presets/preset.js';
import { findPreset, presets } from './presets/registry.js';
import type { RecipeChanges, RecipeFile, RecipeOverrides } from './recipeChanges.js';
import { type Recipe, recipe as recipeSchema } from './recipeSchema.js';
import { formatSetting, recipeGroups, recipeSettings, settingAt, valueAt } from './recipeSettings.js';

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
 * switched off: both would correct for the same, twice. With other stages frozen, or of another network, their factors of the learning rate fall away. Groups of settings are merged; a setting is replaced, pairs and factors as a whole.
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
  const { recipe, findings: found } = checkRecipe(
    [changes, own?.changes ?? {}, options].reduce<object>(withChanges, base ?? {}),
  );
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

/** A recipe as it is before anything is put together. */
function readLayers(from: string | RecipeFile | RecipeChanges) {
  const file = typeof from === 'object' && 'changes' in from ? from : undefined;
  const whole = file?.changes ?? (typeof from === 'string' ? { extends: from } : (from as RecipeChanges));
  const { extends: preset, members: _members, weighting: _weighting, ...changes } = whole;
  if (typeof from === 'string') findPreset(from);
  const known = typeof preset === 'string' && Object.hasOwn(presets, preset);
  const base: Preset | undefined = known ? presets[preset] : undefined;
  const several = readMembers(whole, base && { ...base, model: base.recipe.model });
  return { file, preset: preset as unknown, base, changes: changes as Record<string, unknown>, several };
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

/** Overrides by name in the groups that their settings stand in. */
function byGroup(overrides: RecipeOverrides): Record<string, unknown> {
  const top = recipeSettings.flatMap(({ group, name }) => (group === '' ? [name] : []));
  const grouped: Record<string, Record<string, unknown>> = { training: {}, evaluation: {} };
  const whole: Record<string, unknown> = { ...grouped };
  for (const [name, value] of Object.entries(overrides)) {
    if (top.includes(name)) whole[name] = value;
    else grouped[name in recipeSchema.shape.evaluation.shape ? 'evaluation' : 'training'][name] = value;
  }
  return whole;
}

/** Groups are merged, all else is replaced; what is undefined, and a group with nothing in it, changes nothing. */
function withChanges(base: object, changes: object): object {
  const merge = (into: object, from: object, group: string): object => {
    const kept = Object.entries(from).flatMap(([name, value]): [string, unknown][] => {
      const path = group ? `${group}.${name}` : name;
      const isGroup = recipeGroups.some((entry) => entry.path === path);
      if (value === undefined || (isGroup && value === null)) return [];
      if (!isGroup || !isSettings(value)) return [[name, value]];
      const before = valueAt(into, name) ?? {};
      // What is no group is found to be wrong as it is.
      return [[name, isSettings(before) ? merge(before, value, path) : before]];
    });
    return Object.fromEntries([...Object.entries(into), ...kept]);
  };
  const merged = merge(base, changes, '');
  const isChanged = (path: string) =>
    valueAt(base, path) !== undefined && valueAt(merged, path) !== valueAt(base, path);
  const isGiven = (path: string) => valueAt(changes, path) !== undefined;
  const left: { -readonly [K in keyof Recipe['training']]?: Recipe['training'][K] } = {};
  if (isChanged('training.optimizer') && !isGiven('training.weightDecay')) left.weightDecay = 0;
  const adjusted = isChanged('training.logitAdjustment') && Number(valueAt(merged, 'training.logitAdjustment')) > 0;
  const drawn =
    isChanged('training.sampling') &&
    ['class-balanced', 'square-root'].includes(String(valueAt(merged, 'training.sampling')));
  if ((adjusted || drawn) && !isGiven('training.classWeights')) left.classWeights = 'none';
  if (adjusted && !isGiven('training.labelSmoothing')) left.labelSmoothing = 0;
  if (isChanged('training.trainOn') && valueAt(merged, 'training.trainOn') === 'train-and-validation') {
    if (!isGiven('training.checkpointRule')) left.checkpointRule = 'last';
    if (!isGiven('training.checkpointSmoothing')) left.checkpointSmoothing = 1;
    if (!isGiven('training.earlyStopping')) left.earlyStopping = 0;
  }
  for (const [one, other] of [
    ['averagedTail', 'weightAveraging'],
    ['weightAveraging', 'averagedTail'],
  ] as const)
    if (isChanged(`training.${one}`) && Number(valueAt(merged, `training.${one}`)) > 0 && !isGiven(`training.${other}`))
      left[other] = 0;
  const otherModel = isChanged('model');
  if ((isChanged('training.freeze') || otherModel) && !isGiven('training.learningRateFactors'))
    left.learningRateFactors = heededFactors(merged, otherModel);
  return merge(merged, { training: left }, '');
}

/**
 * Factors of the learning rate without those of stages that are frozen, and, where the model is another than the factors are for, of stages that
 * it doesn't have: nobody asked for both.
 */
function heededFactors(recipe: object, otherModel: boolean): Record<string, number> | undefined {
  const [id, freeze, factors] = ['model', 'training.freeze', 'training.learningRateFactors'].map((path) =>
    valueAt(recipe, path),
  );
  if (typeof id !== 'string' || !hasModel(id) || typeof freeze !== 'string' || !factors) return undefined;
  const isIdle = ([name, factor]: [string, number]) => {
    try {
      findLearningRateFactor(findModel(id), { [name]: factor }, findTrainable(findModel(id), freeze));
      return false;
    } catch (error) {
      // Whatever else is wrong is found when the whole is checked.
      const { code } = error as Partial<LesionlabError>;
      return code === 'idle-factor' || (otherModel && code === 'unknown-stage');
    }
  };
  return Object.fromEntries(Object.entries(factors as Record<string, number>).filter((entry) => !isIdle(entry)));
}

const isSettings = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
