import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DataOptions } from '../../data/dataset.js';
import { defaultRatios } from '../../data/groups/split.js';
import type { SplitFile } from '../../data/groups/splitFile.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import { usageError } from '../../errors.js';
import { findModel, type ModelDefinition, type NetworkFile } from '../../models/index.js';
import type { Recipe, RunConfig } from '../../training/recipe/config.js';
import { formatSetting, recipeSettings, valueAt } from '../../training/recipe/recipeSettings.js';
import { requireTeacher } from '../../training/recipe/requireTeacher.js';
import type { DataPaths } from '../dataset/openDatasets.js';
import { type AskedSplit, openSplitRule } from '../dataset/readSplitFile.js';
import { chooseWeightsFile } from '../download/imagenetWeights.js';
import { hashFile } from '../files/fileHash.js';
import type { StepContext } from '../machine/stepContext.js';
import { addNetworkOfRun } from '../run/networkOfRun.js';
import { readTrainedConfig, runFolderPaths } from '../run/runFolder.js';
import { type RunDivision, readRunDivision } from '../run/runSplits.js';
import { type ChosenRecipe, chooseRecipe, type RecipeChoice } from './openRecipe.js';
import { requireWeights } from './requireWeights.js';

/** Whose answers a network learns from besides the diagnoses. */
export interface TeacherOptions {
  /** Run folder (an ensemble's, too), or an ONNX file. */
  readonly source: string;
  /** What an ONNX file learned from, which it doesn't say itself: a table of ids, or a dataset. */
  readonly trainedOn?: string;
}

/** Without a preset and a recipe: the default, or that of the run to resume. */
export interface RunOptions extends RecipeChoice {
  /** Where the data lies; several datasets are joined. */
  readonly data: DataPaths;
  /** Run folder. */
  readonly run: string;
  /** The seed was asked for, rather than left at its default: a run with another one is not resumed. */
  readonly seedGiven?: boolean;
  /** Weights to begin with, a file of the model's own parameters. */
  readonly weightsFile?: string | null;
  /** Whose answers the network learns from besides the diagnoses, where the recipe has `training.distillation`. */
  readonly teacher?: TeacherOptions;
  /** Only a stratified subset of about this many images. */
  readonly limit?: number | null;
  /** Shares of train, validation and test; null for the default, or those of the run to resume. */
  readonly ratios?: Ratios | null;
  /** What the split (and a subset) is drawn by; the seed where null, or that of the run to resume. Networks of an ensemble share a split. */
  readonly splitSeed?: number | null;
  /** How images come into splits; whole patients and lesions where left out. A run that is resumed keeps its splits. */
  readonly splitRule?: AskedSplit;
  /** Looks for images that are nearly the same, and keeps them together. */
  readonly nearDuplicates?: boolean;
  readonly excludeUnusable?: boolean;
  /** Which of the data's images are meant; those of the run to resume where left out. */
  readonly dataOptions?: DataOptions;
  /** Explores the data first, into the run folder's exploration/; `runStep` does so anyway. */
  readonly explore?: boolean;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  /** Called once nothing stands in the way of `overwrite`: removes what was made of the run that is replaced. */
  readonly onReplace?: () => Promise<void>;
  readonly tensorBoard?: boolean;
}

type Ratios = readonly [number, number, number];

/** What a training run will do, before anything is read or written. */
export interface RunPlan {
  readonly recipe: Recipe;
  readonly preset: string;
  readonly overrides: readonly string[];
  readonly recipeFile?: RunConfig['recipeFile'];
  readonly seed: number;
  /** Of the split, and of the subset where there is a limit. */
  readonly splitSeed: number;
  readonly limit: number | null;
  readonly ratios: Ratios;
  readonly splitRule: SplitRule;
  /** What the rule `file` is about; a run that is resumed has its splits already. */
  readonly splitFile?: SplitFile;
  readonly nearDuplicates: boolean;
  readonly weightsFile: string | null;
  readonly teacher?: TeacherOptions;
  readonly excludeUnusable: boolean;
  readonly dataOptions?: DataOptions;
  /** Configuration of the run to resume. */
  readonly saved?: RunConfig;
}

