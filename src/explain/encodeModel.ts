import type { TestTimeAugmentation } from '../data/augmentation/views.js';
import { metadataWidth } from '../data/preparation/metadataInput.js';
import { inputStatistics } from '../data/preparation/networkInput.js';
import { usageError } from '../errors.js';
import type { OutOfDistributionMetadata } from '../evaluation/answers/exportedModel.js';
import type { Calibration } from '../evaluation/certainty/evaluateCalibration.js';
import { type Graph, toOnnx } from '../graph/index.js';
import { buildEnsembleGraph } from '../models/ensembleGraph.js';
import { requireGradients } from '../models/foreign/frozenModel.js';
import { buildEvaluationGraph, type FeatureStatistics, type ModelDefinition } from '../models/index.js';
import type { Weights } from '../nn/index.js';
import type { RunConfig } from '../training/recipe/config.js';
import type { NetworkConfig } from '../training/recipe/ensembleConfig.js';
import { appendHeatMaps } from './heatMapOutput.js';
import { mapLayout } from './mapLayout.js';
import { purposeNotice } from './purposeNotice.js';

/** A trained network with what its file says of it. */
export interface TrainedNetwork {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly config: RunConfig;
  /** Which of the run's checkpoints, and the epochs that went into it; null where it doesn't say. */
  readonly name: 'best' | 'last';
  readonly epoch: number | null;
  /** Of the checkpoint's file, in hexadecimal. */
  readonly sha256: string;
}

/** One network, or several whose weighted mean is the answer, with all that an exported model says of itself. */
export interface ModelToEncode {
  readonly config: NetworkConfig;
  readonly name: 'best' | 'last' | 'ensemble';
  readonly epoch: number | null;
  readonly sha256: string;
  /** At least one; the weights sum to 1. */
  readonly members: readonly { readonly checkpoint: TrainedNetwork; readonly weight: number }[];
  /** The member with the largest weight. */
  readonly lead: TrainedNetwork;
}

/** A single network in the form that is encoded. */
export function encodeAlone(checkpoint: TrainedNetwork): ModelToEncode {
  const { config, name, epoch, sha256 } = checkpoint;
  return { config, name, epoch, sha256, members: [{ checkpoint, weight: 1 }], lead: checkpoint };
}

/**
 * The metadata of model.onnx: plain words where words do, JSON for the rest. These keys are a contract with programs that read
 * the file.
 * @param version of lesionlab, which writes the file
 */
export function modelMetadata(
  version: string,
  model: ModelToEncode,
  certainty: Calibration | null = null,
  outOfDistribution: OutOfDistributionMetadata | null = null,
): Record<string, string> {
  const { config, name, epoch, sha256, members } = model;
  const { data, preprocessing } = config;
  const optional = { dataLicence: data.licence, dataCitation: data.citation };
  return {
    lesionlab: version,
    model: config.model.id,
    classes: JSON.stringify(data.classes.map(({ id }) => id)),
    classNames: JSON.stringify(data.classes.map((entry) => entry.name)),
    malignant: JSON.stringify(data.classes.map(({ malignant }) => malignant ?? null)),
    preprocessing: JSON.stringify(preprocessing),
    testTimeAugmentation: sharedAugmentation(members) ?? 'none',
    ...(certainty && { certainty: JSON.stringify(pickCertainty(certainty)) }),
    ...(outOfDistribution && { outOfDistribution: JSON.stringify(pickMetadata(outOfDistribution)) }),
    ...(members.length > 1 && { ensemble: JSON.stringify(members.map(describeMember)) }),
    checkpoint: name,
    ...(epoch === null ? {} : { epoch: String(epoch) }),
    checkpointSha256: sha256,
    data: data.name,
    synthetic: String(data.synthetic),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    notice: purposeNotice,
  };
}

const pickCertainty = ({ temperature, conformal }: Calibration): Calibration => ({
  temperature,
  conformal: conformal.map(({ level, thresholds, images }) => ({ level, thresholds, images })),
});

const pickMetadata = ({ threshold, trainingImages }: OutOfDistributionMetadata): OutOfDistributionMetadata => ({
  threshold,
  trainingImages,
});

const describeMember = ({ checkpoint, weight }: ModelToEncode['members'][number]) => ({
  model: checkpoint.model.id,
  weight,
  checkpoint: checkpoint.name,
  checkpointSha256: checkpoint.sha256,
});

/** What programs do to an image beside giving it to the file; null where members differ, and the file does it for each of them itself. */
export function sharedAugmentation(members: ModelToEncode['members']): TestTimeAugmentation | null {
  const ways = new Set(members.map(({ checkpoint }) => augmentationOf(checkpoint)));
  return ways.size === 1 ? augmentationOf(members[0].checkpoint) : null;
}

const augmentationOf = ({ config }: TrainedNetwork) => config.recipe.evaluation.testTimeAugmentation;

type OutOfDistributionStatistics = FeatureStatistics & OutOfDistributionMetadata;

/** What goes into an ONNX file besides the network. */
export interface EncodeModelOptions {
  /** Temperature and thresholds of prediction sets, for the metadata. */
  readonly certainty?: Calibration | null;
  /** Also make how far an image is from the training images an output of the model, `out_of_distribution`. */
  readonly outOfDistribution?: OutOfDistributionStatistics | null;
  /**
   * Also make the output of the layer that Grad-CAM looks at an output of the model, `activations`, and what Grad-CAM makes of it
   * for each class another one, `heat_maps`.
   */
  readonly gradCamLayer?: boolean;
}

