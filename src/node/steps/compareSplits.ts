import { join } from 'node:path';
import { runError } from '../../errors.js';
import { compareLeak, type LeakDemonstration } from '../../evaluation/outside/leakDemonstration.js';
import { leakChart } from '../../report/charts/leak.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { readPredictions } from '../run/readPredictions.js';
import { readEvaluation } from '../run/readRunFiles.js';
import { type RunFolder, readTrainedConfig, runFolderPaths } from '../run/runFolder.js';
import { readRunSplits } from '../run/runSplits.js';

/** Two runs that differ in their split alone. */
export interface CompareSplitsOptions {
  /** Folder for what they show together. */
  readonly out: string;
  /** Run folder with a split by image, evaluated on its test split. */
  readonly byImage: string;
  /** The same by lesion. */
  readonly byLesion: string;
}

/** Files that the comparison is written as. */
export const leakFiles = (out: string): readonly [string, string] => [join(out, 'leak.json'), join(out, 'leak.svg')];

/**
 * Shows how much a split by image flatters, beside one by lesion, and writes leak.json and leak.svg.
 * @throws LesionlabError kind `run` where a run has not been evaluated
 */
export async function compareSplitsStep(
  { seed }: Pick<StepContext, 'seed'>,
  { out, byImage, byLesion }: CompareSplitsOptions,
): Promise<LeakDemonstration> {
  const folders = { images: runFolderPaths(byImage), lesions: runFolderPaths(byLesion) };
  const config = await readTrainedConfig(folders.lesions);
  const trained = await trainedLesions(folders.images);
  const [first, second] = [await readResult(folders.images), await readResult(folders.lesions)];
  const result = { ...describeRun(config), ...compareLeak(first, second, trained, { seed }) };
  const [results, chart] = leakFiles(out);
  await writeFileWhole(chart, leakChart(result.classes, { document: plotDocument() }));
  await writeJson(results, result);
  return result;
}

async function readResult(folder: RunFolder) {
  const evaluation = await readEvaluation(folder.evaluation('test').evaluation);
  if (evaluation) return { evaluation, predictions: await readPredictions(folder, 'test') };
  throw runError('not-evaluated', `${folder.path} has not been evaluated on its test split.`, {
    hint: `Evaluate it: \`lesionlab evaluate ${folder.path}\``,
  });
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
