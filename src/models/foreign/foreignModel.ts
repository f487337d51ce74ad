import { usageError } from '../../errors.js';
import { filterLayout } from '../../graph/blocked/filters.js';
import {
  elementCount,
  Graph,
  globalAveragePool,
  reduceMean,
  reshape,
  slice,
  transpose,
  type Value,
} from '../../graph/index.js';
import { linearLayer, type Network, uniformFanIn } from '../../nn/index.js';
import type { ForeignNetwork, NetworkLayer } from '../../onnx/index.js';
import { defineModel, type ModelDefinition, type NetworkUse } from '../model.js';
import { chooseMapLayer } from './chooseMapLayer.js';
import { type FoundClassifier, findClassifier } from './findClassifier.js';
import type { ImageInput } from './imageInput.js';
import { mapOrder } from './mapOrder.js';
import { dotted, type FileParameter, moduleOf, nameParameters } from './nameParameters.js';

/** How a file's network is used. */
export interface ForeignModelOptions extends Omit<NetworkUse, 'layout'> {
  /** By which configurations name it. */
  readonly id: string;
  readonly input: ImageInput;
  /** The file's own last layer, for its own classes; or a new one. */
  readonly head: 'own' | 'new';
}

/** A file's network as a model. */
export interface ForeignModel extends ModelDefinition {
  /** Numbers that describe an image, after pooling. */
  readonly featureCount: number;
  /** Where the file ends to describe an image. */
  readonly cut: string;
  /** Of the file's own last layer; undefined where a cut was named. */
  readonly ownClassifier: FoundClassifier | undefined;
  /** Classes of the file's own; 0 where it has a new head. */
  readonly classCount: number;
  /** Every layer from the input to the cut. */
  readonly surveyed: readonly NetworkLayer[];
}

/** Batch of the graph that nobody runs: one image would hide what depends on the batch. */
const surveyBatch = 2;

/**
 * Makes a model of a file's network: like an architecture of lesionlab's own it is built into any graph, trained, explained and exported.
 * Its parameters are the file's weights, which they also begin with.
 * @throws LesionlabError kind `run` where the network can't be taken over, or its last layer isn't found; kind `usage` for a tensor that
 *   isn't there or describes no image
 */