/** The recipe from the options, or that of the run to resume. */
export async function planRun(
  ctx: StepContext,
  given: RunOptions,
  { resumes }: { readonly resumes: boolean },
): Promise<RunPlan> {
  const asked = given.splitRule && (await openSplitRule(given.splitRule));
  const { rule: splitRule, splitFile } = asked ?? { rule: { kind: 'lesions' } as const, splitFile: undefined };
  const chosen = await chooseRecipe(given, ctx.progress);
  // Before the run's own network takes the place of one of the same id.
  const network = describeNetwork(given, chosen.recipe.model);
  const saved = resumes ? await readSavedConfig(given.run) : undefined;
  const weightsFile = chooseWeightsFile(given.weightsFile, (saved ?? chosen).recipe.model);
  const options = { ...given, weightsFile };
  const { limit = null, excludeUnusable = false, nearDuplicates = false } = options;
  const { dataOptions } = options;
  if (saved) await addNetworkOfRun(runFolderPaths(options.run), saved);
  if (!saved) {
    requireWeights(chosen.recipe, weightsFile);
    requireTeacher(chosen.recipe, options.teacher);
    if (splitFile && limit !== null) refusePart();
    const ratios = options.ratios ?? defaultRatios;
    const { seed } = ctx;
    const splitSeed = options.splitSeed ?? seed;
    return {
      ...chosen,
      seed,
      splitSeed,
      limit,
      ratios,
      splitRule,
      splitFile,
      nearDuplicates,
      weightsFile,
      teacher: options.teacher,
      excludeUnusable,
      dataOptions,
    };
  }
  const division = await readRunDivision(runFolderPaths(options.run));
  await refuseChanges(ctx, options, { ...chosen, network, splitRule: asked?.rule }, saved, division);
  ctx.progress.note(`Going on with the run in ${options.run} (preset ${saved.preset}, seed ${saved.seed}).`);
  return {
    ...saved,
    limit: saved.data.limit,
    ratios: division.ratios,
    splitSeed: division.seed,
    splitRule: saved.split?.rule ?? splitRule,
    nearDuplicates: saved.split?.nearDuplicates ?? false,
    // The same file, by its contents, may lie elsewhere now.
    teacher: undefined,
    weightsFile: (saved.model.weightsSha256 && options.weightsFile) || saved.model.weightsFile,
    excludeUnusable: excludeUnusable || saved.data.excluded.length > 0,
    dataOptions: saved.data.options,
    saved,
  };
}

function refusePart(): never {
  throw usageError('part-of-split', 'A split file is taken over whole: it cannot be used with a part of the data.', {
    hint: 'Leave out --limit or --split.',
  });
}

/** What was asked for on the way must be what the run began with: it would be ignored otherwise. */
async function refuseChanges(
  ctx: StepContext,
  options: RunOptions,
  chosen: ChosenRecipe & { readonly network: Readonly<Record<string, unknown>>; readonly splitRule?: SplitRule },
  saved: RunConfig,
  division: RunDivision,
): Promise<void> {
  const weights = await compareWeights(options.weightsFile ?? null, saved);
  const settings = {
    ...settingsByName(saved.recipe),
    preset: saved.preset,
    seed: saved.seed,
    limit: saved.data.limit,
    weights: weights.saved,
    teacher: saved.teacher?.source ?? 'none',
    splitSeed: division.seed,
    ratios: formatRatios(division.ratios),
    split: saved.split && formatRule(saved.split.rule),
    nearDuplicates: saved.split?.nearDuplicates ?? false,
    imageTypes: saved.data.options?.imageTypes?.join(', ') ?? 'all',
    allowMissing: saved.data.options?.allowMissing ?? false,
    ...networkFacts(saved.model.network),
    // What was chosen at the end is what was asked for.
    ...(saved.chosenViews && { testTimeAugmentation: 'chosen' }),
  } as Record<string, unknown>;
  const asked = {
    ...options.overrides,
    ...chosen.network,
    // A recipe says what all settings are, a preset is known by its name.
    ...(options.recipe ? settingsByName(chosen.recipe) : {}),
    preset: options.recipe ? chosen.preset : (options.preset ?? undefined),
    seed: options.seedGiven ? ctx.seed : undefined,
    splitSeed: options.splitSeed ?? undefined,
    limit: options.limit ?? undefined,
    weights: weights.asked,
    teacher: options.teacher && resolve(options.teacher.source),
    ratios: options.ratios ? formatRatios(options.ratios) : undefined,
    imageTypes: options.dataOptions?.imageTypes?.join(', '),
    allowMissing: options.dataOptions?.allowMissing,
    // Runs of earlier versions don't say by which rule they were split.
    split: saved.split && chosen.splitRule ? formatRule(chosen.splitRule) : undefined,
    nearDuplicates: options.nearDuplicates,
  };
  const differing = Object.entries(asked).filter(
    ([name, value]) => value !== undefined && formatSetting(settings[name]) !== formatSetting(value),
  );
  if (differing.length === 0) return;
  const list = differing.map(
    ([name, value]) => `${name} (asked for: ${formatSetting(value)}, the run has: ${formatSetting(settings[name])})`,
  );
  throw usageError('resume-changes', `A resumed run keeps its settings; these differ: ${list.join('; ')}.`, {
    hint: options.recipe
      ? "Leave --recipe out, since the run's folder holds its recipe, or begin a new run in another folder."
      : 'Leave them out, or begin a new run in another folder.',
  });
}

