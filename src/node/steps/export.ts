import { normaliseImage } from '../../data/augmentation/batches.js';
import { encodeMetadata, type MetadataEncoding } from '../../data/preparation/metadataInput.js';
import { LesionlabError, runError } from '../../errors.js';
import { classifyImages } from '../../evaluation/answers/classifyImages.js';
import { averageProbabilities } from '../../evaluation/predictions/averagePredictions.js';
import { fittingKey } from '../../image/fitImage.js';
import { classifierFromSession } from '../../models/evaluationGraph.js';
import { openClassifier } from '../../models/index.js';
import { Random } from '../../random.js';
import { nodeRuntime } from '../../runtime/node.js';
import { writeFileWhole } from '../files/writeFile.js';
import type { StepContext } from '../machine/stepContext.js';
import {
  type EncodeModelOptions,
  encodeModelFile,
  modelMetadata,
  sharedAugmentation,
} from '../prediction/encodeModelFile.js';
import { readCalibration } from '../prediction/runCalibration.js';
import { type RunOutOfDistribution, readOutOfDistribution } from '../prediction/runOutOfDistribution.js';
import type { CheckpointName } from '../run/checkpointFile.js';
import { holdRun } from '../run/holdRun.js';
import { type OpenRunDataOptions, openRunData } from '../run/runData.js';
import type { RunFolder } from '../run/runFolder.js';
import { loadRunModel, type ModelMember, type RunModel } from '../run/runModel.js';

/** Which run is exported, and what goes into the file. */
export interface ExportStepOptions extends OpenRunDataOptions, EncodeModelOptions {
  /** Run folder. */
  readonly run: string;
  /** Default `best`. */
  readonly checkpoint?: CheckpointName;
}

