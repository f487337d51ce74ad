import { encodeRecords } from '../../../src/data/preparation/metadataInput.js';
import type { PreparedImages } from '../../../src/data/preparation/preprocessing.js';
import { usageError } from '../../../src/errors.js';
import { predictPrepared } from '../../../src/evaluation/answers/predictPrepared.js';
import {
  type Evaluation,
  evaluatePredictions,
  fitCalibration,
  type Predictions,
} from '../../../src/evaluation/index.js';
import { encodeAlone, encodeModel } from '../../../src/explain/encodeModel.js';
import { findToldModel } from '../../../src/models/architectures/findToldModel.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  initialWeights,
  type NetworkSize,
  openClassifier,
  readWeights,
  takeInitialWeights,
} from '../../../src/models/index.js';
import { silentProgress } from '../../../src/progress.js';
import { loadBrowserRuntime } from '../../../src/runtime/browser.js';
import type { Runtime } from '../../../src/runtime/index.js';
import type { EpochRecord, StepRecord, TrainEvent } from '../../../src/training/events.js';
import { checkpointMetadata } from '../../../src/training/recipe/checkpointMetadata.js';
import type { RunConfig } from '../../../src/training/recipe/config.js';
import { makeRunConfig } from '../../../src/training/recipe/makeRunConfig.js';
import { requireTeacher } from '../../../src/training/recipe/requireTeacher.js';
import { recordsOf, requireEnoughImages, splitImages } from '../../../src/training/recipe/trainingSplits.js';
import { train } from '../../../src/training/train.js';
import { onnxFiles } from '../browser/onnxFiles.js';
import type { CallContext } from '../browser/workerCalls.js';
import { sha256 } from '../dataset/sha256.js';
import { openStudioTraining } from './openStudioTraining.js';
import { packRunFolder } from './packRunFolder.js';
import { addStudioNetwork } from './readStudioNetwork.js';
import type { StudioTrainJob } from './trainJob.js';
import { version } from './version.js';

/** What came of a training; the files are those of a run folder of the command line. */
export interface StudioTrainResult {
  readonly config: RunConfig;
  readonly epochs: readonly EpochRecord[];
  readonly ended: 'all-epochs' | 'early-stopping' | 'interrupted' | 'diverged';
  /** Epoch of the best weights, and what they do on the validation images. */
  readonly best: { readonly epoch: number; readonly evaluation: Evaluation } | null;
  /** A zip of the run folder; null where no epoch was over. */
  readonly runFolder: Blob | null;
  readonly model: Uint8Array | null;
  readonly checkpoint: Uint8Array | null;
}

export type StudioTrainEvent =
  | Exclude<TrainEvent, { type: 'checkpoint' }>
  | { readonly type: 'evaluating' }
  /** What was taken from a file of weights, and what was not, a sentence each. */
  | { readonly type: 'weights'; readonly notes: readonly string[] };

/** Waits until this thread has heard its messages. */
export type Gate = () => Promise<void>;

const predictionBatchSize = 32;

/**
 * Trains, evaluates the best weights on the validation images, and packs what a run folder holds. The test images are not looked at.
 * @param context its signal stops the training after the step at hand; what was learned until then is kept
 */
