import type { Graph, Value } from './graph.js';
import { passesOver } from './ops/elementwise/passes.js';

/** What a layer may end with: max(x, 0), or that and at most 6 (MobileNet's). */
export type Activation = 'none' | 'relu' | 'relu6';

/** The names of all activations. */
export const activations: readonly Activation[] = ['none', 'relu', 'relu6'];

/** An activation, in the layout of its input. */
export function activate(graph: Graph, x: Value, activation: Activation): Value {
  const { shape, layout } = x;
  if (activation === 'none') return x;
  if (activation === 'relu') return graph.node('Relu', [x], shape, {}, { layout });
  return graph.node('Clip', [x, graph.scalar(0), graph.scalar(6)], shape, {}, { layout });
}

/**
 * The gradient before an activation, from the one after it. At the kinks it is 0, as in PyTorch.
 * @param gradient in the layout of `output`
 * @param output of the activation
 */
export function activationGradient(graph: Graph, gradient: Value, output: Value, activation: Activation): Value {
  if (activation === 'none') return gradient;
  const bounds = activation === 'relu' ? { min: 0 } : { min: 0, max: 6 };
  return passesOver(graph, gradient).keepInside(gradient, output, bounds);
}
