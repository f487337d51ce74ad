import { requireLength } from '../checks.js';
import { encodeMetadata } from '../data/preparation/metadataInput.js';
import { elementCount, Graph, type Shape, toOnnx, type Value } from '../graph/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { Device, OpenOptions, Runtime, Session } from '../runtime/index.js';
import { headOf, type ModelDefinition, type OnlyFeatures } from './model.js';
import { appendOutOfDistribution, type FeatureStatistics } from './outOfDistributionOutput.js';

/** A trained network, and how many images go through it at a time. */
export interface EvaluationGraphOptions {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly classCount: number;
  readonly imageSize: number;
  /** Of one input, without the batch. Default [3, S, S]; [D] where the model is a head that takes features. */
  readonly inputShape?: Shape;
  readonly batchSize: number;
  /** The file that the weights were read from, for messages. */
  readonly source?: string;
  /** Where given, the graph has an output `out_of_distribution` [N]: how far each image is from those that these are of. */
  readonly outOfDistribution?: FeatureStatistics | null;
  /** Whether the graph also has an output `features` [N, D]: what the head takes of each image. Default false. */
  readonly givesFeatures?: boolean;
  /** Take metadata of the images as an input `metadata` [N, width], where the model knows any. Default: nothing is known of them. */
  readonly takesMetadata?: boolean;
  /** Where the graph will run: see `GraphOptions`. Default `cpu`. */
  readonly target?: Device;
}

/** The network for evaluation: weights are constants; input `images` [N, 3, S, S], outputs `logits` and `probabilities` [N, K]. */
export function buildEvaluationGraph(options: EvaluationGraphOptions): Network {
  const { model, classCount, outOfDistribution, givesFeatures = false } = options;
  const graph = new Graph({ target: options.target });
  const network = new Network(graph, { weights: options.weights, takesMetadata: options.takesMetadata });
  const images = graph.input('images', inputShapeOf(options));
  const features = model.buildFeatures(network, images);
  const logits = model.buildHead(network, features, classCount);
  graph.output('logits', logits);
  graph.output('probabilities', softmax(graph, logits));
  if (givesFeatures) graph.output('features', features);
  if (outOfDistribution)
    graph.output('out_of_distribution', appendOutOfDistribution(graph, features, outOfDistribution));
  return network;
}

const inputShapeOf = ({
  batchSize,
  imageSize,
  inputShape = [3, imageSize, imageSize],
}: Pick<EvaluationGraphOptions, 'batchSize' | 'imageSize' | 'inputShape'>): Shape => [batchSize, ...inputShape];

export const softmax = (graph: Graph, logits: Value) => graph.node('Softmax', [logits], logits.shape, { axis: 1 });

/** A model with weights, opened for prediction. */
export interface Classifier {
  readonly batchSize: number;
  readonly classCount: number;
  /** The file that the network was read from, for messages. */
  readonly source?: string;
  /**
   * @param images [batchSize, 3, S, S], normalised
   * @param metadata [batchSize, width], encoded, where the network takes it; default: nothing is known
   * @returns softmax probabilities and logits, each [batchSize * K]; the distance from the training images [batchSize] and the features that the head takes
   *   [batchSize * D], where it was opened to tell them
   * @throws LesionlabError kind `usage` for another number of values
   */
  classify(
    images: Float32Array,
    metadata?: Float32Array,
  ): Promise<{
    probabilities: Float32Array;
    logits: Float32Array;
    outOfDistribution?: Float32Array;
    features?: Float32Array;
  }>;
  /** Gives the memory back. */
  close(): Promise<void>;
}

const repeatRow = (row: Float32Array, times: number) =>
  Float32Array.from({ length: row.length * times }, (_, i) => row[i % row.length]);

/** Opens a model for prediction. @throws LesionlabError where weights don't fit the model */
export async function openClassifier(
  runtime: Runtime,
  options: EvaluationGraphOptions,
  open: OpenOptions = {},
): Promise<Classifier> {
  if (options.model.onlyFeatures) return openOnFeatures(runtime, options, options.model.onlyFeatures, open);
  const { graph } = buildEvaluationGraph({ target: open.device, ...options });
  return classifierFromSession(await runtime.open(toOnnx(graph), open), options);
}

/** Features by the runtime, then the head in a graph of its own. */
async function openOnFeatures(
  runtime: Runtime,
  options: EvaluationGraphOptions,
  onlyFeatures: OnlyFeatures,
  open: OpenOptions,
): Promise<Classifier> {
  const extractor = await onlyFeatures.open(options.batchSize, open);
  try {
    const head = { ...options, model: headOf(options.model), inputShape: [extractor.width] };
    const classifier = await openClassifier(runtime, head, open);
    return {
      ...classifier,
      async classify(images, metadata) {
        const features = await extractor.extract(images);
        return { ...(await classifier.classify(features, metadata)), features };
      },
      async close() {
        await classifier.close();
        await extractor.close();
      },
    };
  } catch (error) {
    await extractor.close();
    throw error;
  }
}

/**
 * A session with input `images` and outputs `logits`, `probabilities` and maybe `out_of_distribution` as a classifier.
 * @param options.arrange what becomes of a batch [batchSize, 3, S, S] before the session takes it; default nothing
 */
export function classifierFromSession(
  session: Session,
  options: Pick<EvaluationGraphOptions, 'batchSize' | 'imageSize' | 'inputShape' | 'classCount' | 'source'> & {
    readonly model?: Pick<ModelDefinition, 'metadata'>;
    readonly arrange?: (images: Float32Array) => { readonly data: Float32Array; readonly shape: Shape };
  },
): Classifier {
  const { batchSize, classCount, source, arrange = (data) => ({ data, shape }) } = options;
  const shape = inputShapeOf(options);
  const encoding = options.model?.metadata;
  const unknown =
    encoding && session.inputNames.includes('metadata')
      ? repeatRow(encodeMetadata(encoding, {}), batchSize)
      : undefined;
  return {
    batchSize,
    classCount,
    source,
    async classify(images, metadata = unknown) {
      requireLength('images', images, elementCount(shape), `${batchSize} images of [${shape.slice(1).join(', ')}]`);
      if (unknown) requireLength('metadata', metadata!, unknown.length, `rows for ${batchSize} images`);
      const rows = unknown && { metadata: { data: metadata!, shape: [batchSize, unknown.length / batchSize] } };
      const outputs = await session.run({ images: arrange(images), ...rows });
      return {
        probabilities: outputs.probabilities.data as Float32Array,
        logits: outputs.logits.data as Float32Array,
        outOfDistribution: outputs.out_of_distribution?.data as Float32Array | undefined,
        features: outputs.features?.data as Float32Array | undefined,
      };
    },
    close: () => session.close(),
  };
}