/** A network out of a file by its id, as runs name it, and what was said of it; nothing where none was named. */
function describeNetwork({ overrides, network = {} }: RunOptions, id: string): Record<string, unknown> {
  const { file, preprocessing } = findModel(id);
  if (!file || overrides?.model === undefined) return {};
  const isSaid = Object.values(network).some((value) => value !== undefined);
  return { model: id, ...(isSaid && networkFacts({ use: file.use, preprocessing })) };
}

const networkFacts = ({
  use,
  preprocessing,
}: Pick<Partial<NetworkFile & ModelDefinition>, 'use' | 'preprocessing'> = {}) =>
  Object.fromEntries(Object.entries({ ...use, ...preprocessing }).map(([name, value]) => [`network ${name}`, value]));

/** Every setting of a recipe by the name that a list of changes has for it. */
const settingsByName = (recipe: Recipe): Record<string, unknown> =>
  Object.fromEntries(recipeSettings.map(({ path, shortName }) => [shortName, valueAt(recipe, path)]));

/**
 * The weights file that was asked for and the run's, alike where they are the same: by their contents where those are on record, since
 * files are moved, and change. @returns `asked` undefined where none was named
 */
async function compareWeights(asked: string | null, { model }: RunConfig): Promise<{ asked?: string; saved: string }> {
  const { weightsFile, weightsSha256 } = model;
  const saved = weightsFile ?? 'none';
  if (asked === null) return { saved };
  if (!weightsSha256) return { asked, saved };
  const words = (path: string, sha256: string) => `${path}, SHA-256 ${sha256.slice(0, 12)}…`;
  const own = words(saved, weightsSha256);
  // The run's own file may be gone: its checkpoints have all that going on needs.
  if (asked === weightsFile && !existsSync(asked)) return { asked: own, saved: own };
  const sha256 = await hashFile(asked);
  return { asked: sha256 === weightsSha256 ? own : words(asked, sha256), saved: own };
}

function formatRule(rule: SplitRule): string {
  if (rule.kind === 'fold') return `fold ${rule.fold + 1} of ${rule.folds}`;
  if (rule.kind === 'official') return `official${rule.mend ? `, mended by ${rule.mend}` : ''}`;
  if (rule.kind === 'file')
    return `split file ${rule.sha256.slice(0, 12)}…${rule.mend ? `, mended by ${rule.mend}` : ''}`;
  if (rule.kind === 'test-on') return `testing on ${rule.source}${rule.mend ? `, mended by ${rule.mend}` : ''}`;
  return rule.kind === 'lesions' ? 'by lesion' : 'by image';
}

/** Percentages: 64/16/20 and 0.64/0.16/0.2 are the same. */
function formatRatios(ratios: Ratios): string {
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  return ratios.map((ratio) => Number(((100 * ratio) / total).toFixed(6))).join('/');
}

async function readSavedConfig(path: string): Promise<RunConfig | undefined> {
  const folder = runFolderPaths(path);
  // Stopped before it was configured: it begins anew.
  return existsSync(folder.config) ? readTrainedConfig(folder) : undefined;
}
