import type { Graph, Shape, Value } from '../../graph/index.js';
import type { Network } from '../../nn/index.js';
import type { OptimizerOptions } from './optimizers.js';
import { adamConstants, sgdMomentum } from './optimizers.js';
import { batchOutputs, meanOf, varianceOf } from './runningStatistics.js';

/** What stays where the graph runs from step to step: an input that each step replaces by the output `next/<name>`. */
export interface HeldValue {
  readonly name: string;
  readonly shape: Shape;
}

/** Names of the numbers that change from step to step, each of shape []. */
export const updateNumbers = {
  learningRate: 'update/learningRate',
  firstCorrection: 'update/firstCorrection',
  secondCorrection: 'update/secondCorrection',
  averageDecay: 'update/averageDecay',
} as const;

export const nextOf = (name: string): string => `next/${name}`;

/** The name of a parameter's part of an array of state, such as `firstMoments`; of `parameters` it is the parameter's own. */
export const heldName = (part: string, parameter: string): string =>
  part === 'parameters' ? parameter : `${part}/${parameter}`;

/**
 * Appends the optimizer to a training graph, which then gives parameters, state and running statistics after the step in place of gradients
 * and statistics of the batch, so that none of them leaves the device. The numbers are those of the kernels in `wasmKernels.ts`.
 * @returns what the graph takes and gives back
 */
export function appendUpdate(
  graph: Graph,
  network: Network,
  options: OptimizerOptions & { readonly averages: boolean },
): HeldValue[] {
  const held: HeldValue[] = [];
  const input = (name: string, shape: Shape = []) =>
    graph.inputs.find((known) => known.name === name) ?? graph.input(name, shape);
  const op = (operator: string, ...inputs: readonly Value[]): Value => {
    const shape = inputs.reduce<Shape>(
      (longest, input) => (input.shape.length > longest.length ? input.shape : longest),
      [],
    );
    return graph.node(operator, inputs, shape);
  };
  const keep = (name: string, shape: Shape, next: Value) => {
    held.push({ name, shape });
    graph.output(nextOf(name), next);
  };
  const take = (name: string) => {
    const value = graph.outputs.get(name)!;
    graph.outputs.delete(name);
    return value;
  };
  const { learningRateFactor = () => 1, decays = () => true, weightDecay, kind } = options;
  const names = network.trainableParameters.map(({ name }) => name);
  const gradients = names.map((name) => take(`gradient/${name}`));
  const scale = appendClipping(graph, gradients, options.gradientClipping ?? 0);

  network.trainableParameters.forEach(({ name, shape }, i) => {
    const parameter = network.parameterValues.get(name)!;
    const rate = scaled(input(updateNumbers.learningRate), learningRateFactor(name));
    const decay = decays(name, shape) ? weightDecay : 0;
    const clipped = scale ? op('Mul', gradients[i], scale) : gradients[i];
    const gradient =
      decay > 0 && kind !== 'adamw' ? op('Add', clipped, op('Mul', parameter, graph.scalar(decay))) : clipped;
    const next =
      kind === 'sgd'
        ? sgd(name, shape, parameter, gradient, rate)
        : adam(name, shape, parameter, gradient, rate, decay);
    keep(name, shape, next);
    if (options.averages) {
      const average = graph.input(heldName('average', name), shape);
      const d = input(updateNumbers.averageDecay);
      // next + d (average - next)
      keep(average.name, shape, op('Add', next, op('Mul', op('Sub', average, next), d)));
    }
  });
  for (const norm of network.statistics) {
    const outputs = batchOutputs(norm);
    const blend = (name: string, batch: Value) => {
      const running = input(name, batch.shape);
      const step = op('Mul', op('Sub', batch, running), graph.scalar(norm.momentum));
      keep(name, batch.shape, op('Add', running, step));
    };
    blend(meanOf(norm), take(outputs.mean));
    blend(varianceOf(norm), take(outputs.variance));
  }
  return held;

  function scaled(value: Value, factor: number): Value {
    return factor === 1 ? value : graph.derive(`times ${factor}`, value, () => op('Mul', value, graph.scalar(factor)));
  }

  function sgd(name: string, shape: Shape, parameter: Value, gradient: Value, rate: Value): Value {
    const before = graph.input(heldName('momentum', name), shape);
    const momentum = op('Add', op('Mul', before, graph.scalar(sgdMomentum)), gradient);
    keep(before.name, shape, momentum);
    return op('Sub', parameter, op('Mul', momentum, rate));
  }

  function adam(name: string, shape: Shape, parameter: Value, gradient: Value, rate: Value, decay: number): Value {
    const { beta1, beta2, epsilon } = adamConstants;
    const blend = (before: Value, now: Value, beta: number) =>
      op('Add', op('Mul', before, graph.scalar(beta)), op('Mul', now, graph.scalar(1 - beta)));
    const first = graph.input(heldName('firstMoments', name), shape);
    const second = graph.input(heldName('secondMoments', name), shape);
    const nextFirst = blend(first, gradient, beta1);
    const nextSecond = blend(second, op('Mul', gradient, gradient), beta2);
    keep(first.name, shape, nextFirst);
    keep(second.name, shape, nextSecond);
    const root = op('Mul', op('Sqrt', nextSecond), input(updateNumbers.secondCorrection));
    const direction = op('Div', nextFirst, op('Add', root, graph.scalar(epsilon)));
    const stepSize = graph.derive('corrected', rate, () => op('Mul', rate, input(updateNumbers.firstCorrection)));
    const shrunk =
      kind === 'adamw' && decay > 0
        ? op('Sub', parameter, op('Mul', parameter, op('Mul', rate, graph.scalar(decay))))
        : parameter;
    return op('Sub', shrunk, op('Mul', direction, stepSize));
  }
}

/** What the gradients are multiplied by so that together they are no longer than the limit, []; undefined where there is none. */
function appendClipping(graph: Graph, gradients: readonly Value[], limit: number): Value | undefined {
  if (limit === 0) return undefined;
  const squares = gradients.map((gradient) =>
    graph.node('ReduceSum', [graph.node('Mul', [gradient, gradient], gradient.shape)], [], { keepdims: 0 }),
  );
  const sum = squares.reduce((total, square) => graph.node('Add', [total, square], []));
  const norm = graph.node('Add', [graph.node('Sqrt', [sum], []), graph.scalar(1e-6)], []);
  return graph.node('Min', [graph.node('Div', [graph.scalar(limit), norm], []), graph.scalar(1)], []);
}