export async function runStudioTraining(
  job: StudioTrainJob,
  context: CallContext,
  gate: Gate,
): Promise<StudioTrainResult> {
  const { data, recipe, device, seed } = job;
  const { signal } = context;
  const post = (event: StudioTrainEvent) => context.post(event);
  requireEnoughImages(data.splits, recipe);
  requireTeacher(recipe, undefined);
  if (recipe.training.trainOn !== 'train')
    throw usageError(
      'final-elsewhere',
      'A last training, which learns from the validation images too, is made on the command line: the page shows how a training does on these.',
      {
        hint: 'Set training.trainOn to train.',
      },
    );
  const prepared = preparedImages(job);
  const bySplit = splitImages(data, data.splits, prepared, recipe);
  const runtime = await loadBrowserRuntime({ ...device, onnxFiles });
  // A thread knows no network out of a file until it has read it.
  const networkFile = job.network && (await addStudioNetwork(job.network, runtime));
  const open = { device: device.device, spin: false };
  const bytes = job.weightsFile && new Uint8Array(await job.weightsFile.arrayBuffer());
  const file = bytes && readWeights(bytes, job.weightsFile!.name);
  const config = makeRunConfig({
    ...job,
    dataset: data,
    prepared,
    train: bySplit.train,
    dataSha256: data.dataSha256,
    dataFolder: data.roots[0],
    ...(data.roots.length > 1 && { dataFolders: data.roots }),
    limit: data.limit,
    excluded: data.excluded,
    weights: file && { file: job.weightsFile!.name, metadata: file.metadata, sha256: await sha256(bytes) },
    splitRule: data.division.rule,
    nearDuplicates: data.division.nearDuplicates,
    splitSeed: job.seed,
    ratios: data.division.ratios,
    machine: {
      lesionlab: version,
      device: device.device,
      threads: device.threads,
      versions: { browser: describeBrowser(), onnxruntime: runtime.version },
    },
  });
  const size: NetworkSize = {
    model: findToldModel(recipe.model, config.metadata),
    classCount: data.info.classes.length,
    imageSize: recipe.imageSize,
  };
  const notes: string[] = [];
  const progress = { ...silentProgress, note: (line: string) => notes.push(line) };
  const weights = file ? takeInitialWeights(file, size, { seed, progress }) : initialWeights(size, seed);
  if (file) post({ type: 'weights', notes });
  const begun = file ? encodeSafetensors(weights, metadataOf(config, 0)) : null;
  const opened = await openStudioTraining({
    runtime,
    open,
    config,
    size,
    prepared,
    ...bySplit,
    weights,
    metadata: config.metadata && {
      train: encodeRecords(config.metadata, recordsOf(data, prepared, bySplit.train)),
      validation: encodeRecords(config.metadata, recordsOf(data, prepared, bySplit.validation)),
    },
    gate,
    shouldStop: () => signal.aborted,
    reportFeatures: (done, total) => post({ type: 'features', done, total }),
  });
  const steps: StepRecord[] = [];
  const epochs: EpochRecord[] = [];
  let ended: StudioTrainResult['ended'] = 'interrupted';
  let best: { readonly epoch: number; readonly bytes: Uint8Array } | undefined;
  let last: Uint8Array | undefined;
  if (opened) {
    try {
      const { training } = recipe;
      const classIds = data.info.classes.map(({ id }) => id);
      for await (const event of train({ ...opened, training, classIds, shouldStop: () => signal.aborted })) {
        if (event.type === 'step') steps.push(event.record);
        else if (event.type === 'epoch') epochs.push(event.record);
        else if (event.type === 'stopped' || event.type === 'done') ended = event.reason;
        else if (event.type === 'checkpoint') {
          const { epoch } = event.position;
          const whole = opened.complete(opened.trainer.evaluatedWeights());
          last = encodeSafetensors(whole, metadataOf(config, epoch));
          if (event.best) best = { epoch, bytes: last };
          continue;
        }
        post(event);
      }
    } finally {
      await opened.close();
    }
  }
  if (!best || !last) return { config, epochs, ended, best: null, runFolder: null, model: null, checkpoint: null };
  post({ type: 'evaluating' });
  const predictions = await predictValidation(
    { runtime, open, job, config, size, prepared, bytes: best.bytes },
    context,
    gate,
  );
  const hash = await sha256(best.bytes);
  const certainty = { sha256: hash, ...fitCalibration(predictions) };
  const evaluation = evaluatePredictions(predictions, { split: 'validation', seed });
  const network = {
    model: size.model,
    weights: decodeSafetensors(best.bytes, 'best.safetensors').weights,
    config,
    name: 'best' as const,
    epoch: best.epoch,
    sha256: hash,
  };
  const model = size.model.onlyFeatures ? null : encodeModel(version, encodeAlone(network), { certainty });
  const runFolder = await packRunFolder(
    {
      config,
      splits: data.splitFiles,
      steps,
      epochs,
      best: best.bytes,
      last,
      begun,
      certainty,
      evaluation,
      predictions,
      model,
      network: networkFile,
    },
    // What was stopped is still to be saved.
    { progress: context.progress, signal: new AbortController().signal },
  );
  const { epoch, bytes: checkpoint } = best;
  return { config, epochs, ended, best: { epoch, evaluation }, runFolder, model, checkpoint };
}

const metadataOf = ({ recipe, preprocessing, data }: RunConfig, epoch: number): Record<string, string> =>
  checkpointMetadata({ version, recipe, preprocessing, classIds: data.classes.map(({ id }) => id), epoch });

function preparedImages({ data: { pixels, imageSize, records } }: StudioTrainJob): PreparedImages {
  const stride = imageSize * imageSize * 3;
  return {
    imageSize,
    imageIds: records.map(({ imageId }) => imageId),
    read: (index, target, offset = 0) => target.set(pixels.subarray(index * stride, (index + 1) * stride), offset),
  };
}

interface ToPredict {
  readonly runtime: Runtime;
  readonly open: { readonly device: 'cpu' | 'webgpu' };
  readonly job: StudioTrainJob;
  readonly config: RunConfig;
  readonly size: NetworkSize;
  readonly prepared: PreparedImages;
  readonly bytes: Uint8Array;
}

/** As `lesionlab evaluate --split validation` does. */
async function predictValidation(
  { runtime, open, job, config, size, prepared, bytes }: ToPredict,
  { progress }: CallContext,
  pause: Gate,
): Promise<Predictions> {
  const { records, splits } = job.data;
  const { weights } = decodeSafetensors(bytes, 'best.safetensors');
  const network = { ...size, weights, batchSize: predictionBatchSize, takesMetadata: true };
  const classifier = await openClassifier(runtime, network, open);
  const indexOf = new Map(records.map(({ imageId }, index) => [imageId, index] as const));
  try {
    return await predictPrepared(classifier, {
      config,
      records: records.filter((_, i) => splits[i] === 'validation'),
      prepared,
      preparedIndex: (imageId) => indexOf.get(imageId)!,
      label: 'Predicting validation images',
      progress,
      signal: { aborted: false },
      pause,
    });
  } finally {
    await classifier.close();
  }
}

/** `Chrome 130`, where it says so. */
function describeBrowser(): string {
  const { userAgent } = navigator;
  const [, name, number] = /(Firefox|Edg|Chrome|Version)\/(\d+)/.exec(userAgent.replace(/Chrome(?=.*Edg)/, '')) ?? [];
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', Version: 'Safari' };
  return name ? `${names[name] ?? name} ${number}` : 'unknown browser';
}
