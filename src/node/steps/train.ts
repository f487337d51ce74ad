import { existsSync } from 'node:fs';
import type { Dataset, SplitName } from '../../data/dataset.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import { encodeRecords } from '../../data/preparation/metadataInput.js';
import type { ChannelStatistics } from '../../data/preparation/normalisation.js';
import { interruptedError, runError } from '../../errors.js';
import { findToldModel } from '../../models/architectures/findToldModel.js';
import { describeEarlyStop } from '../../report/describeKept.js';
import { epochLine } from '../../report/files/trainingLines.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type CurveNote, describeCurves } from '../../training/curveNotes.js';
import type { EpochRecord } from '../../training/events.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import type { Recipe, RunConfig } from '../../training/recipe/config.js';
import { makeRunConfig } from '../../training/recipe/makeRunConfig.js';
import {
  learnedSplits,
  recordsOf,
  requireEnoughImages,
  type SplitImages,
  splitImages,
  trainingSide,
} from '../../training/recipe/trainingSplits.js';
import { hashDataset } from '../dataset/dataHash.js';
import type { PreparedFile } from '../dataset/preparedFile.js';
import { hashFile } from '../files/fileHash.js';
import { readJsonLines } from '../files/jsonLines.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { packageInfo } from '../machine/packageInfo.js';
import type { StepContext } from '../machine/stepContext.js';
import { chooseRunViews } from '../prediction/chooseRunViews.js';
import { askTeacher, readTeacher } from '../prediction/teacherAnswers.js';
import { readWeightsMetadata } from '../run/checkpointFile.js';
import { holdNewRun } from '../run/holdRun.js';
import { type RunFolder, readTrainedConfig } from '../run/runFolder.js';
import { writeTrainingCurves } from '../run/trainingCurves.js';
import { createBatchLoader } from '../training/batchLoader.js';
import { layerTable } from '../training/layerTable.js';
import type { TeacherOptions } from '../training/planRun.js';
import { runInThread } from '../training/runInThread.js';
import { writeTrainingBatchPicture } from '../training/trainingBatchPicture.js';
import type { TrainJob } from '../training/trainJob.js';
import { startTrainThread, type TrainThread } from '../training/trainThread.js';

export interface TrainStepOptions {
  readonly run: RunFolder;
  readonly dataset: Dataset;
  /** Split of each record of the dataset, in order. */
  readonly splits: readonly SplitName[];
  /** How they came about. */
  readonly splitRule: SplitRule;
  /** Whether near-duplicates were looked for and kept together. */
  readonly nearDuplicates?: boolean;
  /** What the split was drawn by. */
  readonly splitSeed: number;
  /** Shares of train, validation and test that were asked for. */
  readonly ratios: readonly [number, number, number];
  /** All images of the dataset, prepared at the recipe's size. */
  readonly prepared: PreparedFile;
  readonly recipe: Recipe;
  readonly preset: string;
  /** Settings of the preset that the user changed, as `name=value`. */
  readonly overrides: readonly string[];
  readonly recipeFile?: RunConfig['recipeFile'];
  /** Absolute path of the data's folder, or of each of several, so that later commands find it from anywhere. */
  readonly dataFolders: readonly string[];
  readonly limit: number | null;
  readonly excluded: readonly string[];
  /** file of weights (safetensors, .pth or ONNX) to begin with instead of random weights. */
  readonly weightsFile: string | null;
  /** Whose answers it learns from, too; a training that is resumed has them. */
  readonly teacher?: TeacherOptions;
  /** Goes on with what the folder holds: its config.json stands, and training begins where its saved state is. */
  readonly resume: boolean;
  readonly tensorBoard: boolean;
  /** Channel statistics of the training split, where they are counted already. */
  readonly statistics?: ChannelStatistics;
  /** A thread that was started before the images were ready. */
  readonly thread?: TrainThread;
  /** Done beside the training, which doesn't wait for it, once its first step is. */
  readonly beside?: () => Promise<void>;
}

/** What a training came to. */
export interface TrainStepResult {
  readonly config: RunConfig;
  readonly epochs: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly notes: readonly CurveNote[];
  /** Where and when the training diverged, in words; null where it went to its end. */
  readonly diverged: string | null;
  /** Why early stopping ended the training, in words; null where it did not. */
  readonly endedEarly: string | null;
}

