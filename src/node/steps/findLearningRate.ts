import { join, resolve } from 'node:path';
import type { DataOptions, Dataset } from '../../data/dataset.js';
import { defaultRatios, splitDataset } from '../../data/groups/split.js';
import { interruptedError, usageError } from '../../errors.js';
import { initialWeights } from '../../models/index.js';
import { learningRateChart } from '../../report/charts/learningRate.js';
import { nodeRuntime } from '../../runtime/node.js';
import {
  defaultLearningRateRange,
  findLearningRate,
  type LearningRateEvent,
  type LearningRateFinding,
  type LearningRateRange,
  type LearningRateRecord,
} from '../../training/findLearningRate.js';
import { resolveClassBalance } from '../../training/recipe/classBalance.js';
import type { Recipe } from '../../training/recipe/config.js';
import {
  recipeFitting,
  requireEnoughImages,
  resolvePreprocessing,
  samplingOf,
  splitImages,
  trainingSide,
} from '../../training/recipe/trainingSplits.js';
import { recipeTrainerOptions } from '../../training/recipeTrainerOptions.js';
import { Trainer } from '../../training/trainer.js';
import { type DataPaths, pathsOf } from '../dataset/openDatasets.js';
import { openLimited, type PreparedData, prepareData } from '../dataset/trainingData.js';
import { chooseWeightsFile } from '../download/imagenetWeights.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { plotDocument } from '../pictures/plotDocument.js';
import { loadInitialWeights, readWeightsMetadata } from '../run/checkpointFile.js';
import { createBatchLoader } from '../training/batchLoader.js';
import { chooseRecipe, type RecipeChoice } from '../training/openRecipe.js';

/** What learning rates are tried on. */
export interface FindLearningRateStepOptions extends RecipeChoice {
  /** Where the data lies; several datasets are joined. */
  readonly data: DataPaths;
  /** Folder for learning-rate.svg, .csv and .json; files of these names are replaced. */
  readonly out: string;
  /** Weights to begin with, a file of the model's own parameters. */
  readonly weightsFile?: string | null;
  readonly limit?: number | null;
  readonly ratios?: readonly [number, number, number] | null;
  /** What the split and a subset are drawn by; the seed where null. */
  readonly splitSeed?: number | null;
  readonly excludeUnusable?: boolean;
  /** Which of the data's images are meant. */
  readonly dataOptions?: DataOptions;
  readonly range?: Partial<LearningRateRange>;
  /** Hears every step of the search, and its end. */
  readonly onEvent?: (event: LearningRateEvent) => void;
}

/** What learning rates did, and where it was written. */
export interface FindLearningRateStepResult extends LearningRateFinding {
  readonly files: readonly string[];
}

/**
 * Tries learning rates on the training split, as a training with the same settings and seed would see it, and writes what came of it.
 * @throws LesionlabError kind `usage`, `data` or `run`; kind `interrupted` once the signal is aborted, with nothing written
 */
export async function findLearningRateStep(
  ctx: StepContext,
  options: FindLearningRateStepOptions,
): Promise<FindLearningRateStepResult> {
  const range = resolveRange(options.range);
  const { preset, recipe: whole, overrides, recipeFile } = await chooseRecipe(options, ctx.progress);
  const recipe = { ...whole, metadata: [], training: { ...whole.training, ...leftOut } };
  for (const words of describeLeftOut(whole)) ctx.progress.note(words);
  const { model } = recipeTrainerOptions(recipe);
  const splitSeed = options.splitSeed ?? ctx.seed;
  const dataset = await openLimited(
    { data: options.data, limit: options.limit ?? null, dataOptions: options.dataOptions },
    splitSeed,
  );
  try {
    const size = { model, classCount: dataset.info.classes.length, imageSize: recipe.imageSize };
    const weightsFile = chooseWeightsFile(options.weightsFile, recipe.model);
    const weights = weightsFile
      ? await loadInitialWeights(weightsFile, size, { seed: ctx.seed, progress: ctx.progress })
      : initialWeights(size, ctx.seed);
    const { excludeUnusable = false } = options;
    const data = await prepareData(ctx, dataset, recipeFitting(recipe), { excludeUnusable });
    try {
      const { ratios, onEvent } = options;
      const finding = await tryLearningRates(ctx, {
        ...{ data, recipe, ratios, splitSeed, range, weights, size, onEvent },
        weightsFile,
      });
      const files = await writeFinding(options.out, finding, {
        lesionlab: packageInfo.version,
        created: new Date().toISOString(),
        preset,
        overrides: overrides.filter(
          (setting) => !/^(weightAveraging|averagedTail|distillation|metadata)=/.test(setting),
        ),
        recipeFile,
        seed: ctx.seed,
        splitSeed,
        recipe,
        weightsFile,
        data: describeData(options, data.dataset),
        range,
      });
      return { ...finding, files };
    } finally {
      data.prepared.close();
    }
  } finally {
    await dataset.images.close();
  }
}

