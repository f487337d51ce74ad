import type { Preprocessing } from '../../../src/data/preparation/preprocessing.js';
import type { Shape, Value } from '../../../src/graph/index.js';
import type { NetworkChoices, RecipeImages } from '../../../src/models/foreign/networkToTrain.js';
import { defineModel, type ModelDefinition, type ModelParts, type NetworkUse } from '../../../src/models/model.js';
import type { Network } from '../../../src/nn/index.js';

/** The files of somebody's network, and what is said of it. */
export interface NetworkRequest {
  readonly file: File;
  /** In which it may keep its weights. */
  readonly data: readonly File[];
  /** Contents of what lies beside it, by name. */
  readonly texts: Readonly<Record<string, string>>;
  readonly said: NetworkChoices;
  /** What stands where nothing says how the network wants its images. */
  readonly recipe: RecipeImages;
}

/** Somebody's network as every worker gets it: what making the model again needs. */
export interface NetworkJob {
  readonly name: string;
  /** The file, whole. */
  readonly content: Blob;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
  readonly use: NetworkUse;
  readonly preprocessing?: Preprocessing;
}

/** What describes a network to a thread that doesn't read its file. */
export interface NetworkOutline
  extends Pick<
    ModelParts,
    | 'id'
    | 'title'
    | 'source'
    | 'gradCamLayer'
    | 'smallestImageSize'
    | 'onlyImageSize'
    | 'defaultNormalisation'
    | 'stages'
    | 'classifier'
    | 'preprocessing'
  > {
  /** Name and shape of each. */
  readonly parameters: readonly { readonly name: string; readonly shape: Shape }[];
  /** Where it has operators without gradient: what stands in the way of more than a head. */
  readonly why?: readonly string[];
}

/** Somebody's network, read in a worker. */
export interface StudioNetwork {
  readonly job: NetworkJob;
  readonly outline: NetworkOutline;
  /** For the reader, where nothing says how it was trained. */
  readonly note?: string;
}

/** A model that can be described, checked and named, and not computed: for the thread of the page, which stays free of the file. */
export function outlinedModel({ parameters, why, ...parts }: NetworkOutline): ModelDefinition {
  const isHead = ({ name }: { readonly name: string }) =>
    parts.classifier.some((layer) => name.startsWith(`${layer}.`));
  const declare = (network: Network, own: NetworkOutline['parameters']) => {
    for (const { name, shape } of own) network.parameter({ name, shape, initialise: nobodyComputes });
  };
  const outline = (network: Network, from: Value, width: number) =>
    network.graph.node('Outline', [from], [from.shape[0], width], {}, { domain: 'lesionlab' });
  return defineModel({
    ...parts,
    ...(why && { onlyFeatures: { open: nobodyComputes, why } }),
    buildFeatures(network, images) {
      declare(
        network,
        parameters.filter((parameter) => !isHead(parameter)),
      );
      return outline(network, images, 1);
    },
    buildHead(network, features, classCount) {
      declare(network, parameters.filter(isHead));
      return outline(network, features, classCount);
    },
  });
}

const nobodyComputes = (): never => {
  throw new Error('The outline of a network computes nothing.');
};