/**
 * Trains into a run folder: config.json, layers.txt, training-batch.png, then steps, metrics, checkpoints and curves.
 * @throws LesionlabError kind `interrupted` after saving, once the signal is aborted; kind `run` where training diverges
 *   before its first checkpoint
 */
export async function trainStep(ctx: StepContext, options: TrainStepOptions): Promise<TrainStepResult> {
  return await holdNewRun(ctx, options.run.path, 'train', () => trainHeld(ctx, options));
}

async function trainHeld(ctx: StepContext, options: TrainStepOptions): Promise<TrainStepResult> {
  const { run, dataset, recipe, prepared } = options;
  const learned = learnedSplits(recipe, options.splits);
  const bySplit = splitImages(dataset, options.splits, prepared, recipe);
  if (recipe.training.trainOn !== 'train') ctx.progress.note(validationLearned);
  requireEnoughImages(options.splits, recipe);
  const resolved = options.resume
    ? await resumedConfig(ctx, options)
    : await resolveConfig(ctx, options, bySplit.train);
  const config =
    options.resume || !options.teacher
      ? resolved
      : withTeacher(resolved, await askTeacher(ctx, options.teacher, taughtData(options, resolved)));
  const model = findToldModel(recipe.model, config.metadata);
  if (model.file && !options.resume) await writeFileWhole(run.network, model.file.bytes);
  await writeJson(run.config, config);
  const { layers, text } = layerTable(model, config.data.classes.length, recipe.imageSize);
  await writeJson(run.layersJson, layers);
  await writeFileWhole(run.layersTable, text);
  const stopFlag = new Int32Array(new SharedArrayBuffer(4));
  const job: TrainJob = {
    runFolder: run.path,
    recipe,
    seed: ctx.seed,
    classIds: config.data.classes.map(({ id }) => id),
    classWeights: config.classWeights,
    logitOffsets: config.logitOffsets,
    trainedPrevalence: config.trainedPrevalence,
    preprocessing: config.preprocessing,
    preparedFile: prepared.path,
    metadata: config.metadata && {
      encoding: config.metadata,
      train: encodeRecords(config.metadata, recordsOf(dataset, prepared, bySplit.train)),
      validation: encodeRecords(config.metadata, recordsOf(dataset, prepared, bySplit.validation)),
    },
    teacher: config.teacher && (await readTeacher(run, config.teacher, config.data.classes)),
    train: bySplit.train,
    validation: bySplit.validation,
    threads: ctx.threads,
    device: ctx.device,
    weightsFile: options.weightsFile,
    resume: options.resume,
    tensorBoard: options.tensorBoard,
    stopFlag,
  };
  const outcome = await runInThread(ctx, options.thread ?? startTrainThread(), job, async () => {
    await drawBatch(config, run, prepared, bySplit.train, dataset, learned);
    await options.beside?.();
  });
  const epochs = await readJsonLines(run.metrics, epochLine);
  await writeTrainingCurves(run.path);
  if (outcome.type === 'stopped' && outcome.reason === 'interrupted') {
    throw interruptedError(
      `Training was stopped after step ${outcome.step}; everything so far is saved in ${run.path}.`,
      {
        hint: `Go on with it: the same command with --resume.`,
      },
    );
  }
  const diverged = outcome.type === 'stopped' ? reportDivergence(ctx, outcome.step, epochs) : null;
  const endedEarly =
    outcome.type === 'done' && outcome.reason === 'early-stopping' ? describeEarlyStop(outcome, recipe.training) : null;
  if (endedEarly !== null) ctx.progress.note(endedEarly);
  const notes = describeCurves(epochs);
  for (const note of notes) ctx.progress.note(note.text);
  const answering = await chooseRunViews(ctx, run, config, prepared, {
    ...bySplit.validation,
    metadata: job.metadata?.validation,
  });
  return { config: answering, epochs, bestEpoch: findBestEpoch(epochs)?.epoch ?? 0, notes, diverged, endedEarly };
}

const taughtData = ({ run, dataset, splits, recipe }: TrainStepOptions, { data, trainedPrevalence }: RunConfig) => ({
  ...{ run, dataset, splits: learnedSplits(recipe, splits), trainedPrevalence },
  classes: data.classes,
});

