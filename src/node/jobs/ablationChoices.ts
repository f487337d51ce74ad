import { basename, dirname, resolve } from 'node:path';
import { LesionlabError } from '../../errors.js';
import { type AblationFile, badAblation, placeOf, readAblation } from '../../jobs/ablation.js';
import { withAbsolutePaths } from '../../jobs/jobPaths.js';
import { trainJob } from '../../jobs/kinds/trainJob.js';
import { canonicalJson } from '../../jobs/planText.js';
import { nearestName } from '../../nearestName.js';
import { silentProgress } from '../../progress.js';
import { findPreset } from '../../training/recipe/presets/registry.js';
import type { RecipeChanges, RecipeOverrides } from '../../training/recipe/recipeChanges.js';
import { recipeChangesOf } from '../../training/recipe/recipeChangesOf.js';
import { recipeSettings } from '../../training/recipe/recipeSettings.js';
import type { ResolvedRecipe } from '../../training/recipe/resolveRecipe.js';
import { readTextFile } from '../files/readTextFile.js';
import { isNetworkFile } from '../run/networkFile.js';
import { chooseRecipe, type RecipeChoice } from '../training/openRecipe.js';
import type { TrainingJob } from './trainingJobs.js';

/** Settings of a job that trains. */
export type TrainingSettings = TrainingJob['settings'];

/** An ablation whose recipes were looked at. */
export interface OpenedAblation extends AblationFile {
  /** Settings of all trainings, but for recipe, weights and teacher of a choice. */
  readonly settings: TrainingSettings;
  /** Settings that each has besides, the baseline's first. */
  readonly choices: readonly { readonly id: string; readonly settings: TrainingSettings }[];
}

/** What is asked for beside the file, and goes before what it says. */
export interface AblationChoicesOptions {
  readonly overrides?: RecipeOverrides;
  readonly settings?: TrainingSettings;
}

/**
 * Reads an ablation's file, and works out the recipes of its baseline and of all choices.
 * @throws LesionlabError kind `usage` with all that is wrong, and the lines where it stands: settings that don't exist, choices that come to the same
 */
export async function openAblation(path: string, asked: AblationChoicesOptions = {}): Promise<OpenedAblation> {
  const file = readAblation(await readTextFile(path), basename(path));
  const base = dirname(resolve(path));
  const absolute = (named: string) => resolve(base, named);
  const findings: string[] = [];
  const common = settingsOfAll(file, findings, absolute);
  const overrides = { ...common.overrides, ...withoutUndefined(asked.overrides ?? {}) };
  const settings = { ...common.settings, ...withoutUndefined(asked.settings ?? {}) } as TrainingSettings;
  const { network } = settings;
  const resolveFrom = async (choice: RecipeChoice, onto?: ResolvedRecipe): Promise<ChosenChoice> => {
    const changes = typeof choice.recipe === 'object' && choice.recipe ? choice.recipe : {};
    const said = ('changes' in changes ? changes.changes : changes) as RecipeChanges;
    const model = choice.overrides?.model ?? said.model;
    const named = typeof model === 'string' && isNetworkFile(model) ? absolute(model) : undefined;
    const given = { ...choice, overrides: { ...choice.overrides, ...(named && { model: named }) } };
    // What is said of a network's file is for whoever names one.
    const resolved = await chooseRecipe(
      { ...given, ...(named && { network: network as never }) },
      silentProgress,
      onto,
    );
    return { ...resolved, networkFile: named };
  };
  const baseline = await gather('baseline', findings, () =>
    resolveFrom({ ...recipeOf(file, absolute), overrides: overrides as RecipeOverrides }),
  );
  const choices: { id: string; settings: TrainingSettings }[] = [];
  if (baseline) {
    const known = new Map<string, string>();
    const add = (id: string, chosen: ChosenChoice, own: Record<string, unknown>, place: string) => {
      const key = canonicalJson([chosen.recipe, { ...settings, ...own }]);
      const same = known.get(key);
      if (same !== undefined) findings.push(`${place}: ${id} comes to the same as ${same}: nothing differs`);
      known.set(key, id);
      if (chosen.recipe.training.trainOn !== 'train')
        findings.push(`${place}: ${id} learns from validation images (trainOn), which choices are compared on`);
      choices.push({ id, settings: { recipe: recipeFor(file.name, chosen, baseline), ...own } as TrainingSettings });
    };
    add('baseline', baseline, {}, placeOf(file.lines, ['baseline'])!);
    for (const [i, { id, change, recipe, weights, teacher }] of file.ablation.choices.entries()) {
      const place = ['choices', String(i)];
      const chosen = await gather(id, findings, async () => {
        if (recipe !== undefined)
          return await resolveFrom({ ...namedRecipe(recipe, absolute), overrides: overrides as RecipeOverrides });
        if (change === undefined) return baseline;
        return await resolveFrom({ recipe: partOf(file, change, [...place, 'change'].join('.')) }, baseline);
      });
      const own = withAbsolutePaths(trainJob, withoutUndefined({ weights, teacher }), absolute);
      if (chosen) add(id, chosen, own, placeOf(file.lines, [...place, 'id'])!);
    }
  }
  if (findings.length > 0) throw badAblation(file.name, findings);
  return { ...file, settings, choices };
}

