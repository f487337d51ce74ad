import { requireLength } from '../../checks.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { LesionlabError, runError, usageError } from '../../errors.js';
import type { Value } from '../../graph/index.js';
import { linearLayer, type Network, uniformFanIn } from '../../nn/index.js';
import { readNetwork } from '../../onnx/index.js';
import type { OpenOptions, Runtime, TensorLike } from '../../runtime/index.js';
import {
  defineModel,
  type FeatureExtractor,
  type ModelDefinition,
  type NetworkFile,
  type NetworkUse,
} from '../model.js';
import { findClassifier } from './findClassifier.js';
import type { ForeignModel } from './foreignModel.js';
import { findImageInput } from './imageInput.js';
import { mapOrder } from './mapOrder.js';
import { modelOfFile, networkId } from './modelOfFile.js';
import { type FileTensorOptions, openFileTensor } from './openFileTensor.js';

/** A model out of a file, and where that file ends to describe an image. */
export type ModelOfFile = ModelDefinition & Pick<ForeignModel, 'cut' | 'featureCount'>;

/**
 * The model that trainings make of a file: see `modelOfFile`. A file with operators that have no gradient here is a model whose head
 * alone can be trained, on features that the runtime computes: that takes every file that it runs.
 * @throws LesionlabError as `foreignModel` does, but for such operators; kind `run` where the runtime can't run the file
 */
export async function openModelOfFile(
  runtime: Runtime,
  file: NetworkFile,
  preprocessing?: Preprocessing,
): Promise<ModelOfFile> {
  try {
    return modelOfFile(file, preprocessing);
  } catch (error) {
    if (!(error instanceof LesionlabError) || error.code !== 'network-unsupported') throw error;
    return frozenModel(runtime, file, error, preprocessing);
  }
}

/** @param refusal why it can't be differentiated */
async function frozenModel(
  runtime: Runtime,
  file: NetworkFile,
  refusal: LesionlabError,
  preprocessing: Preprocessing | undefined,
): Promise<ModelOfFile> {
  const { name, bytes, use } = file;
  const network = readNetwork(bytes, { name });
  const input = findImageInput(network, use.layout);
  const cut =
    use.cut ??
    findClassifier({ name, nodes: network.nodes, initializers: network.initializerNames }, use.output).features;
  const { imageSize, pooling } = use;
  const open = (batchSize: number, options: OpenOptions = {}) =>
    openFeatures(runtime, { network, bytes, input, tensor: cut, imageSize, batchSize, source: name }, pooling, options);
  const probe = await open(1);
  const { width } = probe;
  await probe.close();
  const layer = 'head';
  const model = defineModel({
    id: networkId(file),
    title: name,
    source: `${name}, an ONNX file whose features are taken as they are`,
    gradCamLayer: '',
    smallestImageSize: use.imageSize,
    onlyImageSize: use.imageSize,
    defaultNormalisation: 'imagenet',
    stages: [layer],
    classifier: [layer],
    buildFeatures(into: Network, images: Value) {
      // Nobody runs this: it stands for what the runtime computes, so that the rest can be described.
      const features = into.graph.node(
        'FeaturesOfFile',
        [images],
        [images.shape[0], width],
        {},
        { domain: 'lesionlab' },
      );
      into.layers.push({ name: cut, type: 'features of the file', outputShape: [width], parameters: 0, operations: 0 });
      return features;
    },
    buildHead: (into, features, classCount) =>
      linearLayer(into, features, layer, classCount, {
        initialiseWeight: (random) => uniformFanIn([classCount, width], width, random),
      }),
  });
  return {
    ...model,
    cut,
    featureCount: width,
    file,
    preprocessing,
    onlyFeatures: { open, why: refusal.details ?? [refusal.message] },
  };
}

async function openFeatures(
  runtime: Runtime,
  options: FileTensorOptions,
  pooling: NetworkUse['pooling'],
  open: OpenOptions,
): Promise<FeatureExtractor> {
  const { tensor, imageSize, batchSize, source } = options;
  const file = await openFileTensor(runtime, options, open);
  const pixels = 3 * imageSize ** 2;
  const compute = (images: Float32Array) => file.compute(images, (found) => poolRows(found, source, tensor, pooling));
  try {
    const { length } = await compute(new Float32Array(batchSize * pixels));
    return {
      batchSize,
      width: length / batchSize,
      async extract(images) {
        requireLength('images', images, batchSize * pixels, `${batchSize} images of [3, ${imageSize}, ${imageSize}]`);
        return compute(images);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** [N, D] as it is; the mean over positions of [N, C, H, W]; of tokens [N, T, D] the first or their mean. */
function poolRows(
  { data, shape }: TensorLike,
  file: string,
  tensor: string,
  pooling: NetworkUse['pooling'],
): Float32Array {
  const values = data as Float32Array;
  if (shape.length === 2) return values;
  const [count, ...sides] = shape;
  const wrong = (hint: { terminal: string; page: string }) =>
    usageError(
      'cut-shape',
      `${file}: "${tensor}" has the shape [${shape.join(', ')}]; expected [N, D], a map [N, C, H, W] or [N, H, W, C], or tokens [N, T, D].`,
      { hint },
    );
  if (sides.length === 3) {
    const order = mapOrder(shape);
    const [channels, ...places] = order === 'channels-last' ? sides.toReversed() : sides;
    return means(values, count, channels, places[0] * places[1], order);
  }
  if (sides.length !== 2) throw wrong({ terminal: 'Name another tensor with --cut.', page: 'Name another tensor.' });
  if (pooling === undefined)
    throw wrong({
      terminal: 'Say which tokens describe an image: --pooling token (the first, the class token) or --pooling mean.',
      page: 'Say which tokens describe an image: the first (the class token), or their mean.',
    });
  const [tokens, width] = sides;
  if (pooling === 'mean') return means(values, count, width, tokens, 'channels-last');
  const first = new Float32Array(count * width);
  for (let n = 0; n < count; n++) first.set(values.subarray(n * tokens * width, n * tokens * width + width), n * width);
  return first;
}

function means(
  values: Float32Array,
  count: number,
  channels: number,
  places: number,
  order: ReturnType<typeof mapOrder>,
): Float32Array {
  const found = new Float32Array(count * channels);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let p = 0; p < places; p++)
        sum += values[n * channels * places + (order === 'channels-first' ? c * places + p : p * channels + c)];
      found[n * channels + c] = sum / places;
    }
  return found;
}

/** Refuses what needs gradients of a network that has none here. @throws LesionlabError kind `run` */
export function requireGradients({ title, onlyFeatures }: ModelDefinition, what: string): void {
  if (!onlyFeatures) return;
  throw runError('no-gradients', `${title} has operators that lesionlab can't take over, so that ${what}.`, {
    details: onlyFeatures.why,
    hint: {
      terminal:
        'A head on its features can be trained, evaluated and used for prediction; `explain --method occlusion` shows where it looks.',
      page: 'A head on its features can be trained, evaluated and used for prediction; occlusion shows where it looks.',
    },
  });
}