async function resolveConfig(ctx: StepContext, options: TrainStepOptions, train: SplitImages): Promise<RunConfig> {
  const { weightsFile, dataset, prepared } = options;
  return makeRunConfig({
    ...options,
    ...namedFolders(options.dataFolders),
    train,
    seed: ctx.seed,
    dataSha256: hashDataset(dataset, prepared),
    weights:
      weightsFile === null
        ? null
        : {
            file: weightsFile,
            metadata: await readWeightsMetadata(weightsFile),
            sha256: await hashFile(weightsFile),
          },
    machine: {
      lesionlab: packageInfo.version,
      device: ctx.device,
      threads: ctx.threads,
      versions: currentVersions(),
    },
  });
}

/** In the order in which config.json is read, so that a resumed training writes the same file. */
function withTeacher({ device, threads, versions, ...before }: RunConfig, teacher: RunConfig['teacher']): RunConfig {
  return { ...before, teacher, device, threads, versions };
}

/** A resumed run keeps its configuration, whatever machine it goes on with and wherever its data lies now. */
async function resumedConfig(
  { device, threads }: StepContext,
  { run, dataset, dataFolders, weightsFile }: TrainStepOptions,
): Promise<RunConfig> {
  const saved = await readTrainedConfig(run);
  if (!existsSync(run.trainingState)) await refuseOtherWeights(weightsFile, saved);
  const { dataFolder: folder, dataFolders: folders } = namedFolders(dataFolders);
  const data = { ...saved.data, folder, ...(folders && { folders }), metadataFile: dataset.metadataFile };
  const model = { ...saved.model, weightsFile };
  return { ...saved, data, model, lesionlab: packageInfo.version, device, threads, versions: currentVersions() };
}

/** Stopped before its first checkpoint, a training begins anew, with the weights file as it is now. */
async function refuseOtherWeights(weightsFile: string | null, { model }: RunConfig): Promise<void> {
  if (weightsFile === null || !model.weightsSha256) return;
  if ((await hashFile(weightsFile)) === model.weightsSha256) return;
  throw runError(
    'weights-changed',
    `${weightsFile} has other contents than when the run began (SHA-256 then: ${model.weightsSha256}).`,
    { hint: 'Put the file of that time back and resume, or begin anew: another --run folder, or --overwrite.' },
  );
}

/** One folder as ever; several have the first of them in its place. */
const namedFolders = (folders: readonly string[]) => ({
  dataFolder: folders[0],
  dataFolders: folders.length > 1 ? [...folders] : undefined,
});

const validationLearned =
  'The validation images are learned from, too: figures on them while training flatter it, no epoch is chosen, and nothing is calibrated by them.';

const currentVersions = () => ({ node: process.versions.node, onnxruntime: nodeRuntime.version });

/** A batch as the network will see it, drawn from the loader that training uses. */
async function drawBatch(
  { preprocessing, recipe, seed, data }: RunConfig,
  run: RunFolder,
  prepared: PreparedFile,
  train: SplitImages,
  dataset: Dataset,
  splits: readonly SplitName[],
): Promise<void> {
  const { augmentation, training } = recipe;
  const side = trainingSide(recipe);
  const loader = createBatchLoader({
    preparedFile: prepared.path,
    ...train,
    batchSize: Math.min(24, Math.max(training.batchSize, 10)),
    preprocessing,
    side,
    seed,
    augmentation,
    ahead: 1,
  });
  try {
    const imageIds = dataset.records.flatMap(({ imageId }, i) => (splits[i] === 'train' ? [imageId] : []));
    const note = data.synthetic ? 'synthetic images' : undefined;
    const batch = await loader.next();
    const seen = { ...preprocessing, imageSize: side };
    const picture = { batch, preprocessing: seen, classes: data.classes, imageIds, note };
    await writeTrainingBatchPicture(run.trainingBatch, picture);
  } finally {
    await loader.close();
  }
}

/** @throws LesionlabError kind `run` where nothing was learned before */
function reportDivergence({ progress }: StepContext, step: number, epochs: readonly EpochRecord[]): string {
  const message = `Training diverged: after step ${step} the loss was no longer a number.`;
  if (epochs.length === 0)
    throw runError('diverged', message, { hint: 'Train again with --overwrite and a smaller --learning-rate.' });
  const text = `${message} The checkpoint of epoch ${findBestEpoch(epochs)?.epoch} is kept; a smaller learning rate may help.`;
  progress.note(text);
  return text;
}
