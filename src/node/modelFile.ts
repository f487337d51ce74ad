import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ClassInfo } from '../data/dataset.js';
import type { Preprocessing } from '../data/preprocessing.js';
import { runError } from '../errors.js';
import type { Calibration, TestTimeAugmentation } from '../evaluation/index.js';
import { type Graph, toOnnx } from '../graph/index.js';
import { decodeMessage, type Message } from '../graph/protobuf.js';
import { buildEvaluationGraph } from '../models/index.js';
import { preprocessingSchema, recipe as recipeSchema } from '../training/config.js';
import type { Checkpoint } from './checkpointFile.js';
import { packageInfo } from './packageInfo.js';
import type { RunOutOfDistribution } from './runOutOfDistribution.js';

export const purposeNotice =
  'Research and education only. Not a medical device: nothing this model says is a diagnosis.';

/** An exported model with all that prediction needs to know: read from the file alone. */
export interface ModelFile {
  readonly path: string;
  /** The ONNX file. */
  readonly bytes: Uint8Array;
  /** In the order of the outputs. */
  readonly classes: readonly ClassInfo[];
  readonly preprocessing: Preprocessing;
  readonly testTimeAugmentation: TestTimeAugmentation;
  /** Model id, for example `lenet`. */
  readonly model: string;
  /** Whether it was trained on images that lesionlab drew itself. */
  readonly synthetic: boolean;
  /** `int8` where it computes in 8-bit integers; undefined where it computes in floats. */
  readonly quantisation?: 'int8';
  /** Of the probabilities that prediction with `testTimeAugmentation` gives; undefined where the run had none. */
  readonly certainty?: Calibration;
  /** Of its output `out_of_distribution`; undefined where it has none. */
  readonly outOfDistribution?: OutOfDistributionMetadata;
  /** Everything in the file's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What programs need to know to use the output `out_of_distribution`. */
export interface OutOfDistributionMetadata {
  /** An image whose number is above it is flagged. */
  readonly threshold: number;
  /** Images that the statistics in the graph are from. */
  readonly trainingImages: number;
}

/**
 * The metadata of model.onnx: plain words where words do, JSON for the rest. These keys are a contract with programs that read
 * the file.
 */
export function modelMetadata(
  { config, name, epoch, sha256 }: Checkpoint,
  certainty: Calibration | null = null,
  outOfDistribution: OutOfDistributionMetadata | null = null,
): Record<string, string> {
  const { data, preprocessing, recipe, model } = config;
  const optional = { dataLicence: data.licence, dataCitation: data.citation };
  return {
    lesionlab: packageInfo.version,
    model: model.id,
    classes: JSON.stringify(data.classes.map(({ id }) => id)),
    classNames: JSON.stringify(data.classes.map((entry) => entry.name)),
    malignant: JSON.stringify(data.classes.map(({ malignant }) => malignant ?? null)),
    preprocessing: JSON.stringify(preprocessing),
    testTimeAugmentation: recipe.evaluation.testTimeAugmentation,
    ...(certainty && { certainty: JSON.stringify(pickCertainty(certainty)) }),
    ...(outOfDistribution && { outOfDistribution: JSON.stringify(pickMetadata(outOfDistribution)) }),
    checkpoint: name,
    ...(epoch === null ? {} : { epoch: String(epoch) }),
    checkpointSha256: sha256,
    data: data.name,
    synthetic: String(data.synthetic),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    notice: purposeNotice,
  };
}

const pickCertainty = ({ temperature, conformal }: Calibration): Calibration => ({ temperature, conformal });

const pickMetadata = ({ threshold, trainingImages }: OutOfDistributionMetadata): OutOfDistributionMetadata => ({
  threshold,
  trainingImages,
});

export interface EncodeModelOptions {
  /** Temperature and thresholds of prediction sets, for the metadata. */
  readonly certainty?: Calibration | null;
  /** Also make how far an image is from the training images an output of the model, `out_of_distribution`. */
  readonly outOfDistribution?: RunOutOfDistribution | null;
  /** Also make the output of the layer that Grad-CAM looks at an output of the model, `activations`. */
  readonly gradCamLayer?: boolean;
}

/**
 * A checkpoint as an ONNX file: input `images` [batch, 3, S, S], normalised as the metadata's preprocessing says; outputs
 * `probabilities` and `logits` [batch, K], and where asked for `out_of_distribution` [batch]. Any batch size.
 */
export function encodeModelFile(
  checkpoint: Checkpoint,
  { gradCamLayer = false, certainty, outOfDistribution }: EncodeModelOptions = {},
): Uint8Array {
  const { model, weights, config } = checkpoint;
  const { imageSize } = config.preprocessing;
  const classCount = config.data.classes.length;
  const { graph, activations } = buildEvaluationGraph({
    model,
    weights,
    classCount,
    imageSize,
    batchSize: 1,
    outOfDistribution,
    // Nobody knows where the file will run: these operators are right on every device.
    target: 'webgpu',
  });
  const metadata = modelMetadata(checkpoint, certainty, outOfDistribution);
  const symbolicShapes = interfaceShapes(checkpoint);
  if (outOfDistribution) symbolicShapes.out_of_distribution = ['batch'];
  if (gradCamLayer) {
    const layer = activations.get(model.gradCamLayer)!;
    graph.output('activations', layer);
    symbolicShapes.activations = ['batch', ...layer.shape.slice(1)];
    metadata.gradCamLayer = model.gradCamLayer;
  }
  return writeModel(graph, checkpoint, metadata, symbolicShapes);
}

/**
 * A checkpoint's network in 8-bit integers as an ONNX file: the same inputs, outputs and metadata as `encodeModelFile`'s, and
 * `quantisation`, `calibration` (JSON: images, and where they are from).
 * @param graph of `quantiseGraph` @param certainty of the network in floats, whose probabilities are nearly the same
 */
export function encodeInt8ModelFile(
  checkpoint: Checkpoint,
  graph: Graph,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Uint8Array {
  return writeModel(graph, checkpoint, int8Metadata(checkpoint, calibration, certainty), interfaceShapes(checkpoint));
}

/** The metadata of model.int8.onnx. */
export const int8Metadata = (
  checkpoint: Checkpoint,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Record<string, string> => ({
  ...modelMetadata(checkpoint, certainty),
  quantisation: 'int8',
  calibration: JSON.stringify(calibration),
});

function interfaceShapes({ config }: Checkpoint): Record<string, (number | string)[]> {
  const { imageSize } = config.preprocessing;
  const classCount = config.data.classes.length;
  return {
    images: ['batch', 3, imageSize, imageSize],
    logits: ['batch', classCount],
    probabilities: ['batch', classCount],
  };
}

function writeModel(
  graph: Graph,
  { model, config }: Checkpoint,
  metadata: Readonly<Record<string, string>>,
  symbolicShapes: Readonly<Record<string, readonly (number | string)[]>>,
): Uint8Array {
  return toOnnx(graph, {
    name: model.id,
    producerVersion: packageInfo.version,
    description: `${model.title}, trained with lesionlab on ${config.data.name}. ${purposeNotice}`,
    metadata,
    symbolicShapes,
  });
}

const json = <T>(schema: z.ZodType<T>) =>
  z.string().transform((text, context): T => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON' });
      return z.NEVER;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues)
      context.addIssue({ code: 'custom', message: `${path.join('.')}: ${message}` });
    return z.NEVER;
  });

const calibrationShape = z.object({
  temperature: z.number().positive(),
  conformal: z.array(z.object({ level: z.number(), thresholds: z.array(z.number()), images: z.array(z.number()) })),
});

const metadataSchema = z.object({
  lesionlab: z.string(),
  model: z.string(),
  classes: json(z.array(z.string()).min(2)),
  classNames: json(z.array(z.string())),
  malignant: json(z.array(z.boolean().nullable())).optional(),
  preprocessing: json(preprocessingSchema),
  testTimeAugmentation: recipeSchema.shape.evaluation.shape.testTimeAugmentation.default('none'),
  synthetic: z.enum(['true', 'false']).default('false'),
  quantisation: z.literal('int8').optional(),
  certainty: json(calibrationShape).optional(),
  outOfDistribution: json(z.object({ threshold: z.number(), trainingImages: z.number() })).optional(),
});

/**
 * Reads an exported model and what its metadata says.
 * @throws LesionlabError kind `run` that names the file where it is missing, no ONNX model, or not one of lesionlab's
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw runError('no-model-file', `There is no file ${path}.`, { hint: exportHint, cause });
    throw runError('model-unreadable', `Cannot read ${path}: ${cause.message}`, { hint: exportHint, cause });
  });
  const message = decodeModel(path, bytes);
  const metadata: Record<string, string> = Object.fromEntries(
    message.metadata.map(({ key, value }: Message) => [key, value]),
  );
  if (metadata.lesionlab === undefined)
    throw runError(
      'foreign-model',
      `${path} is an ONNX model, but none that lesionlab exported: its metadata is missing.`,
      {
        hint: exportHint,
      },
    );
  const parsed = metadataSchema.safeParse(metadata);
  const faults = parsed.success
    ? [...checkClasses(parsed.data), ...checkInterface(message, parsed.data)]
    : parsed.error.issues.map(({ path: key, message }) => `${key.join('.')}: ${message}`);
  if (!parsed.success || faults.length > 0)
    throw runError('model-metadata', `The metadata of ${path} can't be used: ${faults[0]}.`, {
      details: faults,
      hint: `It was changed, or written by another version (${metadata.lesionlab}). ${exportHint}`,
    });
  const { classes, classNames, malignant, synthetic, ...rest } = parsed.data;
  return {
    path,
    bytes,
    ...rest,
    classes: classes.map((id, i) => ({ id, name: classNames[i], malignant: malignant?.[i] ?? undefined })),
    synthetic: synthetic === 'true',
    metadata,
  };
}

const exportHint = 'Expected a model.onnx that `lesionlab export <run>` wrote.';

function decodeModel(path: string, bytes: Uint8Array): Message {
  let message: Message;
  try {
    message = decodeMessage('Model', bytes);
  } catch (cause) {
    throw runError('model-damaged', `${path} is no complete ONNX model: ${(cause as Error).message}`, {
      hint: `The file may have been cut off. ${exportHint}`,
      cause,
    });
  }
  if (message.graph === undefined || !(message.irVersion > 0))
    throw runError('model-damaged', `${path} is no ONNX model: it holds no graph.`, { hint: exportHint });
  return message;
}

function checkClasses({ classes, classNames, malignant }: z.infer<typeof metadataSchema>): string[] {
  const lengths = [classes.length, classNames.length, malignant?.length ?? classes.length];
  return new Set(lengths).size === 1
    ? []
    : [`classes, classNames and malignant differ in length (${lengths.join(', ')})`];
}

/** What the graph takes and gives, against what its metadata says. */
function checkInterface(
  { graph }: Message,
  { classes, preprocessing, outOfDistribution }: z.infer<typeof metadataSchema>,
): string[] {
  const { imageSize } = preprocessing;
  const expected = {
    images: ['batch', 3, imageSize, imageSize],
    logits: ['batch', classes.length],
    probabilities: ['batch', classes.length],
    ...(outOfDistribution && { out_of_distribution: ['batch'] }),
  };
  return Object.entries(expected).flatMap(([name, shape]) => {
    const value = [...graph.inputs, ...graph.outputs].find((found: Message) => found.name === name);
    if (!value) return [`the graph has no ${name}`];
    const found = value.type?.tensorType?.shape?.dimensions?.map((side: Message) => side.parameter || side.value);
    return `${found}` === `${shape}` ? [] : [`${name} has shape [${found}], expected [${shape}]`];
  });
}
