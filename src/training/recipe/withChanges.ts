import type { LesionlabError } from '../../errors.js';
import { findModel, hasModel } from '../../models/index.js';
import { countBranches, findLearningRateFactor, findTrainable } from '../optimisation/parameterRoles.js';
import type { Recipe } from './recipeSchema.js';
import { formatSetting, recipeGroups, recipeSettings, valueAt } from './recipeSettings.js';

/**
 * A recipe with another's settings in place of its own. Groups are merged, all else is replaced; what is undefined, and a group with nothing in it, changes nothing. Settings that were chosen for
 * another value of one that changes, and aren't given, follow it.
 */
export function withChanges(base: object, changes: object): object {
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
  if (otherModel && !isGiven('training.dropPath') && hasNoBranches(valueAt(merged, 'model'))) left.dropPath = 0;
  const side = isChanged('imageSize') && !isGiven('trainingImageSize') ? proportionalSide(base, merged) : undefined;
  return merge(merged, { trainingImageSize: side, training: left }, '');
}

/** Crops look as large in the size of training as the whole image does in that of prediction, whichever these are. */
function proportionalSide(base: object, merged: object): number | undefined {
  const [before, side, now] = [
    valueAt(base, 'imageSize'),
    valueAt(base, 'trainingImageSize'),
    valueAt(merged, 'imageSize'),
  ].map(Number);
  const proportional = Math.round((side / before) * now);
  return side > 0 && Number.isFinite(proportional) ? proportional : undefined;
}

/** Settings that a file has to say for a recipe to come of another: those that differ, and those that would follow what differs. */
export function settingsToSay(base: Recipe, recipe: Recipe): Set<string> {
  const differing = (from: object) =>
    recipeSettings.filter(({ path }) => formatSetting(valueAt(from, path)) !== formatSetting(valueAt(recipe, path)));
  const said: Record<string, unknown> = {};
  const own = differing(base);
  for (const { path, group, name } of own) groupAt(said, group)[name] = valueAt(recipe, path);
  return new Set([...own, ...differing(withChanges(base, said))].map(({ path }) => path));
}

/** The group of settings at a path, which is made where there is none. */
export function groupAt(settings: Record<string, unknown>, path: string): Record<string, unknown> {
  let group = settings;
  for (const name of path ? path.split('.') : []) {
    group[name] ??= {};
    group = group[name] as Record<string, unknown>;
  }
  return group;
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

/** Of a network that is known: nothing in it could be left out at random. */
const hasNoBranches = (id: unknown): boolean =>
  typeof id === 'string' && hasModel(id) && countBranches(findModel(id)) === 0;

const isSettings = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
