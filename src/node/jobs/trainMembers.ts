import { usageError } from '../../errors.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { EnsembleConfig } from '../../training/recipe/ensembleConfig.js';
import { requireTeacher } from '../../training/recipe/requireTeacher.js';
import type { StepContext } from '../machine/stepContext.js';
import { type RunFolder, readEnsembleConfig, runFolderPaths } from '../run/runFolder.js';
import { type EvaluateStepResult, readTestEvaluation } from '../steps/evaluate.js';
import { type ChosenRecipe, chooseRecipe, chosenMembers, withRecipeOpened } from '../training/openRecipe.js';
import type { RunOptions } from '../training/planRun.js';
import { requireWeights } from '../training/requireWeights.js';
import { openedRecipe } from './kinds/train.js';
import { findMemberWeights } from './memberWeights.js';
import type { OpenedPlan } from './openedPlan.js';
import { readPlaced } from './openPlan.js';
import { runMadePlan } from './runPlan.js';
import { type PlanPlace, planOfCommand, planTraining, type TrainingJob } from './trainingJobs.js';

/** Several networks that are trained by one recipe; as for `trainRun`, whose folder is that of the ensemble. */
export interface TrainMembersOptions extends Omit<RunOptions, 'member' | 'onReplace'>, PlanPlace {
  /** Whether the ensemble is also evaluated, explained and reported, as `runStep` does with a run. */
  readonly complete?: boolean;
}

/** An ensemble whose networks were trained for it. */
export interface TrainMembersResult {
  readonly run: RunFolder;
  readonly config: EnsembleConfig;
  /** Of the test split, where that was asked for. */
  readonly evaluation: EvaluateStepResult | null;
}

/** As plan.json says who made it. */
const maker = 'run';

/** Whether options ask for several networks: by their recipe, or by what the folder to go on with holds. */
export async function trainsSeveral(options: RunOptions): Promise<boolean> {
  if (options.member !== undefined) return false;
  if ((await chosenMembers(options)).members.length > 0) return true;
  return isUnsaid(options) && options.resume === true && (await earlierTraining(options.run)) !== undefined;
}

/**
 * The plan of a recipe of several networks, of which nothing is run: a training of each below `members/`, on one split, then their ensemble in the
 * folder itself and what follows it.
 * @throws LesionlabError kind `usage` with what is wrong with a network, and for settings that several can't share
 */
export async function planMembers(context: StepContext, options: TrainMembersOptions): Promise<OpenedPlan> {
  const { run: out, complete = false, resume, seedGiven, threadsGiven, on = 'here', beside: _, ...given } = options;
  const {
    overwrite: _overwrite,
    weightsFile,
    ...training
  } = await withRecipeOpened(await withEarlierRecipe(options, given));
  refuseSingular(training);
  const { members, weighting } = await chosenMembers(training);
  const chosen = new Map<string, ChosenRecipe>();
  for (const { name } of members) chosen.set(name, await chooseRecipe({ ...training, member: name }, context.progress));
  const wanting = [...chosen].map(([name, { recipe }]) => ({ name, model: recipe.model }));
  const weights = findMemberWeights(wanting, weightsFile, on === 'here');
  for (const [name, { recipe }] of chosen) {
    requireWeights(recipe, weights.get(name) ?? null);
    requireTeacher(recipe, training.teacher);
    refuseFinal(name, recipe);
  }
  const splitSeed = training.splitSeed ?? context.seed;
  const unasked = training.splitSeed === undefined && !seedGiven ? ['splitSeed'] : [];
  const common = await planTraining(context, { ...training, splitSeed, member: members[0].name });
  const trainings = members.map(({ name, repetition }, i): TrainingJob => {
    const own = {
      member: name,
      ...(weights.get(name) && { weights: weights.get(name) }),
      ...(i === 0 && { explore: true }),
    };
    const settings = { ...common.settings, ...own };
    return { ...common, id: name, run: `members/${name}`, seed: common.seed + repetition, settings };
  });
  const { seed, threads, device } = common;
  const inFolder = { run: '.', seed, threads, device };
  const jobs: PlannedJob[] = [
    ...trainings,
    {
      ...inFolder,
      ...{ id: 'ensemble', kind: 'ensemble', needs: trainings.map(({ id }) => id) },
      settings: weighting === 'equal' ? {} : { weighting },
    },
  ];
  if (complete)
    jobs.push(
      { ...inFolder, id: 'evaluate', kind: 'evaluate', needs: ['ensemble'], settings: {} },
      { ...inFolder, id: 'explain', kind: 'explain', needs: ['evaluate'], settings: {} },
      { ...inFolder, id: 'report', kind: 'report', needs: ['evaluate', 'explain'], settings: {} },
    );
  return await planOfCommand(out, maker, jobs, { resume, seedGiven, threadsGiven, unasked, adds: true });
}

/**
 * Trains every network of a recipe of several on one split, and puts them together in the folder itself, which is a run like any other; goes on with what is
 * missing on resuming.
 * @throws LesionlabError as `planMembers`, `trainRun` and `ensembleStep` do
 */
export async function trainMembersStep(
  context: StepContext,
  options: TrainMembersOptions,
): Promise<TrainMembersResult> {
  const { run: out, on, beside, resume, overwrite, complete = false } = options;
  const opened = await planMembers(context, options);
  await runMadePlan(context, opened, { on, beside, resume, overwrite, command: maker });
  const run = runFolderPaths(out);
  const config = await readEnsembleConfig(run);
  return { run, config, evaluation: complete ? await readTestEvaluation(run) : null };
}

const isUnsaid = ({ preset, recipe }: Pick<RunOptions, 'preset' | 'recipe'>) => !preset && !recipe;

/** The first training of what a folder holds, where that is of this command. */
async function earlierTraining(folder: string): Promise<TrainingJob | undefined> {
  const earlier = await readPlaced(folder);
  if (earlier?.made.by !== maker) return undefined;
  return earlier.jobs.find((job): job is TrainingJob => job.kind === 'train');
}

/** What is gone on with keeps its recipe. */
async function withEarlierRecipe<T extends Pick<RunOptions, 'preset' | 'recipe'>>(
  { run, resume = false }: Pick<TrainMembersOptions, 'run' | 'resume'>,
  given: T,
): Promise<T> {
  const earlier = resume && isUnsaid(given) ? await earlierTraining(run) : undefined;
  if (!earlier) return given;
  const { preset, recipe } = earlier.settings;
  return { ...given, preset, recipe: openedRecipe(recipe) };
}

/** Settings that are one network's. */
function refuseSingular({ overrides = {}, network = {} }: Pick<RunOptions, 'overrides' | 'network'>): void {
  const hint = {
    terminal:
      'Leave it out, train one of them with --member, or write a recipe with other members: `lesionlab recipe best > mine.yaml`.',
    page: 'Choose a recipe of one network.',
  };
  if (overrides.model !== undefined)
    throw usageError('model-of-several', `The recipe names its networks: ${overrides.model} can't take their place.`, {
      hint,
    });
  const [idle] = Object.entries(network).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (idle !== undefined)
    throw usageError('no-network-file', `"${idle}" is said of one network out of a file, and there are several.`, {
      hint,
    });
}

/** An ensemble is weighted and calibrated by validation images that none of its networks learned from. */
function refuseFinal(name: string, { training }: ChosenRecipe['recipe']): void {
  if (training.trainOn === 'train') return;
  throw usageError(
    'validation-learned',
    `${name} would learn from its validation images, too (training.trainOn): nothing would be left to calibrate the networks together by.`,
    { hint: 'Train several networks on the training images alone.' },
  );
}
