import { join } from 'node:path';
import { compareLeak, type LeakDemonstration, type SplitResult } from '../../evaluation/index.js';
import { leakChart } from '../../report/index.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { removeWhole, writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { holdNewRun } from '../run/holdRun.js';
import { readPredictions } from '../run/readPredictions.js';
import { type RunFolder, runFolderPaths } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';
import { withRecipeOpened } from '../training/openRecipe.js';
import type { RunOptions } from '../training/planRun.js';
import { evaluateStep, readTestEvaluation } from './evaluate.js';
import { trainRun } from './run.js';

/** What is trained twice; the rest as for `trainRun`. */
export interface LeakStepOptions extends Omit<RunOptions, 'run' | 'splitRule'> {
  /** Folder for both runs and what they show together. */
  readonly out: string;
}

/** leak.json, with what was written. */
export interface LeakResult extends LeakDemonstration {
  /** Files and folders written. */
  readonly files: readonly string[];
}

/**
 * Trains the same network twice, with a split by image and with one by lesion, and shows how much the first flatters. The dataset, the
 * recipe and the seed are the same; only the split differs.
 * @throws LesionlabError as `trainRun` and `evaluateStep` do
 */
export async function leakStep(context: StepContext, options: LeakStepOptions): Promise<LeakResult> {
  return await holdNewRun(context, options.out, 'leak', () => leakHeld(context, options));
}

async function leakHeld(context: StepContext, { out, ...asked }: LeakStepOptions): Promise<LeakResult> {
  const options = await withRecipeOpened(asked);
  const runs = { images: join(out, 'by-image'), lesions: join(out, 'by-lesion') };
  const paths = [join(out, 'leak.json'), join(out, 'leak.svg')];
  const onReplace = async () => {
    for (const path of paths) await removeWhole(path);
  };
  const trainWith = async (kind: 'images' | 'lesions'): Promise<SplitResult & { readonly config: RunConfig }> => {
    const run = runs[kind];
    context.progress.note(`Training with a split by ${kind === 'images' ? 'image' : 'lesion'} into ${run}.`);
    const { config } = await trainRun(context, { ...options, run, splitRule: { kind }, onReplace });
    const folder = runFolderPaths(run);
    const { evaluation } =
      (await readTestEvaluation(folder)) ?? (await evaluateStep(context, { run, scoresOnly: true }));
    return { config, evaluation, predictions: await readPredictions(folder, 'test') };
  };
  const byImage = await trainWith('images');
  const byLesion = await trainWith('lesions');
  const trained = await trainedLesions(runFolderPaths(runs.images));
  const result: LeakDemonstration = {
    ...describeRun(byLesion.config),
    ...compareLeak(byImage, byLesion, trained, { seed: context.seed }),
  };
  await writeJson(paths[0], result);
  await writeFileWhole(paths[1], leakChart(result.classes, { document: plotDocument() }));
  return { ...result, files: [...paths, runs.images, runs.lesions] };
}

function describeRun({ model, preset, overrides, recipe, seed, data }: RunConfig) {
  const { id, name, sha256, images, lesions } = data;
  return {
    model: model.id,
    preset,
    overrides,
    imageSize: recipe.imageSize,
    epochs: recipe.training.epochs,
    seed,
    data: { id, name, sha256, images, lesions },
  };
}

async function trainedLesions(folder: RunFolder): Promise<Set<string>> {
  const rows = await readRunSplits(folder);
  return new Set(rows.filter(({ split }) => split === 'train').map(({ lesionId }) => lesionId));
}
