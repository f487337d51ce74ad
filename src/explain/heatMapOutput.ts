import { fitShapes } from '../graph/fitShapes.js';
import { type Graph, gradients, type Value } from '../graph/index.js';
import { audibleActivations } from './audibleActivations.js';
import { arrangeAsMap, type MapLayout } from './mapLayout.js';

/**
 * Adds Grad-CAM to a graph (Selvaraju et al. 2017, equations 1 and 2): [N, M, H, W], at the layer's resolution, the positive part in units of the
 * class score. All of it follows from the image, so that the graph needs no other input, and like the rest of an exported graph it takes
 * any batch size.
 * @param logits [N, K] @param activations output of the layer that is looked at @param layout how that is read as a map
 * @param chosen of each map, the class of each image: M times [N, K], 1 at the class and 0 elsewhere. Default every class, so that M is K
 */
export function appendHeatMaps(
  graph: Graph,
  logits: Value,
  activations: Value,
  layout: MapLayout,
  chosen: readonly Value[] = everyClass(graph, logits),
): Value {
  fitShapes('appendHeatMaps', { logits: [logits, 'N K'] });
  const { channels, height, width } = layout;
  const [count] = logits.shape;
  const audible = arrangeAsMap(graph, audibleActivations(graph, activations), layout);
  const maps = chosen.map((seed) => {
    const [slopes] = gradients(graph, logits, [activations], seed);
    const arranged = arrangeAsMap(graph, slopes, layout);
    const weights = graph.node('ReduceMean', [arranged], [count, channels, 1, 1], { axes: [2, 3], keepdims: 1 });
    const weighted = graph.node('Mul', [audible, weights], audible.shape);
    return graph.node('ReduceSum', [weighted, graph.integers([1])], [count, 1, height, width], { keepdims: 1 });
  });
  const shape = [count, maps.length, height, width];
  return graph.node('Relu', [graph.node('Concat', maps, shape, { axis: 1 })], shape);
}

function everyClass(graph: Graph, logits: Value): Value[] {
  const classes = logits.shape[1];
  // Of the batch size that the graph meets when it runs.
  const zeros = graph.node('Mul', [logits, graph.scalar(0)], logits.shape);
  return Array.from({ length: classes }, (_, k) => {
    const chosen = Float32Array.from({ length: classes }, (_, other) => (other === k ? 1 : 0));
    return graph.node('Add', [zeros, graph.initializer(chosen, [1, classes])], logits.shape);
  });
}

/** ONNX's number for float32. */
const toFloat = { to: 1 };

/**
 * The classes that a graph finds most probable in each image, the most probable first.
 * @param logits [N, K] @returns their indices [N, M] as int64, and what `appendHeatMaps` takes to map them
 */
export function mostProbableClasses(graph: Graph, logits: Value, most: number): { indices: Value; chosen: Value[] } {
  const [count, classes] = logits.shape;
  const [, indices] = graph.nodeWithOutputs(
    'TopK',
    [logits, graph.integers([most])],
    [
      { shape: [count, most], type: 'float32' },
      { shape: [count, most], type: 'int64' },
    ],
    { axis: 1 },
  );
  const numbers = graph.integers(Array.from({ length: classes }, (_, k) => k));
  const chosen = Array.from({ length: most }, (_, rank) => {
    const bounds = [rank, rank + 1, 1].map((bound) => graph.integers([bound]));
    const own = graph.node('Slice', [indices, ...bounds], [count, 1], {}, { type: 'int64' });
    const isOwn = graph.node('Equal', [own, numbers], logits.shape, {}, { type: 'bool' });
    return graph.node('Cast', [isOwn], logits.shape, toFloat);
  });
  return { indices, chosen };
}
