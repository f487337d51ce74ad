import { makeBatch, normaliseImage, planEvaluationBatches } from '../../data/augmentation/batches.js';
import type { ImageRecord } from '../../data/dataset.js';
import { dataError, interruptedError, runError, usageError } from '../../errors.js';
import { evaluatePredictions } from '../../evaluation/evaluate.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { Graph } from '../../graph/index.js';
import { classifierFromSession } from '../../models/evaluationGraph.js';
import { buildEvaluationGraph } from '../../models/index.js';
import { calibrate } from '../../models/quantise/calibrate.js';
import { quantiseGraph } from '../../models/quantise/quantiseGraph.js';
import { Random } from '../../random.js';
import type { Session } from '../../runtime/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import { encodeInt8ModelFile, encodeModelFile, int8Metadata } from '../prediction/encodeModelFile.js';
import { pause, predictionBatchSize } from '../prediction/predictionBatches.js';
import { predictRecords, predictWith } from '../prediction/predictRecords.js';
import { readCalibration } from '../prediction/runCalibration.js';
import { type Checkpoint, type CheckpointName, loadCheckpoint } from '../run/checkpointFile.js';
import { holdRun } from '../run/holdRun.js';
import { type OpenRunDataOptions, openRunData, type RunData } from '../run/runData.js';
import type { RunFolder } from '../run/runFolder.js';
import { type RunModel, singleModel } from '../run/runModel.js';

/** Which run is exported in 8-bit integers. */
export interface ExportInt8StepOptions extends OpenRunDataOptions {
  /** Run folder. */
  readonly run: string;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
  /** Validation images that show how large activations get; all where there are fewer. Default 256. */
  readonly calibrationImages?: number;
}

/** One of the two networks on the validation split. */
export interface ArithmeticResult {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** Size of the ONNX file. */
  readonly bytes: number;
  /** For predicting the validation split, reading it included. */
  readonly seconds: number;
}

/** The file that was written, and what 8-bit integers cost. */
export interface ExportInt8StepResult {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly calibration: { readonly images: number; readonly split: 'validation' };
  /** On the validation split, augmented as the run's recipe says. */
  readonly validation: {
    readonly images: number;
    readonly float32: ArithmeticResult;
    readonly int8: ArithmeticResult;
    /** float32 less int8: above 0 where integers do worse. */
    readonly loss: { readonly accuracy: number; readonly balancedAccuracy: number };
    /** Images whose most probable class is another one than in floats. */
    readonly changed: number;
    /** Largest difference of a probability. */
    readonly maxDifference: number;
  };
}

const calibrationBatch = 16;

/**
 * Writes model.int8.onnx: the network in 8-bit integers, calibrated on the validation split. Before it is written, the file is run on the whole
 * validation split, beside the floats; one that gives no probabilities, or others in other batches, is not written.
 * @throws LesionlabError kind `usage` where the network has no integer form or is told metadata, `run` where the run can't be used or the check fails, `data` where the data is gone or there is no validation
 *   split, `interrupted`
 */
export async function exportInt8Step(
  context: StepContext,
  options: ExportInt8StepOptions,
): Promise<ExportInt8StepResult> {
  return await holdRun(context, options.run, 'export --int8', (folder) => exportHeld(context, folder, options));
}

async function exportHeld(
  context: StepContext,
  folder: RunFolder,
  options: ExportInt8StepOptions,
): Promise<ExportInt8StepResult> {
  const checkpoint = await loadCheckpoint(folder, options.checkpoint ?? 'best');
  refuseTold(checkpoint);
  const model = singleModel(folder, checkpoint);
  const data = await openRunData(context, folder, options);
  try {
    const records = data.splits.validation;
    if (records.length === 0)
      throw dataError('no-validation', 'The run has no validation images, which calibration needs.', {
        hint: 'Train a run with a validation split, or export floats without --int8.',
      });
    const sample = new Random(checkpoint.config.seed, 'int8-calibration')
      .shuffle([...records])
      .slice(0, options.calibrationImages ?? 256);
    const graph = await quantise(context, checkpoint, data, sample);
    const calibration = { images: sample.length, split: 'validation' as const };
    const certainty = await readCalibration(folder, model);
    const bytes = encodeInt8ModelFile(model, graph, calibration, certainty);
    const validation = await compare(context, model, data, records, bytes);
    await writeFileWhole(folder.int8Model, bytes);
    return {
      path: folder.int8Model,
      metadata: int8Metadata(model, calibration, certainty),
      calibration,
      validation,
    };
  } finally {
    await data.close();
  }
}

/** @throws LesionlabError kind `usage` for a network that is told more than pixels: its table goes past the layers that images go through */
function refuseTold({ model }: Checkpoint): void {
  if (!model.metadata) return;
  throw usageError(
    'no-int8',
    `This network can't be put into 8-bit integers: it is told more of an image than its pixels (${model.metadata.columns.map(({ name }) => name).join(', ')}).`,
    { hint: { terminal: 'Export it in floats, without --int8.', page: 'Export it in floats.' } },
  );
}

