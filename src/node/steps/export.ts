import { normaliseImage } from '../../data/batches.js';
import { LesionlabError, runError } from '../../errors.js';
import { classifierFromSession, openClassifier } from '../../models/index.js';
import { Random } from '../../random.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type Checkpoint, type CheckpointName, loadCheckpoint } from '../checkpointFile.js';
import { type EncodeModelOptions, encodeModelFile, modelMetadata } from '../modelFile.js';
import { readCalibration } from '../runCalibration.js';
import { type OpenRunDataOptions, openRunData } from '../runData.js';
import { openRunFolder, type RunFolder } from '../runFolder.js';
import { type RunOutOfDistribution, readOutOfDistribution } from '../runOutOfDistribution.js';
import type { StepContext } from '../stepContext.js';
import { writeFileWhole } from '../writeFile.js';

export interface ExportStepOptions extends OpenRunDataOptions, EncodeModelOptions {
  /** Run folder. */
  readonly run: string;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
}

export interface ExportStepResult {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly check: {
    readonly images: number;
    /** What images the model was tried on. */
    readonly source: 'validation images' | 'random pixels';
    /** Largest difference of a probability between the file and the checkpoint. */
    readonly maxDifference: number;
    /** Largest relative difference of an out-of-distribution score; null where the run has no such scores. */
    readonly maxScoreDifference: number | null;
  };
}

/** Images that the file is tried on. */
const checkImages = 24;
/** Batch sizes that they are given in: the file must take any. */
const checkBatches = [1, 7, 16];
const tolerance = 1e-5;
/** Of scores, relative: sums of squares in float32. */
const scoreTolerance = 1e-3;

/**
 * Writes model.onnx and makes sure that it gives the checkpoint's probabilities, at several batch sizes, on validation images
 * (random pixels where the data is gone). A model that fails the check is not written.
 * @throws LesionlabError kind `run` where the run can't be used or the check fails
 */
export async function exportStep(context: StepContext, options: ExportStepOptions): Promise<ExportStepResult> {
  const folder = await openRunFolder(options.run);
  const checkpoint = await loadCheckpoint(folder, options.checkpoint ?? 'best');
  const certainty = await readCalibration(folder, checkpoint);
  const outOfDistribution = await readOutOfDistribution(folder, checkpoint);
  const bytes = encodeModelFile(checkpoint, { ...options, certainty, outOfDistribution });
  const { images, count, source } = await imagesToTry(context, folder, checkpoint, options);
  const { maxDifference, maxScoreDifference } = await compare(
    context,
    checkpoint,
    outOfDistribution,
    bytes,
    images,
    count,
  );
  if (!(maxDifference <= tolerance))
    throw runError(
      'export-check',
      `The exported model differs from ${checkpoint.path} by ${maxDifference} in a probability; at most ${tolerance} is allowed. Nothing was written.`,
      { hint: 'Please report this; the run itself is not affected.' },
    );
  if (maxScoreDifference !== null && !(maxScoreDifference <= scoreTolerance))
    throw runError(
      'export-check',
      `The exported model differs from ${checkpoint.path} by ${maxScoreDifference} of an out-of-distribution score; at most ${scoreTolerance} is allowed. Nothing was written.`,
      { hint: 'Please report this; the run itself is not affected.' },
    );
  await writeFileWhole(folder.model, bytes);
  return {
    path: folder.model,
    bytes: bytes.length,
    metadata: modelMetadata(checkpoint, certainty, outOfDistribution),
    check: { images: count, source, maxDifference, maxScoreDifference },
  };
}

async function imagesToTry(
  context: StepContext,
  folder: RunFolder,
  { config }: Checkpoint,
  options: OpenRunDataOptions,
): Promise<{ images: Float32Array; count: number; source: ExportStepResult['check']['source'] }> {
  const { preprocessing, seed } = config;
  const random = new Random(seed, 'export-check');
  const pixels = new Uint8Array(preprocessing.imageSize ** 2 * 3);
  const images = new Float32Array(checkImages * pixels.length);
  try {
    const data = await openRunData(context, folder, options);
    try {
      const { validation, train } = data.splits;
      const records = random.shuffle([...(validation.length > 0 ? validation : train)]).slice(0, checkImages);
      for (const [i, { imageId }] of records.entries()) {
        data.prepared.read(data.preparedIndex(imageId), pixels);
        normaliseImage(pixels, preprocessing, images, i * pixels.length);
      }
      const count = records.length;
      return { images: images.subarray(0, count * pixels.length), count, source: 'validation images' };
    } finally {
      await data.close();
    }
  } catch (error) {
    // The run folder alone is enough to export from.
    if (!(error instanceof LesionlabError) || error.kind !== 'data') throw error;
    context.progress.note(`${error.message} The exported model is tried on random pixels instead.`);
    for (let i = 0; i < checkImages; i++) {
      for (let j = 0; j < pixels.length; j++) pixels[j] = random.integer(256);
      normaliseImage(pixels, preprocessing, images, i * pixels.length);
    }
    return { images, count: checkImages, source: 'random pixels' };
  }
}

/** Largest differences between what the file and the checkpoint give. NaN counts as infinite. */
async function compare(
  { threads }: StepContext,
  { model, weights, config }: Checkpoint,
  outOfDistribution: RunOutOfDistribution | null,
  bytes: Uint8Array,
  images: Float32Array,
  count: number,
): Promise<{ maxDifference: number; maxScoreDifference: number | null }> {
  const { imageSize } = config.preprocessing;
  const classCount = config.data.classes.length;
  const size = { classCount, imageSize };
  const pixels = 3 * imageSize * imageSize;
  const reference = await openClassifier(
    nodeRuntime,
    { ...size, model, weights, batchSize: count, outOfDistribution },
    { threads },
  );
  const session = await nodeRuntime.open(bytes, { threads });
  try {
    const { probabilities: expected, outOfDistribution: expectedScores } = await reference.classify(images);
    let largest = 0;
    let largestOfScores = 0;
    for (const batchSize of checkBatches) {
      if (batchSize > count) continue;
      const exported = classifierFromSession(session, { ...size, batchSize });
      for (let first = 0; first + batchSize <= count; first += batchSize) {
        const found = await exported.classify(images.subarray(first * pixels, (first + batchSize) * pixels));
        for (let i = 0; i < batchSize * classCount; i++) {
          const difference = Math.abs(found.probabilities[i] - expected[first * classCount + i]);
          largest = Math.max(largest, orInfinity(difference));
        }
        if (!expectedScores) continue;
        for (let i = 0; i < batchSize; i++) {
          const score = expectedScores[first + i];
          const difference = Math.abs((found.outOfDistribution?.[i] ?? Number.NaN) - score) / Math.max(score, 1e-6);
          largestOfScores = Math.max(largestOfScores, orInfinity(difference));
        }
      }
    }
    return { maxDifference: largest, maxScoreDifference: expectedScores ? largestOfScores : null };
  } finally {
    await reference.close();
    await session.close();
  }
}

const orInfinity = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
