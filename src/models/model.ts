import type { MetadataEncoding } from '../data/preparation/metadataInput.js';
import type { ChannelStatistics } from '../data/preparation/normalisation.js';
import type { Preprocessing } from '../data/preparation/preprocessing.js';
import type { Value } from '../graph/index.js';
import type { Network } from '../nn/index.js';
import type { OpenOptions } from '../runtime/index.js';

/** An ONNX file that a model is out of, and how it is used: what making the same model again needs. */
export interface NetworkFile {
  readonly name: string;
  /** The file, whole: weights that lay in a second one are in it. */
  readonly bytes: Uint8Array;
  /** Of these bytes, in hexadecimal. */
  readonly sha256: string;
  readonly use: NetworkUse;
}

/** Features that the runtime computes of a file that can't be differentiated. */
export interface OnlyFeatures {
  open(batchSize: number, options?: OpenOptions): Promise<FeatureExtractor>;
  /** What of the file stands in the way of more. */
  readonly why: readonly string[];
}

/** A model without its head, opened to compute features. */
export interface FeatureExtractor {
  readonly batchSize: number;
  /** Numbers an image. */
  readonly width: number;
  /** @param images [batchSize, 3, S, S], normalised @returns [batchSize * width] */
  extract(images: Float32Array): Promise<Float32Array>;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/** How a file's network is used. */
export interface NetworkUse {
  /** Side of the images, pixels. */
  readonly imageSize: number;
  /** Order of the axes of its input. */
  readonly layout: 'nchw' | 'nhwc';
  /** Output that gives the file's own classes. */
  readonly output: string;
  /** Tensor that describes an image, where one was named. */
  readonly cut?: string;
  /** Of a cut at tokens: the class token, or the mean. */
  readonly pooling?: 'token' | 'mean';
  /** Layer that Grad-CAM looks at, where one was named. */
  readonly gradCamLayer?: string;
}

/** How other programs name the tensors of the same network. */
export interface OtherNames {
  /** Whose names these are, for messages. */
  readonly of: string;
  /** What whoever loads such a file should know. */
  readonly note?: string;
  /** Their name for one of the model's parameters or buffers. */
  nameOf(name: string): string;
}

/** What defines an architecture. */
export interface ModelParts {
  /** torchvision's name where it has the model. */
  readonly id: string;
  readonly title: string;
  /** Paper or page that defines it. */
  readonly source: string;
  /** Layer whose output Grad-CAM looks at unless another is named. */
  readonly gradCamLayer: string;
  /** Smallest input side, pixels. */
  readonly smallestImageSize: number;
  /** The one side that it takes, where it takes no other: a file whose sizes are fixed. */
  readonly onlyImageSize?: number;
  /** Channel statistics that its usual weights were trained with; the training split's own where there are no such weights. */
  readonly defaultNormalisation: 'imagenet' | 'train-split' | ChannelStatistics;
  /** Parameter names, or their beginnings before a dot, from the input to the output: what can be frozen, stage by stage. */
  readonly stages: readonly string[];
  /** Layers that are replaced where the number of classes differs. */
  readonly classifier: readonly string[];
  /** Names that files of the same weights may have instead. */
  readonly otherNames?: readonly OtherNames[];
  /** A layer of the head that standardises the features by fixed statistics, those of the training split's features; none where left out. */
  readonly featureNorm?: string;
  /** How it was trained before, where it is out of somebody else's file and that is known. */
  readonly preprocessing?: Preprocessing;
  /** The file that it is out of; left out for lesionlab's own architectures. */
  readonly file?: NetworkFile;
  /**
   * Where the file has operators without gradient: its features come from the runtime, and its head alone is trained. What is built of it
   * describes it, and can't be run.
   */
  readonly onlyFeatures?: OnlyFeatures;
  /** What it is told of an image beside its pixels, where it is: see `withMetadata`. */
  readonly metadata?: MetadataEncoding;
  /** Builds all but the head: normalised images [N, 3, S, S] to features [N, D]. */
  buildFeatures(network: Network, images: Value): Value;
  /** Builds the head: features [N, D] to logits [N, K]. */
  buildHead(network: Network, features: Value, classCount: number): Value;
}

/** A network architecture. Adding one is one file and a line in the registry. */
export interface ModelDefinition extends ModelParts {
  /** Builds the layers: normalised images [N, 3, S, S] to logits [N, K]. */
  build(network: Network, images: Value, classCount: number): Value;
}

/** Makes an architecture of its parts: features, then the head. */
export const defineModel = (parts: ModelParts): ModelDefinition => ({
  ...parts,
  build: (network, images, classCount) => parts.buildHead(network, parts.buildFeatures(network, images), classCount),
});

/**
 * The head of a model as a model of its own, which takes features [N, D] where others take images. Parameters keep their names, and
 * so their initial values.
 */
export const headOf = (model: ModelDefinition): ModelDefinition =>
  defineModel({ ...model, onlyFeatures: undefined, buildFeatures: (_network, features) => features });