async function quantise(
  { progress, signal, threads }: StepContext,
  { model, weights, config }: Checkpoint,
  data: RunData,
  records: readonly ImageRecord[],
): Promise<Graph> {
  const { preprocessing } = config;
  const batchSize = Math.min(calibrationBatch, records.length);
  const network = {
    model,
    weights,
    classCount: config.data.classes.length,
    imageSize: preprocessing.imageSize,
    batchSize,
  };
  const source = {
    images: data.prepared,
    indices: records.map(({ imageId }) => data.preparedIndex(imageId)),
    labels: records.map(({ label }) => label),
    preprocessing,
    seed: 0,
  };
  const task = progress.start('Calibrating on validation images', records.length);
  async function* batches() {
    const plan = planEvaluationBatches({ count: records.length, batchSize });
    for (let step = 0; step < plan.steps; step++) {
      await pause();
      if (signal.aborted) throw interruptedError('Interrupted while calibrating; nothing was written.');
      yield makeBatch(source, plan.batchRows(step)).images;
      task.update(Math.min(records.length, (step + 1) * batchSize));
    }
  }
  try {
    const ranges = await calibrate(nodeRuntime, network, batches(), { threads });
    return quantiseGraph(buildEvaluationGraph(network).graph, ranges);
  } finally {
    task.end();
  }
}

async function compare(
  context: StepContext,
  model: RunModel,
  data: RunData,
  records: readonly ImageRecord[],
  bytes: Uint8Array,
): Promise<ExportInt8StepResult['validation']> {
  const cpu = { ...context, device: 'cpu' } as const;
  const float = await timed(() => predictRecords(cpu, model, data, records, 'Predicting in float32'));
  const int8 = await timed(() => predictFile(context, model.lead, data, records, bytes));
  const of = ({ predictions, seconds }: Timed, size: number): ArithmeticResult => {
    const { accuracy, balancedAccuracy } = evaluatePredictions(predictions, {
      split: 'validation',
      seed: context.seed,
      resamples: 0,
    });
    return { accuracy, balancedAccuracy, bytes: size, seconds };
  };
  const results = {
    float32: of(float, encodeModelFile(model).length),
    int8: of(int8, bytes.length),
  };
  return {
    images: records.length,
    ...results,
    loss: {
      accuracy: results.float32.accuracy - results.int8.accuracy,
      balancedAccuracy: results.float32.balancedAccuracy - results.int8.balancedAccuracy,
    },
    ...differences(float.predictions, int8.predictions),
  };
}

interface Timed {
  readonly predictions: Predictions;
  readonly seconds: number;
}

async function timed(predict: () => Promise<Predictions>): Promise<Timed> {
  const start = performance.now();
  const predictions = await predict();
  return { predictions, seconds: Number(((performance.now() - start) / 1000).toFixed(3)) };
}

function differences(float: Predictions, int8: Predictions): { changed: number; maxDifference: number } {
  const classes = float.classes.length;
  let maxDifference = 0;
  let changed = 0;
  for (let first = 0; first < float.probabilities.length; first += classes) {
    let winners = [0, 0];
    for (let k = 0; k < classes; k++) {
      const [a, b] = [float.probabilities, int8.probabilities];
      maxDifference = Math.max(maxDifference, Math.abs(a[first + k] - b[first + k]));
      winners = [a, b].map((p, i) => (p[first + k] > p[first + winners[i]] ? k : winners[i]));
    }
    if (winners[0] !== winners[1]) changed += 1;
  }
  return { changed, maxDifference };
}

/** Predicts with the file's bytes as a program would that has only the file, and tries other batch sizes. */
async function predictFile(
  context: StepContext,
  { config }: Checkpoint,
  data: RunData,
  records: readonly ImageRecord[],
  bytes: Uint8Array,
): Promise<Predictions> {
  const session = await nodeRuntime.open(bytes, { threads: context.threads });
  try {
    const { imageSize } = config.preprocessing;
    const size = { classCount: config.data.classes.length, imageSize };
    const classifier = classifierFromSession(session, { ...size, batchSize: predictionBatchSize });
    const found = await predictWith(classifier, context, config, data, records, 'Predicting in int8');
    await checkBatches(session, size, data, config, records);
    return found;
  } finally {
    await session.close();
  }
}

/** Images that the file is given in batches of several sizes: it must take any, and give an image the same answer in each. */
const checkImages = 14;
const checkBatchSizes = [1, 7, 14];
/** Integers are exact; only the softmax at the end rounds. */
const tolerance = 1e-5;

async function checkBatches(
  session: Session,
  size: { readonly classCount: number; readonly imageSize: number },
  data: RunData,
  { preprocessing }: RunConfig,
  records: readonly ImageRecord[],
): Promise<void> {
  const pixels = new Uint8Array(preprocessing.imageSize ** 2 * 3);
  const images = new Float32Array(checkImages * pixels.length);
  for (let i = 0; i < checkImages; i++) {
    data.prepared.read(data.preparedIndex(records[i % records.length].imageId), pixels);
    normaliseImage(pixels, preprocessing, images, i * pixels.length);
  }
  const answers: Float32Array[] = [];
  for (const batchSize of checkBatchSizes) {
    const classifier = classifierFromSession(session, { ...size, batchSize });
    const all = new Float32Array(checkImages * size.classCount);
    for (let first = 0; first < checkImages; first += batchSize) {
      const part = images.subarray(first * pixels.length, (first + batchSize) * pixels.length);
      all.set((await classifier.classify(part)).probabilities, first * size.classCount);
    }
    answers.push(all);
  }
  const [single, ...others] = answers;
  const largest = Math.max(
    ...others.map((all) => all.reduce((max, p, i) => Math.max(max, Math.abs(p - single[i])), 0)),
  );
  if (!(largest <= tolerance))
    throw runError(
      'export-check',
      `The int8 model's probabilities of an image depend on the batch it is in, by ${largest}; at most ${tolerance} is allowed. Nothing was written.`,
      { hint: 'Please report this, with what `lesionlab doctor` says; the run itself is not affected.' },
    );
}