/** An average of the weights would be evaluated at the end of an epoch, and there is none here; nor is a teacher asked. */
const leftOut = { weightAveraging: 0, averagedTail: 0, distillation: 0 } as const;

/** What the trained network will have, and what learning rates are tried without: it changes the loss. */
const describeLeftOut = ({ metadata, training }: Recipe): string[] => [
  ...(metadata.length > 0
    ? [`Learning rates are tried on images alone: the network is told nothing of ${metadata.join(', ')}.`]
    : []),
  ...(training.distillation > 0 ? ['Learning rates are tried on diagnoses alone: no teacher is asked.'] : []),
];

function resolveRange(given: Partial<LearningRateRange> = {}): LearningRateRange {
  const range = { ...defaultLearningRateRange };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) Object.assign(range, { [name]: value });
  if (!(range.lowest > 0 && range.lowest < range.highest))
    throw usageError('bad-range', `Learning rates cannot rise from ${range.lowest} to ${range.highest}`, {
      hint: 'Give a --lowest above 0 and a --highest above that.',
    });
  return range;
}

const describeData = ({ data, limit = null }: FindLearningRateStepOptions, { info, records }: Dataset) => ({
  folder: pathsOf(data)
    .map((path) => resolve(path))
    .join(' and '),
  name: info.name,
  synthetic: info.synthetic,
  images: records.length,
  limit,
});

interface Trial extends Pick<FindLearningRateStepOptions, 'ratios' | 'onEvent'> {
  readonly data: PreparedData;
  readonly recipe: Recipe;
  readonly splitSeed: number;
  readonly range: LearningRateRange;
  readonly weights: ReturnType<typeof initialWeights>;
  readonly weightsFile: string | null;
  readonly size: Parameters<typeof initialWeights>[0];
}

async function tryLearningRates(
  { seed, threads, device, progress, signal }: StepContext,
  { data, recipe, ratios, splitSeed, range, weights, weightsFile, size, onEvent }: Trial,
): Promise<LearningRateFinding> {
  const { dataset, prepared, links } = data;
  const { records, info, metadataFile: file } = dataset;
  const splits = splitDataset(records, info.classes, {
    ratios: ratios ?? defaultRatios,
    seed: splitSeed,
    links,
    file,
  });
  requireEnoughImages(splits, recipe);
  const { train } = splitImages(dataset, splits, prepared, recipe);
  const balance = resolveClassBalance(recipe, train, size.classCount);
  const trainer = await Trainer.open(
    nodeRuntime,
    { ...recipeTrainerOptions(recipe), ...size, imageSize: trainingSide(recipe), ...balance, seed },
    weights,
    { device, threads, spin: false },
  );
  const loader = createBatchLoader({
    preparedFile: prepared.path,
    ...train,
    sampling: samplingOf(recipe, train),
    batchSize: recipe.training.batchSize,
    preprocessing: resolvePreprocessing(
      recipe,
      prepared,
      train,
      weightsFile === null ? null : await readWeightsMetadata(weightsFile),
      size.model.preprocessing,
    ),
    side: trainingSide(recipe),
    seed,
    augmentation: recipe.augmentation,
    ahead: 4,
  });
  const task = progress.start('Trying learning rates', range.steps);
  try {
    const shouldStop = () => signal.aborted;
    for await (const event of findLearningRate({ trainer, batches: loader, range, shouldStop })) {
      onEvent?.(event);
      if (event.type === 'step') {
        const { step, learningRate, smoothedLoss } = event.record;
        task.update(step, `learning rate ${learningRate.toExponential(1)}, loss ${smoothedLoss.toFixed(3)}`);
      } else if (event.finding.reason === 'interrupted') break;
      else return event.finding;
    }
    throw interruptedError('The search for a learning rate was stopped; nothing was written.');
  } finally {
    task.end();
    await loader.close();
    await trainer.close();
  }
}

async function writeFinding(out: string, finding: LearningRateFinding, setting: object): Promise<string[]> {
  const files = ['svg', 'csv', 'json'].map((ending) => join(out, `learning-rate.${ending}`));
  await writeFileWhole(files[0], learningRateChart(finding, { document: plotDocument() }));
  await writeFileWhole(files[1], learningRateCsv(finding.records));
  await writeJson(files[2], { ...setting, ...finding });
  return files;
}

const learningRateCsv = (records: readonly LearningRateRecord[]) =>
  [
    'step,learning_rate,loss,smoothed_loss',
    ...records.map((r) => [r.step, r.learningRate, r.loss, r.smoothedLoss].join(',')),
  ]
    .map((line) => `${line}\n`)
    .join('');