interface ChosenChoice extends ResolvedRecipe {
  /** The file that its network is out of, where it is named here. */
  readonly networkFile?: string;
}

/** What a job says of its recipe: whole, so that it means the same tomorrow and on other machines. */
function recipeFor(name: string, chosen: ChosenChoice, baseline: ChosenChoice) {
  const changes = recipeChangesOf(chosen);
  const isOfFile = chosen.recipe.model === baseline.recipe.model ? baseline.networkFile : chosen.networkFile;
  const { imageSize, fit, normalisation } = chosen.recipe;
  return { name, changes: isOfFile ? { ...changes, model: isOfFile, imageSize, fit, normalisation } : changes };
}

/** What a part of the file says, with its lines, as a recipe's file. */
function partOf({ name, lines }: AblationFile, changes: object, place: string) {
  const own = [...lines].filter(([path]) => path.startsWith(`${place}.`));
  return { name, changes, lines: new Map(own.map(([path, line]) => [path.slice(place.length + 1), line])) };
}

function recipeOf(file: AblationFile, absolute: (path: string) => string): RecipeChoice {
  const { baseline } = file.ablation;
  return typeof baseline === 'string'
    ? namedRecipe(baseline, absolute)
    : { recipe: partOf(file, baseline, 'baseline') };
}

/** A preset by its name, or a recipe's file by its path. */
function namedRecipe(named: string, absolute: (path: string) => string): RecipeChoice {
  if (/[./\\]/.test(named)) return { recipe: absolute(named) };
  findPreset(named);
  return { preset: named };
}

/** Names of settings that an ablation says elsewhere. */
const elsewhere: Readonly<Record<string, string>> = {
  preset: 'baseline',
  recipe: 'baseline',
  splitSeed: 'splitSeed, outside of settings',
};

/** Settings of a job and of a recipe stand side by side in the file: each is put where it belongs. */
function settingsOfAll(
  { ablation, lines }: AblationFile,
  findings: string[],
  absolute: (path: string) => string,
): { settings: Record<string, unknown>; overrides: Record<string, unknown> } {
  const settings: Record<string, unknown> = {};
  const overrides: Record<string, unknown> = {};
  const ofRecipe = recipeSettings
    .filter(({ group }) => ['', 'training', 'evaluation'].includes(group))
    .map(({ name }) => name);
  const ofJob = Object.keys(trainJob.settings.shape).filter((name) => !(name in elsewhere) && name !== 'overrides');
  for (const [name, value] of Object.entries(ablation.settings ?? {})) {
    const place = placeOf(lines, ['settings', name]);
    if (name in elsewhere) findings.push(`${place}: say it as ${elsewhere[name]}`);
    else if (ofJob.includes(name)) settings[name] = value;
    else if (ofRecipe.includes(name)) overrides[name] = value;
    else {
      const near = nearestName(name, [...ofJob, ...ofRecipe]);
      findings.push(
        `${place}: there is no such setting of a training${near ? `; did you mean ${near}?` : ''}${name in groups ? ': say it under baseline' : ''}`,
      );
    }
  }
  const parsed = trainJob.settings.safeParse(settings);
  for (const { path, message } of parsed.error?.issues ?? [])
    findings.push(`${placeOf(lines, ['settings', ...path.map(String)]) ?? 'settings'}: ${message}`);
  return { settings: withAbsolutePaths(trainJob, settings, absolute), overrides };
}

const groups = { augmentation: true, training: true, evaluation: true };

/** Puts what is wrong with a recipe among the findings. */
async function gather<T>(id: string, findings: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LesionlabError)) throw error;
    const { details, message, hint } = error;
    const found = details.length > 0 ? details : [[message, hint].filter(Boolean).join(' ')];
    findings.push(...found.map((text) => `${id}: ${text}`));
    return undefined;
  }
}

const withoutUndefined = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