export function foreignModel(network: ForeignNetwork, options: ForeignModelOptions): ForeignModel {
  const { id, input, imageSize, head, pooling } = options;
  const classifier =
    options.cut === undefined || head === 'own' ? findClassifier(fileGraph(network), options.output) : undefined;
  const cut = options.cut ?? classifier!.features;
  const scratch = new Graph();
  const images = scratch.input('images', [surveyBatch, 3, imageSize, imageSize]);
  const survey = network.append(scratch, { inputs: { [input.name]: arrange(scratch, images, input) }, outputs: [cut] });
  const found = survey.values.get(cut);
  if (!found)
    throw usageError(
      'cut-constant',
      `${network.name}: "${cut}" does not depend on the image, so that it can't describe one.`,
    );
  const features = head === 'own' ? found : poolFeatures(scratch, found, network.name, cut, pooling);
  const parameters = parametersOf(survey.layers, scratch);
  const own = head === 'own' ? surveyHead(network, scratch, found, classifier!) : undefined;
  const ownHead = own?.parameters ?? [];
  const { names, stages } = nameParameters([...parameters, ...ownHead]);
  const layer = headName(stages, classifier);
  const headStages = head === 'own' ? [] : [layer];
  const mapLayer = options.gradCamLayer ?? chooseMapLayer(survey.layers, { height: imageSize, width: imageSize });

  /** Appends a part of the file; its weights are parameters of the network under their own names. */
  const append = (into: Network, inputs: Readonly<Record<string, Value>>, output: string) => {
    const counts = new Map<string, number>();
    const built = network.append(into.graph, {
      inputs,
      outputs: [output],
      parameter: ({ name, shape, data, filterGroups }) => {
        counts.set(name, data.length);
        const { channelBlock } = into.graph;
        const isStored = filterGroups !== undefined && channelBlock !== undefined && shape.length === 4;
        const layout = isStored ? filterLayout(shape, channelBlock, filterGroups) : undefined;
        return into.parameter({ name: names.get(name) ?? name, shape, initialise: () => data }, layout);
      },
    });
    for (const entry of built.layers) record(into, entry, counts);
    return built.values.get(output)!;
  };

  const model = defineModel({
    id,
    title: network.name,
    source: describeOrigin(network),
    gradCamLayer: mapLayer ?? '',
    smallestImageSize: imageSize,
    ...(input.side !== undefined && { onlyImageSize: input.side }),
    defaultNormalisation: 'imagenet',
    stages: [...stages, ...headStages],
    classifier: head === 'own' ? ownLayers(ownHead.map(({ name }) => names.get(name)!)) : [layer],
    buildFeatures(into, batch) {
      const value = append(into, { [input.name]: arrange(into.graph, batch, input) }, cut);
      return head === 'own' ? value : poolFeatures(into.graph, value, network.name, cut, pooling);
    },
    buildHead(into, value, classCount) {
      if (head === 'own')
        return ownLogits(append(into, { [cut]: value }, classifier!.logits), classCount, network.name);
      const inputs = value.shape[1];
      return linearLayer(into, value, layer, classCount, {
        // PyTorch's own beginning for a fully connected layer.
        initialiseWeight: (random) => uniformFanIn([classCount, inputs], inputs, random),
      });
    },
  });
  return {
    ...model,
    featureCount: features.shape[1],
    cut,
    ownClassifier: classifier,
    classCount: own?.classCount ?? 0,
    surveyed: survey.layers,
  };
}

const fileGraph = (network: ForeignNetwork) => ({
  name: network.name,
  nodes: network.nodes,
  initializers: network.initializerNames,
});

/** [N, 3, S, S] as the file takes it. */
function arrange(graph: Graph, images: Value, { layout }: ImageInput): Value {
  return layout === 'nhwc' ? graph.apply(transpose, [images], { permutation: [0, 2, 3, 1] }) : images;
}

/**
 * What describes an image as [N, D]: rows stay as they are; a map [N, C, H, W] or [N, H, W, C] becomes its mean; tokens [N, T, D]
 * their mean, or their first where it is asked for.
 * @throws LesionlabError kind `usage` for any other shape
 */
function poolFeatures(graph: Graph, value: Value, file: string, tensor: string, pooling: NetworkUse['pooling']): Value {
  const { shape } = value;
  if (shape.length === 2) return value;
  if (shape.length === 4)
    return mapOrder(shape) === 'channels-last'
      ? graph.apply(reduceMean, [value], { axes: [1, 2], keepAxes: false })
      : graph.apply(globalAveragePool, [value], {});
  if (shape.length === 3) {
    if (pooling === undefined)
      throw usageError(
        'pooling-needed',
        `${file}: "${tensor}" holds ${shape[1]} tokens of ${shape[2]} numbers an image.`,
        {
          hint: {
            terminal: 'Say which of them describe it: --pooling token (the first, the class token) or --pooling mean.',
            page: 'Say which of them describe it: the first (the class token), or their mean.',
          },
        },
      );
    if (pooling === 'mean') return graph.apply(reduceMean, [value], { axes: [1], keepAxes: false });
    const first = graph.apply(slice, [value], { starts: [0], ends: [1], axes: [1] });
    return graph.apply(reshape, [first], { shape: [shape[0], shape[2]] });
  }
  throw usageError(
    'cut-shape',
    `${file}: "${tensor}" has the shape [${shape.join(', ')}]; expected [N, D], a map [N, C, H, W] or [N, H, W, C], or tokens [N, T, D].`,
    {
      hint: { terminal: 'Name another tensor with --cut.', page: 'Name another tensor.' },
    },
  );
}