/** The file that was written, and how far it agrees with the run. */
export interface ExportStepResult {
  readonly path: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly check: {
    readonly images: number;
    /** What images the model was tried on. */
    readonly source: 'validation images' | 'random pixels';
    /** Largest difference of a probability between the file and the run. */
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
 * Writes model.onnx and makes sure that it gives the run's probabilities, at several batch sizes, on validation images
 * (random pixels where the data is gone). A model that fails the check is not written.
 * @throws LesionlabError kind `run` where the run can't be used, members of an ensemble take other sizes of images, or the check fails
 */
export async function exportStep(context: StepContext, options: ExportStepOptions): Promise<ExportStepResult> {
  return await holdRun(context, options.run, 'export', (folder) => exportHeld(context, folder, options));
}

async function exportHeld(
  context: StepContext,
  folder: RunFolder,
  options: ExportStepOptions,
): Promise<ExportStepResult> {
  const model = await loadRunModel(folder, options.checkpoint);
  requireOneInput(model);
  const untold = untoldColumns(model);
  if (untold.length > 0) context.progress.note(describeUntold(untold));
  // Fitted on answers that were told, it is not that of a file that can't be.
  const certainty = untold.length > 0 ? null : await readCalibration(folder, model);
  const outOfDistribution = await readOutOfDistribution(folder, model.lead);
  const bytes = encodeModelFile(model, { ...options, certainty, outOfDistribution });
  const { images, source } = await imagesToTry(context, folder, model, options);
  const { maxDifference, maxScoreDifference } = await compare(context, model, outOfDistribution, bytes, images);
  if (!(maxDifference <= tolerance))
    throw runError(
      'export-check',
      `The exported model differs from ${folder.path} by ${maxDifference} in a probability; at most ${tolerance} is allowed. Nothing was written.`,
      { hint: 'Please report this; the run itself is not affected.' },
    );
  if (maxScoreDifference !== null && !(maxScoreDifference <= scoreTolerance))
    throw runError(
      'export-check',
      `The exported model differs from ${folder.path} by ${maxScoreDifference} of an out-of-distribution score; at most ${scoreTolerance} is allowed. Nothing was written.`,
      { hint: 'Please report this; the run itself is not affected.' },
    );
  await writeFileWhole(folder.model, bytes);
  return {
    path: folder.model,
    bytes: bytes.length,
    metadata: modelMetadata(model, certainty, outOfDistribution),
    check: { images: images.length, source, maxDifference, maxScoreDifference },
  };
}

/** Columns that members of an ensemble are told and that its file has no input for: each member has its own encoding. */
const untoldColumns = ({ members }: RunModel): string[] =>
  members.length === 1
    ? []
    : [
        ...new Set(
          members.flatMap(({ checkpoint: { model } }) => model.metadata?.columns.map(({ name }) => name) ?? []),
        ),
      ];

const describeUntold = (names: readonly string[]) =>
  `The file of an ensemble takes images alone: its networks answer as if nothing were known of ${names.join(', ')}, and not as the run was evaluated. Temperature and prediction sets, which are of answers with it, are left out of the file.`;

/** @throws LesionlabError kind `run` where an ensemble's members see images at other sizes: a file takes one */
function requireOneInput({ members }: RunModel): void {
  const [first, ...others] = members;
  const inputOf = ({ checkpoint: { config } }: ModelMember) =>
    `${fittingKey(config.preprocessing)} px${config.preprocessing.channelOrder === 'bgr' ? ', blue first' : ''}`;
  const words = (member: ModelMember) => `${member.folder.path} (${inputOf(member)})`;
  const other = others.find((member) => inputOf(member) !== inputOf(first));
  if (!other) return;
  throw runError(
    'ensemble-sizes',
    `A model file takes images prepared in one way, and the members differ: ${words(first)}, ${words(other)}. Made smaller twice, an image gives other numbers than made smaller once.`,
    {
      hint: 'Export the members one by one, or make an ensemble of networks with the same --image-size and --fit. Everything else takes this ensemble as it is.',
      details: members.map(words),
    },
  );
}

async function imagesToTry(
  context: StepContext,
  folder: RunFolder,
  { config }: RunModel,
  options: OpenRunDataOptions,
): Promise<{ images: readonly Uint8Array[]; source: ExportStepResult['check']['source'] }> {
  const { preprocessing, seed } = config;
  const random = new Random(seed, 'export-check');
  const pixels = preprocessing.imageSize ** 2 * 3;
  try {
    const data = await openRunData(context, folder, options);
    try {
      const { validation, train } = data.splits;
      const records = random.shuffle([...(validation.length > 0 ? validation : train)]).slice(0, checkImages);
      const images = records.map(({ imageId }) => {
        const image = new Uint8Array(pixels);
        data.prepared.read(data.preparedIndex(imageId), image);
        return image;
      });
      return { images, source: 'validation images' };
    } finally {
      await data.close();
    }
  } catch (error) {
    // The run folder alone is enough to export from.
    if (!(error instanceof LesionlabError) || error.kind !== 'data') throw error;
    context.progress.note(`${error.message} The exported model is tried on random pixels instead.`);
    const images = Array.from({ length: checkImages }, () =>
      Uint8Array.from({ length: pixels }, () => random.integer(256)),
    );
    return { images, source: 'random pixels' };
  }
}

const normaliseAll = (
  images: readonly Uint8Array[],
  preprocessing: RunModel['config']['preprocessing'],
): Float32Array => {
  const all = new Float32Array(images.length * images[0].length);
  images.forEach((image, i) => {
    normaliseImage(image, preprocessing, all, i * image.length);
  });
  return all;
};

/** Made-up metadata to try a network with: every second image has some, each value in its turn. @returns [count, width]; undefined where it is told none */
function exampleMetadata(encoding: MetadataEncoding | undefined, count: number): Float32Array | undefined {
  if (!encoding) return undefined;
  const rows = Array.from({ length: count }, (_, i) =>
    encodeMetadata(
      encoding,
      i % 2 === 0
        ? {}
        : Object.fromEntries(
            encoding.columns.map((column) => [
              column.name,
              column.kind === 'number' ? column.mean + i * column.std : column.values[i % column.values.length],
            ]),
          ),
    ),
  );
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

interface Answers {
  readonly probabilities: Float32Array;
  readonly outOfDistribution: Float32Array | undefined;
}

/** What the members' own graphs give, put together here: augmented where the file augments, too. */
async function expectedAnswers(
  { threads }: StepContext,
  { members, lead, config }: RunModel,
  outOfDistribution: RunOutOfDistribution | null,
  images: readonly Uint8Array[],
): Promise<Answers> {
  const inFile = sharedAugmentation(members) === null;
  const parts: Float32Array[] = [];
  let scores: Float32Array | undefined;
  for (const { checkpoint } of members) {
    const { model, weights, config: own } = checkpoint;
    const { imageSize } = own.preprocessing;
    const size = { classCount: config.data.classes.length, imageSize, batchSize: images.length };
    const statistics = checkpoint === lead ? outOfDistribution : null;
    const classifier = await openClassifier(
      nodeRuntime,
      { ...size, model, weights, outOfDistribution: statistics, takesMetadata: members.length === 1 },
      { threads },
    );
    try {
      const batch = normaliseAll(images, own.preprocessing);
      const told = members.length === 1 ? exampleMetadata(model.metadata, images.length) : undefined;
      if (statistics) scores = (await classifier.classify(batch)).outOfDistribution?.slice();
      const views = inFile ? own.recipe.evaluation.testTimeAugmentation : 'none';
      const telling = { ...classifier, classify: (view: Float32Array) => classifier.classify(view, told) };
      parts.push((await classifyImages(telling, batch, own.preprocessing, views)).slice());
    } finally {
      await classifier.close();
    }
  }
  const weights = members.map(({ weight }) => weight);
  return { probabilities: averageProbabilities(parts, weights), outOfDistribution: scores };
}

/** Largest differences between what the file and the run give. NaN counts as infinite. */
async function compare(
  context: StepContext,
  model: RunModel,
  outOfDistribution: RunOutOfDistribution | null,
  bytes: Uint8Array,
  images: readonly Uint8Array[],
): Promise<{ maxDifference: number; maxScoreDifference: number | null }> {
  const { preprocessing, data } = model.config;
  const { imageSize } = preprocessing;
  const classCount = data.classes.length;
  const expected = await expectedAnswers(context, model, outOfDistribution, images);
  const batch = normaliseAll(images, preprocessing);
  const pixels = 3 * imageSize * imageSize;
  const told = model.members.length === 1 ? exampleMetadata(model.lead.model.metadata, images.length) : undefined;
  const session = await nodeRuntime.open(bytes, { threads: context.threads });
  try {
    let largest = 0;
    let largestOfScores = 0;
    for (const batchSize of checkBatches) {
      if (batchSize > images.length) continue;
      const exported = classifierFromSession(session, {
        classCount,
        imageSize,
        batchSize,
        model: told && model.lead.model,
      });
      for (let first = 0; first + batchSize <= images.length; first += batchSize) {
        const rows = told?.subarray(
          (first * told.length) / images.length,
          ((first + batchSize) * told.length) / images.length,
        );
        const found = await exported.classify(batch.subarray(first * pixels, (first + batchSize) * pixels), rows);
        for (let i = 0; i < batchSize * classCount; i++) {
          const difference = Math.abs(found.probabilities[i] - expected.probabilities[first * classCount + i]);
          largest = Math.max(largest, orInfinity(difference));
        }
        if (!expected.outOfDistribution) continue;
        for (let i = 0; i < batchSize; i++) {
          const score = expected.outOfDistribution[first + i];
          const difference = Math.abs((found.outOfDistribution?.[i] ?? Number.NaN) - score) / Math.max(score, 1e-6);
          largestOfScores = Math.max(largestOfScores, orInfinity(difference));
        }
      }
    }
    return { maxDifference: largest, maxScoreDifference: expected.outOfDistribution ? largestOfScores : null };
  } finally {
    await session.close();
  }
}

const orInfinity = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
