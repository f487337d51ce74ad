import { z } from 'zod';
import type { TestTimeAugmentation } from '../../data/augmentation/views.js';
import type { ClassInfo } from '../../data/dataset.js';
import { type MetadataEncoding, metadataEncodingSchema, metadataWidth } from '../../data/preparation/metadataInput.js';
import { inputShape } from '../../data/preparation/networkInput.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { preprocessingSchema } from '../../data/preparation/preprocessingSchema.js';
import { runError } from '../../errors.js';
import { type ExternalFiles, inlineExternalData } from '../../graph/index.js';
import { dataTypes } from '../../graph/onnxSchema.js';
import { decodeMessage, type Message } from '../../graph/protobuf.js';
import { holdsImage } from '../../image/header/readImageHeader.js';
import { recipe as recipeSchema } from '../../training/recipe/config.js';
import type { Calibration } from '../certainty/evaluateCalibration.js';

/** An exported model with all that prediction needs to know: read from the file alone. */
export interface ExportedModel {
  /** Name of the file, for messages. */
  readonly file: string;
  /** The ONNX file, whole: weights that lay in a second file are in it. */
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
  /** The layer whose Grad-CAM is its output `heat_maps` [batch, K, H, W]; undefined where it has none. */
  readonly heatMapLayer?: string;
  /** What it is told of an image beside its pixels, by its input `metadata` [batch, width]; undefined where it has none. */
  readonly metadataInput?: MetadataEncoding;
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
  metadataInput: json(metadataEncodingSchema).optional(),
});

/**
 * Reads what an exported model's metadata says, and checks that the graph takes and gives what it should.
 * @param name of the file, for messages
 * @param files in which the model keeps weights, by the names that it has for them
 * @throws LesionlabError kind `run` that names the file where it is no ONNX model, or not one of lesionlab's, or where its weights lie in a file
 *   that isn't given
 */
export function readExportedModel(name: string, bytes: Uint8Array, files: ExternalFiles = new Map()): ExportedModel {
  const message = decodeModel(name, bytes);
  const metadata: Record<string, string> = Object.fromEntries(
    message.metadata.map(({ key, value }: Message) => [key, value]),
  );
  if (metadata.lesionlab === undefined)
    throw runError(
      'foreign-model',
      `${name} is an ONNX model, but none that lesionlab exported: its metadata is missing.`,
      {
        details: describeInterface(message),
        hint: `${exportHint} It has an input images [batch, 3, size, size], outputs logits and probabilities [batch, classes], and metadata that tells classes and preprocessing.`,
      },
    );
  const parsed = metadataSchema.safeParse(metadata);
  const faults = parsed.success
    ? [...checkClasses(parsed.data), ...checkInterface(message, parsed.data)]
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (!parsed.success || faults.length > 0)
    throw runError('model-metadata', `The metadata of ${name} can't be used: ${faults[0]}.`, {
      details: faults,
      hint: `It was changed, or written by another version (${metadata.lesionlab}). ${exportHint}`,
    });
  const { classes, classNames, malignant, synthetic, ...rest } = parsed.data;
  const heatMaps = message.graph.outputs.some((output: Message) => output.name === 'heat_maps');
  return {
    file: name,
    bytes: inlineExternalData(bytes, name, files),
    ...rest,
    ...(heatMaps && { heatMapLayer: metadata.gradCamLayer }),
    classes: classes.map((id, i) => ({ id, name: classNames[i], malignant: malignant?.[i] ?? undefined })),
    synthetic: synthetic === 'true',
    metadata,
  };
}

/**
 * Whether an ONNX file was written by lesionlab, which its metadata says.
 * @throws LesionlabError kind `run` where it is no ONNX model
 */
export const isExportedModel = (name: string, bytes: Uint8Array): boolean =>
  decodeModel(name, bytes).metadata.some(({ key }: Message) => key === 'lesionlab');

export const exportHint = 'Expected a model.onnx that `lesionlab export <run>` wrote.';

function decodeModel(name: string, bytes: Uint8Array): Message {
  if (holdsImage(bytes))
    throw runError('model-damaged', `${name} is an image, and was given as a model.`, { hint: exportHint });
  let message: Message;
  try {
    message = decodeMessage('Model', bytes);
  } catch (cause) {
    throw runError('model-damaged', `${name} is no complete ONNX model.`, {
      details: [(cause as Error).message],
      hint: `The file may have been cut off. ${exportHint}`,
      cause,
    });
  }
  if (message.graph === undefined || !(message.irVersion > 0))
    throw runError('model-damaged', `${name} is no ONNX model: it holds no graph.`, { hint: exportHint });
  return message;
}

function checkClasses({ classes, classNames, malignant }: z.infer<typeof metadataSchema>): string[] {
  const lengths = [classes.length, classNames.length, malignant?.length ?? classes.length];
  return new Set(lengths).size === 1
    ? []
    : [`classes, classNames and malignant differ in length (${lengths.join(', ')})`];
}

const shapeOf = (value: Message): (string | number)[] =>
  value.type?.tensorType?.shape?.dimensions?.map((side: Message) => side.parameter || (side.value ?? '?')) ?? [];

/** What a model of somebody else takes and gives, so that its owner knows it again. */
function describeInterface({ producerName, producerVersion, graph }: Message): string[] {
  const constants = new Set(graph.initializers.map(({ name }: Message) => name));
  const list = (values: readonly Message[]) =>
    values
      .filter(({ name }) => !constants.has(name))
      .slice(0, 6)
      .map((value) => `${value.name} [${shapeOf(value).join(', ')}]`)
      .join(', ') || 'nothing';
  const producer = [producerName, producerVersion].filter(Boolean).join(' ');
  return [
    ...(producer ? [`written by ${producer}`] : []),
    `takes ${list(graph.inputs)}`,
    `gives ${list(graph.outputs)}`,
  ];
}

/** What the graph takes and gives, against what its metadata says. */
function checkInterface(
  { graph }: Message,
  { classes, preprocessing, outOfDistribution, metadataInput }: z.infer<typeof metadataSchema>,
): string[] {
  const expected = {
    images: inputShape(preprocessing, 'batch'),
    logits: ['batch', classes.length],
    probabilities: ['batch', classes.length],
    ...(outOfDistribution && { out_of_distribution: ['batch'] }),
    ...(metadataInput && { metadata: ['batch', metadataWidth(metadataInput)] }),
  };
  return Object.entries(expected).flatMap(([name, shape]) => {
    const value = [...graph.inputs, ...graph.outputs].find((found: Message) => found.name === name);
    if (!value) return [`the graph has no ${name}`];
    const found = shapeOf(value);
    if (`${found}` !== `${shape}`) return [`${name} has shape [${found}], expected [${shape}]`];
    return value.type.tensorType.elementType === dataTypes.float32 ? [] : [`${name} is not of float32 numbers`];
  });
}
