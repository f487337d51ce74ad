import type { Calibration, OutOfDistributionMetadata } from '../evaluation/index.js';
import { type Graph, toOnnx } from '../graph/index.js';
import { buildEvaluationGraph, type FeatureStatistics, type ModelDefinition } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import type { RunConfig } from '../training/config.js';
import { appendHeatMaps } from './heatMapOutput.js';

export const purposeNotice =
  'Research and education only. Not a medical device: nothing this model says is a diagnosis.';

/** Weights of a run with all that an exported model says of itself. */
export interface TrainedModel {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly config: RunConfig;
  /** Which of the run's checkpoints, and the epochs that went into it; null where it doesn't say. */
  readonly name: 'best' | 'last';
  readonly epoch: number | null;
  /** Of the checkpoint's file, in hexadecimal. */
  readonly sha256: string;
  /** Of lesionlab, which writes the file. */
  readonly version: string;
}

/**
 * The metadata of model.onnx: plain words where words do, JSON for the rest. These keys are a contract with programs that read
 * the file.
 */
export function modelMetadata(
  { config, name, epoch, sha256, version }: TrainedModel,
  certainty: Calibration | null = null,
  outOfDistribution: OutOfDistributionMetadata | null = null,
): Record<string, string> {
  const { data, preprocessing, recipe, model } = config;
  const optional = { dataLicence: data.licence, dataCitation: data.citation };
  return {
    lesionlab: version,
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
  readonly outOfDistribution?: (FeatureStatistics & OutOfDistributionMetadata) | null;
  /**
   * Also make the output of the layer that Grad-CAM looks at an output of the model, `activations`, and what Grad-CAM makes of it
   * for each class another one, `heat_maps`.
   */
  readonly gradCamLayer?: boolean;
}

/**
 * A checkpoint as an ONNX file: input `images` [batch, 3, S, S], normalised as the metadata's preprocessing says; outputs
 * `probabilities` and `logits` [batch, K], and where asked for `out_of_distribution` [batch], `activations` [batch, C, H, W]
 * and `heat_maps` [batch, K, H, W]. Any batch size.
 */
export function encodeModel(
  checkpoint: TrainedModel,
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
    const heatMaps = appendHeatMaps(graph, graph.outputs.get('logits')!, layer);
    graph.output('heat_maps', heatMaps);
    symbolicShapes.heat_maps = ['batch', ...heatMaps.shape.slice(1)];
    metadata.gradCamLayer = model.gradCamLayer;
  }
  return writeModel(graph, checkpoint, metadata, symbolicShapes);
}

/**
 * A checkpoint's network in 8-bit integers as an ONNX file: the same inputs, outputs and metadata as `encodeModel`'s, and
 * `quantisation`, `calibration` (JSON: images, and where they are from).
 * @param graph of `quantiseGraph` @param certainty of the network in floats, whose probabilities are nearly the same
 */
export function encodeInt8Model(
  checkpoint: TrainedModel,
  graph: Graph,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Uint8Array {
  return writeModel(graph, checkpoint, int8Metadata(checkpoint, calibration, certainty), interfaceShapes(checkpoint));
}

/** The metadata of model.int8.onnx. */
export const int8Metadata = (
  checkpoint: TrainedModel,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Record<string, string> => ({
  ...modelMetadata(checkpoint, certainty),
  quantisation: 'int8',
  calibration: JSON.stringify(calibration),
});

function interfaceShapes({ config }: Pick<TrainedModel, 'config'>): Record<string, (number | string)[]> {
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
  { model, config, version }: TrainedModel,
  metadata: Readonly<Record<string, string>>,
  symbolicShapes: Readonly<Record<string, readonly (number | string)[]>>,
): Uint8Array {
  return toOnnx(graph, {
    name: model.id,
    producerVersion: version,
    description: `${model.title}, trained with lesionlab on ${config.data.name}. ${purposeNotice}`,
    metadata,
    symbolicShapes,
  });
}
