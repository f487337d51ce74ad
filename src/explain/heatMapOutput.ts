import { fitShapes } from '../graph/fitShapes.js';
import { type Graph, gradients, type Value } from '../graph/index.js';
import { audibleActivations } from './audibleActivations.js';
import { arrangeAsMap, type MapLayout } from './mapLayout.js';

/**
 * Adds Grad-CAM of every class to a graph (Selvaraju et al. 2017, equations 1 and 2): [N, K, H, W], at the layer's resolution,
 * the positive part in units of the class score. All of it follows from the image, so that the graph needs no other input, and
 * like the rest of an exported graph it takes any batch size.
 * @param logits [N, K] @param activations output of the layer that is looked at @param layout how that is read as a map
 */
export function appendHeatMaps(graph: Graph, logits: Value, activations: Value, layout: MapLayout): Value {
  fitShapes('appendHeatMaps', { logits: [logits, 'N K'] });
  const { channels, height, width } = layout;
  const [count, classes] = logits.shape;
  const audible = arrangeAsMap(graph, audibleActivations(graph, activations), layout);
  // Gradients of the batch size that the graph meets when it runs.
  const zeros = graph.node('Mul', [logits, graph.scalar(0)], logits.shape);
  const maps = Array.from({ length: classes }, (_, k) => {
    const chosen = Float32Array.from({ length: classes }, (_, other) => (other === k ? 1 : 0));
    const seed = graph.node('Add', [zeros, graph.initializer(chosen, [1, classes])], logits.shape);
    const [slopes] = gradients(graph, logits, [activations], seed);
    const arranged = arrangeAsMap(graph, slopes, layout);
    const weights = graph.node('ReduceMean', [arranged], [count, channels, 1, 1], { axes: [2, 3], keepdims: 1 });
    const weighted = graph.node('Mul', [audible, weights], audible.shape);
    return graph.node('ReduceSum', [weighted, graph.integers([1])], [count, 1, height, width], { keepdims: 1 });
  });
  const shape = [count, classes, height, width];
  return graph.node('Relu', [graph.node('Concat', maps, shape, { axis: 1 })], shape);
}
