import { requireInteger, requireLabels, requireLength } from '../checks.js';
import { usageError } from '../errors.js';
import { Graph, gradients, toOnnx } from '../graph/index.js';
import { requireGradients } from '../models/foreign/frozenModel.js';
import { describeNetwork, type ModelDefinition, type NetworkSize } from '../models/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { audibleActivations } from './audibleActivations.js';
import { type ActivationMapMethod, type ClassActivationMap, classActivationMap } from './heatmap.js';
import { arrangeAsMap, findMapLayout, type ImageSides, type MapReading, mapLayout } from './mapLayout.js';

/** A trained network, and the layer to look at. */
export interface GradCamOptions {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly classCount: number;
  /** Side of the input, pixels. */
  readonly imageSize: number;
  /** Layer whose output is looked at; default the model's own choice: its last map before pooling. */
  readonly layer?: string;
  /** How the layer's output is read as a map, where its shape alone doesn't tell (see `mapLayout`). */
  readonly reading?: MapReading;
  /** Images that go through the network at a time. Default 8. */
  readonly batchSize?: number;
  /** Default `grad-cam`. */
  readonly method?: ActivationMapMethod;
}

/** A network with its gradients at one layer, opened for explaining. */
export interface GradCam {
  readonly layer: string;
  /** [C, H, W] of the layer's output, read as a map. */
  readonly layerShape: readonly number[];
  /**
   * Maps what in each image spoke for a class.
   * @param images [N, 3, S, S], normalised, any N
   * @param classIndices [N], the class to explain for each image
   * @param onProgress hears how many of the images are done; what it throws ends the work
   * @returns one map an image, at the layer's resolution
   * @throws LesionlabError kind `run` where the network's numbers aren't finite; kind `usage` where lengths or classes don't fit
   */
  explain(
    images: Float32Array,
    classIndices: ArrayLike<number>,
    onProgress?: (images: number) => void | Promise<void>,
  ): Promise<ClassActivationMap[]>;
  /** Gives the memory back. */
  close(): Promise<void>;
}

/** Names of the layers that Grad-CAM can look at, from the input to the output: those whose output is a map. */
export const explainableLayers = (size: NetworkSize): string[] =>
  mapsAmong(describeNetwork(size), squareOf(size.imageSize));

const mapsAmong = ({ activations }: Network, image: ImageSides): string[] =>
  [...activations.keys()].filter((name) => findMapLayout(activations.get(name)!.shape, image));

const squareOf = (side: number): ImageSides => ({ height: side, width: side });

/**
 * Opens a model for class activation maps at any layer whose output is a map. The gradient is that of the class's logit, before softmax
 * (Selvaraju et al. 2017, equation 1); the activations are those after ReLU, where the network applies one.
 * @throws LesionlabError kind `usage` where there is no such layer; kind `run` where the device can't run the graph
 */
export async function openGradCam(runtime: Runtime, options: GradCamOptions, open: OpenOptions = {}): Promise<GradCam> {
  const { classCount, imageSize, batchSize = 8, method } = options;
  requireInteger('batchSize', batchSize, { min: 1 });
  const { graph, layer, layerShape } = buildGradCamGraph({ ...options, batchSize }, open.device ?? 'cpu');
  const session = await runtime.open(toOnnx(graph), open);
  const pixels = 3 * imageSize * imageSize;
  const [channels, height, width] = layerShape;
  const size = channels * height * width;
  return {
    layer,
    layerShape,
    async explain(images, classIndices, onProgress) {
      const count = classIndices.length;
      requireLength('images', images, count * pixels, `${count} images of [3, ${imageSize}, ${imageSize}]`);
      requireLabels('classIndices', classIndices, classCount);
      const maps: ClassActivationMap[] = [];
      for (let first = 0; first < count; first += batchSize) {
        const here = Math.min(batchSize, count - first);
        const feed = new Float32Array(batchSize * pixels);
        // What fills up the batch is an image, too: a network need not have an answer for one that is empty.
        for (let i = 0; i < batchSize; i++) {
          const from = (first + Math.min(i, here - 1)) * pixels;
          feed.set(images.subarray(from, from + pixels), i * pixels);
        }
        const seed = new Float32Array(batchSize * classCount);
        for (let i = 0; i < here; i++) seed[i * classCount + classIndices[first + i]] = 1;
        const outputs = await session.run({
          images: { data: feed, shape: [batchSize, 3, imageSize, imageSize] },
          classes: { data: seed, shape: [batchSize, classCount] },
        });
        const activations = outputs.activations.data as Float32Array;
        const slopes = outputs.gradients.data as Float32Array;
        for (let i = 0; i < here; i++) {
          const part = [i * size, (i + 1) * size] as const;
          maps.push(
            classActivationMap({
              activations: activations.subarray(...part),
              gradients: slopes.subarray(...part),
              channels,
              height,
              width,
              method,
            }),
          );
        }
        await onProgress?.(maps.length);
      }
      return maps;
    },
    close: () => session.close(),
  };
}

/**
 * The graph behind `openGradCam`: inputs `images` [N, 3, S, S] and `classes` [N, K], one-hot; outputs `activations` and
 * `gradients` of the layer, arranged as [N, C, H, W], the former after ReLU where one follows. Images of a batch don't mix: each has the
 * gradient of its own logit.
 */
function buildGradCamGraph(
  { model, weights, classCount, imageSize, layer, reading, batchSize }: GradCamOptions & { readonly batchSize: number },
  target: 'cpu' | 'webgpu',
): { graph: Graph; layer: string; layerShape: readonly number[] } {
  requireGradients(model, 'no layer of it can be looked at');
  const graph = new Graph({ target });
  const network = new Network(graph, { weights });
  const images = graph.input('images', [batchSize, 3, imageSize, imageSize]);
  const logits = model.build(network, images, classCount);
  const name = layer ?? model.gradCamLayer;
  const activations = network.activations.get(name);
  if (!activations)
    throw usageError('unknown-layer', `${model.title} has no layer "${name}" that can be looked at.`, {
      hint: `Choose one of: ${mapsAmong(network, squareOf(imageSize)).join(', ')}.`,
    });
  const layout = mapLayout(activations.shape, squareOf(imageSize), reading);
  const classes = graph.input('classes', [batchSize, classCount]);
  const [slopes] = gradients(graph, logits, [activations], classes);
  graph.output('activations', arrangeAsMap(graph, audibleActivations(graph, activations), layout));
  graph.output('gradients', arrangeAsMap(graph, slopes, layout));
  return { graph, layer: name, layerShape: [layout.channels, layout.height, layout.width] };
}
