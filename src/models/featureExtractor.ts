import { requireLength } from '../checks.js';
import { elementCount, Graph, toOnnx } from '../graph/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { describeNetwork, type NetworkSize } from './initialWeights.js';
import type { FeatureExtractor, ModelDefinition } from './model.js';

/** A trained network without its head, and how many images go through it at a time. */
export interface FeatureExtractorOptions {
  readonly model: ModelDefinition;
  readonly weights: Weights;
  readonly imageSize: number;
  readonly batchSize: number;
}

/** Opens all but the head of a model, as it is in evaluation. @throws LesionlabError where weights don't fit the model */
export async function openFeatureExtractor(
  runtime: Runtime,
  { model, weights, imageSize, batchSize }: FeatureExtractorOptions,
  open: OpenOptions = {},
): Promise<FeatureExtractor> {
  if (model.onlyFeatures) return model.onlyFeatures.open(batchSize, open);
  const graph = new Graph({ target: open.device ?? 'cpu' });
  const shape = [batchSize, 3, imageSize, imageSize];
  const features = model.buildFeatures(new Network(graph, { weights }), graph.input('images', shape));
  graph.output('features', features);
  const session = await runtime.open(toOnnx(graph), open);
  return {
    batchSize,
    width: features.shape[1],
    async extract(images) {
      requireLength('images', images, elementCount(shape), `${batchSize} images of [${shape.slice(1).join(', ')}]`);
      const outputs = await session.run({ images: { data: images, shape } });
      return outputs.features.data as Float32Array;
    },
    close: () => session.close(),
  };
}

/** Names of the parameters and buffers of a model's head. */
export function headTensors({ model, classCount, imageSize }: NetworkSize): Set<string> {
  const all = describeNetwork({ model, classCount, imageSize });
  const trunk = new Network(new Graph());
  model.buildFeatures(trunk, trunk.graph.input('images', [2, 3, imageSize, imageSize]));
  const names = new Set(trunk.tensors.map(({ name }) => name));
  return new Set(all.tensors.flatMap(({ name }) => (names.has(name) ? [] : [name])));
}
