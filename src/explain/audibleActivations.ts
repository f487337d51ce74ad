import type { Graph, Value } from '../graph/index.js';

/** A layer's output as the rest of the network hears it: after ReLU, where all that is taken of it goes through one. */
export const audibleActivations = (graph: Graph, value: Value): Value =>
  onlyPositiveUsed(graph, value) ? graph.node('Relu', [value], value.shape) : value;

/** Operators that only choose or move numbers, so that a ReLU behind them might as well stand before them. */
const movers = new Set(['maxPool', 'reshape', 'flatten', 'transpose', 'slice', 'gather', 'concat', 'expand']);

/**
 * Whether all that the network takes from a value goes through ReLU, at once or after what only moves numbers. What is negative there
 * is silence to the rest of the network; left in, it would turn into heat wherever a channel speaks against the class (on
 * synthetic images the hottest place then lay inside the lesion in 53 % instead of 76 %). GELU, SiLU and their like let a little of it
 * through: their input stays as it is.
 */
function onlyPositiveUsed(graph: Graph, value: Value): boolean {
  const uses = graph.applications.filter(({ inputs }) => inputs.some(({ name }) => name === value.name));
  return (
    uses.length > 0 &&
    uses.every(
      ({ operator, output, attributes }) =>
        ['relu', 'relu6'].includes(operator.name) ||
        (operator.name === 'clip' && ((attributes as { min?: number }).min ?? -1) >= 0) ||
        (movers.has(operator.name) && onlyPositiveUsed(graph, output)),
    )
  );
}
