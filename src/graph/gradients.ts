import { requireSome, unexpected, Words } from '../checks.js';
import { fitShapes } from './fitShapes.js';
import { GradientSums } from './gradientSums.js';
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

  const sums = new GradientSums(graph);
  sums.add(output, seed ?? graph.scalar(1));
  for (const { operator, inputs, output: result, attributes, saved } of applications.toReversed()) {
    const outputGradient = sums.get(result);
    if (!outputGradient) continue;
    const wanted = inputs.map((input) => reached.has(input.name));
    const parts = operator.gradient(graph, {
      takeEarlier: (input: number) => sums.take(inputs[input]),
      inputs: inputsFor(graph, operator, inputs),
      output: result,
      outputGradient: operator.anyLayout ? outputGradient : toPlain(graph, outputGradient),
      attributes,
      saved,
      wanted,
    } as never);
    parts.forEach((part, i) => {
      if (part && wanted[i]) sums.add(inputs[i], part);
    });
  }
  return sources.map((source) => {
    const gradient = sums.get(source);
    if (!gradient)
      throw unexpected(
        'gradients',
        `an output that depends on ${source.name}`,
        new Words(`${output.name}, which doesn't`),
      );
    return source.layout ? gradient : toPlain(graph, gradient);
  });
}
