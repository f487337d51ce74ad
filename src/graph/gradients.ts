import { requireSome, unexpected, Words } from '../checks.js';
import { inLayoutOf } from './blocked/layout.js';
import { fitShapes } from './fitShapes.js';
import { elementCount, type Graph, inputsFor, toPlain, type Value } from './graph.js';

/**
 * Appends the nodes that compute the gradients of `output` with respect to `sources`: reverse-mode differentiation over the
 * applications recorded so far.
 * @param seed gradient that enters at `output`, of its shape; 1 where `output` is a scalar
 * @returns one value per source, of the source's shape
 * @throws LesionlabError kind `usage` where `output` doesn't depend on a source, or the seed is of another shape
 */
export function gradients(graph: Graph, output: Value, sources: readonly Value[], seed?: Value): Value[] {
  if (seed) fitShapes('gradients', { seed: [seed, output.shape.join(' ')] });
  else if (elementCount(output.shape) !== 1)
    throw unexpected('gradients, seed', `the gradient of an output of shape [${output.shape.join(', ')}]`, seed);
  requireSome('gradients, sources', sources);
  // Values between the sources and the output: only those carry gradients, so that the first layer has no input gradient.
  const reached = new Set(sources.map((source) => source.name));
  const applications = graph.applications.filter((application) => {
    const depends = application.inputs.some((input) => reached.has(input.name));
    if (depends) reached.add(application.output.name);
    return depends;
  });

  const found = new Map<string, Value>([[output.name, seed ?? graph.scalar(1)]]);
  for (const { operator, inputs, output: result, attributes, saved } of applications.toReversed()) {
    const outputGradient = found.get(result.name);
    if (!outputGradient) continue;
    const wanted = inputs.map((input) => reached.has(input.name));
    const takeEarlier = (input: number) => {
      const { name } = inputs[input];
      const earlier = found.get(name);
      found.delete(name);
      return earlier;
    };
    const parts = operator.gradient(graph, {
      takeEarlier,
      inputs: inputsFor(graph, operator, inputs),
      output: result,
      outputGradient: operator.anyLayout ? outputGradient : toPlain(graph, outputGradient),
      attributes,
      saved,
      wanted,
    } as never);
    parts.forEach((part, i) => {
      if (!part || !wanted[i]) return;
      const earlier = found.get(inputs[i].name);
      found.set(inputs[i].name, earlier ? addGradients(graph, earlier, part) : part);
    });
  }
  return sources.map((source) => {
    const gradient = found.get(source.name);
    if (!gradient)
      throw unexpected(
        'gradients',
        `an output that depends on ${source.name}`,
        new Words(`${output.name}, which doesn't`),
      );
    return source.layout ? gradient : toPlain(graph, gradient);
  });
}

function addGradients(graph: Graph, a: Value, b: Value): Value {
  const { layout } = a;
  return graph.node('Add', [a, inLayoutOf(graph, b, a)], a.shape, {}, { layout });
}