/**
 * A run's model as an ONNX file: input `images` [batch, 3, S, S], normalised as the metadata's preprocessing says, and where the network is told more of an image,
 * `metadata` [batch, width], encoded as the metadata's `metadataInput` says (an ensemble's networks are told nothing); outputs
 * `probabilities` and `logits` [batch, K], and where asked for `out_of_distribution` [batch], `activations` [batch, ...] as the layer gives them and
 * `heat_maps` [batch, K, H, W]. Any batch size. Members of an ensemble are in one graph, each with its own normalisation.
 * @throws LesionlabError kind `usage` where activations are asked of an ensemble
 */
export function encodeModel(
  version: string,
  model: ModelToEncode,
  { gradCamLayer = false, certainty, outOfDistribution }: EncodeModelOptions = {},
): Uint8Array {
  for (const { checkpoint } of model.members)
    requireGradients(checkpoint.model, "its run can't be written as one ONNX file");
  const metadata = modelMetadata(version, model, certainty, outOfDistribution);
  const symbolicShapes = interfaceShapes(model);
  if (outOfDistribution) symbolicShapes.out_of_distribution = ['batch'];
  if (model.members.length > 1) {
    if (gradCamLayer)
      throw usageError(
        'grad-cam-of-ensemble',
        'The layer for Grad-CAM is one, and an ensemble has one for each member.',
        {
          hint: 'Leave it out, or export the members one by one.',
        },
      );
    return writeModel(version, mergeMembers(model, outOfDistribution ?? null), model, metadata, symbolicShapes);
  }
  const { lead, config } = model;
  const { graph, activations } = buildEvaluationGraph({
    ...graphSize(config),
    model: lead.model,
    weights: lead.weights,
    outOfDistribution,
    takesMetadata: true,
  });
  if (lead.model.metadata) {
    metadata.metadataInput = JSON.stringify(lead.model.metadata);
    symbolicShapes.metadata = ['batch', metadataWidth(lead.model.metadata)];
  }
  if (gradCamLayer) {
    const layer = activations.get(lead.model.gradCamLayer)!;
    graph.output('activations', layer);
    symbolicShapes.activations = ['batch', ...layer.shape.slice(1)];
    const { imageSize } = config.preprocessing;
    const layout = mapLayout(layer.shape, { height: imageSize, width: imageSize });
    const heatMaps = appendHeatMaps(graph, graph.outputs.get('logits')!, layer, layout);
    graph.output('heat_maps', heatMaps);
    symbolicShapes.heat_maps = ['batch', ...heatMaps.shape.slice(1)];
    metadata.gradCamLayer = lead.model.gradCamLayer;
  }
  return writeModel(version, graph, model, metadata, symbolicShapes);
}

const graphSize = ({ data, preprocessing }: ModelToEncode['config']) => ({
  classCount: data.classes.length,
  imageSize: preprocessing.imageSize,
  // One image would hide what of somebody's network depends on the batch, such as a class token that is spread over it.
  batchSize: 2,
  // Nobody knows where the file will run: these operators are right on every device.
  target: 'webgpu' as const,
});

function mergeMembers(
  { members, lead, config }: ModelToEncode,
  outOfDistribution: OutOfDistributionStatistics | null,
): Graph {
  const inGraph = sharedAugmentation(members) === null;
  return buildEnsembleGraph({
    ...graphSize(config),
    normalisation: inputStatistics(config.preprocessing),
    members: members.map(({ checkpoint, weight }) => ({
      model: checkpoint.model,
      weights: checkpoint.weights,
      weight,
      normalisation: inputStatistics(checkpoint.config.preprocessing),
      views: inGraph ? augmentationOf(checkpoint) : 'none',
      outOfDistribution: checkpoint === lead ? outOfDistribution : null,
    })),
  });
}

/**
 * A checkpoint's network in 8-bit integers as an ONNX file: the same inputs, outputs and metadata as `encodeModel`'s, and
 * `quantisation`, `calibration` (JSON: images, and where they are from).
 * @param graph of `quantiseGraph` @param certainty of the network in floats, whose probabilities are nearly the same
 */
export function encodeInt8Model(
  version: string,
  model: ModelToEncode,
  graph: Graph,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Uint8Array {
  return writeModel(
    version,
    graph,
    model,
    int8Metadata(version, model, calibration, certainty),
    interfaceShapes(model),
  );
}

/** The metadata of model.int8.onnx. */
export const int8Metadata = (
  version: string,
  model: ModelToEncode,
  calibration: Readonly<Record<string, unknown>>,
  certainty: Calibration | null = null,
): Record<string, string> => ({
  ...modelMetadata(version, model, certainty),
  quantisation: 'int8',
  calibration: JSON.stringify(calibration),
});

function interfaceShapes({ config }: ModelToEncode): Record<string, (number | string)[]> {
  const { imageSize } = config.preprocessing;
  const classCount = config.data.classes.length;
  return {
    images: ['batch', 3, imageSize, imageSize],
    logits: ['batch', classCount],
    probabilities: ['batch', classCount],
  };
}

function writeModel(
  version: string,
  graph: Graph,
  { members, lead, config }: ModelToEncode,
  metadata: Readonly<Record<string, string>>,
  symbolicShapes: Readonly<Record<string, readonly (number | string)[]>>,
): Uint8Array {
  return toOnnx(graph, {
    name: config.model.id,
    producerVersion: version,
    description: `${members.length > 1 ? `Ensemble of ${members.length} networks` : lead.model.title}, trained with lesionlab on ${config.data.name}. ${purposeNotice}`,
    metadata,
    symbolicShapes,
  });
}
