import { runError } from '../errors.js';
import { toOnnx } from '../graph/index.js';
import { foreignModel } from '../models/foreign/foreignModel.js';
import type { ForeignClassifier } from '../models/foreign/readForeign.js';
import { buildEvaluationGraph, initialWeights } from '../models/index.js';
import { appendHeatMaps, mostProbableClasses } from './heatMapOutput.js';
import { mapLayout } from './mapLayout.js';

/** More classes than that, and only the most probable get maps: each costs a gradient. */
const mostMaps = 10;
/** Of how many classes there are maps, where not of all. */
const mapsOfMany = 5;

/** Somebody's classifier as a graph of lesionlab's. */
export interface EncodedForeign {
  /** ONNX: input `images` [batch, 3, S, S], outputs as `encodeModel` has them, and `heat_classes` [batch, M] where only some have maps. */
  readonly bytes: Uint8Array;
  /** The layer whose Grad-CAM is the output `heat_maps` [batch, M, H, W]. */
  readonly heatMapLayer: string;
  /** Maps are of the most probable classes alone, whose indices are the output `heat_classes`. */
  readonly someClasses: boolean;
}

/**
 * Somebody's classifier as an ONNX file with the outputs that an exported model has: `probabilities`, `logits` and `heat_maps`, for its own classes.
 * Whatever layout its file takes, this one takes [batch, 3, S, S].
 * @param size side of the images in pixels, and number of its classes
 * @throws LesionlabError kind `run` where lesionlab can't differentiate it, its last layer isn't found, or none of its layers has places
 */
export function encodeForeign(
  { network, input, output }: Pick<ForeignClassifier, 'network' | 'input' | 'output'>,
  { imageSize, classCount }: { readonly imageSize: number; readonly classCount: number },
): EncodedForeign {
  const model = foreignModel(network, { id: network.name, input, imageSize, output, head: 'own' });
  const layer = model.gradCamLayer;
  const size = { model, classCount, imageSize };
  const { graph, activations } = buildEvaluationGraph({
    ...size,
    weights: initialWeights(size, 0),
    // One image would hide what depends on the batch.
    batchSize: 2,
    // It runs on WebGPU or in WebAssembly.
    target: 'webgpu',
  });
  const looked = activations.get(layer);
  if (!looked)
    throw runError('no-map', `${network.name}: none of its layers has places, so that nothing tells where it looks.`);
  const logits = graph.outputs.get('logits')!;
  const layout = mapLayout(looked.shape, { height: imageSize, width: imageSize });
  const someClasses = classCount > mostMaps;
  const some = someClasses ? mostProbableClasses(graph, logits, mapsOfMany) : undefined;
  const maps = appendHeatMaps(graph, logits, looked, layout, some?.chosen);
  graph.output('heat_maps', maps);
  if (some) graph.output('heat_classes', some.indices);
  const symbolicShapes = {
    images: ['batch', 3, imageSize, imageSize],
    logits: ['batch', classCount],
    probabilities: ['batch', classCount],
    heat_maps: ['batch', ...maps.shape.slice(1)],
    ...(some && { heat_classes: ['batch', mapsOfMany] }),
  };
  return { bytes: toOnnx(graph, { name: network.name, symbolicShapes }), heatMapLayer: layer, someClasses };
}