const withWeightAndBias = /^(Conv|Gemm|MatMul|Linear|FusedConv)$/;

/** Weights in the order of their first use. @param graph that they are constants of */
function parametersOf(layers: readonly NetworkLayer[], graph: Graph): FileParameter[] {
  const shapes = new Map(graph.initializers.map(({ name, shape }) => [name, shape]));
  const seen = new Set<string>();
  return layers.flatMap(({ name: node, operator, parameters, outputShape }) =>
    parameters.flatMap((name, place): FileParameter[] => {
      if (seen.has(name)) return [];
      seen.add(name);
      const role = withWeightAndBias.test(operator) ? (['weight', 'bias'] as const)[place] : undefined;
      return [{ name, shape: shapes.get(name) ?? [], node, role, outputShape: outputShape.slice(1) }];
    }),
  );
}

/** What the file's own last layer is: its weights, and how many classes it tells apart. */
function surveyHead(network: ForeignNetwork, scratch: Graph, features: Value, classifier: FoundClassifier) {
  const inputs = { [classifier.features]: features };
  const built = network.append(scratch, { inputs, outputs: [classifier.logits] });
  const logits = built.values.get(classifier.logits)!;
  return { parameters: parametersOf(built.layers, scratch), classCount: elementCount(logits.shape) / surveyBatch };
}

/** The layer that parameters `<layer>.weight`, `<layer>.bias` belong to. */
const ownLayers = (names: readonly string[]): string[] => [
  ...new Set(names.map((name) => name.slice(0, name.lastIndexOf('.')))),
];

function ownLogits(logits: Value, classCount: number, file: string): Value {
  const [count] = logits.shape;
  const classes = elementCount(logits.shape) / count;
  if (classes === classCount) return logits;
  throw usageError('class-count', `${file} tells ${classes} classes apart; expected ${classCount}.`);
}

/** The name that the file has for its last layer, whose place the new one takes; else one that no parameter of the file begins with. */
function headName(stages: readonly string[], classifier: FoundClassifier | undefined): string {
  const weight = classifier?.parameters.find((name) => dotted.test(name));
  const own = weight ? weight.slice(0, weight.lastIndexOf('.')) : classifier && moduleOf(classifier.node);
  const isFree = (name: string) =>
    !stages.some((stage) => stage === name || stage.startsWith(`${name}.`) || name.startsWith(`${stage}.`));
  return [own, 'head', 'classifier', 'new_head'].find((name) => name && isFree(name)) ?? 'lesionlab_head';
}

/** Leaves a layer on the network's record, and its output for Grad-CAM. @param counts numbers in each weight, by the file's name */
function record(network: Network, layer: NetworkLayer, counts: ReadonlyMap<string, number>): void {
  const { output, operator, parameters, value } = layer;
  const outputShape = layer.outputShape.slice(1);
  const weights = parameters.map((name) => counts.get(name) ?? 0);
  const count = weights.reduce((sum, own) => sum + own, 0);
  // A filter or a matrix is used once for every place and each of its outputs; elsewhere it is about one operation a number.
  const largest = Math.max(0, ...weights);
  const size = elementCount(outputShape);
  const channels = outputShape.length === 3 ? outputShape[0] : (outputShape.at(-1) ?? 1);
  const operations = largest > channels ? (2 * largest * size) / channels : size;
  network.layers.push({ name: output, type: operator, outputShape, parameters: count, operations });
  if (outputShape.length === 2 || outputShape.length === 3) network.activations.set(output, value);
}

function describeOrigin({ name, producer, opset }: ForeignNetwork): string {
  const writer = [producer.name, producer.version].filter(Boolean).join(' ');
  return `${name}, an ONNX file${writer ? ` written by ${writer}` : ''}, opset ${opset}`;
}
