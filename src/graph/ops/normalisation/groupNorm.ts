import { requireInteger, requireNumber, unexpected } from '../../../checks.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type GradientCall, type Graph, type Operator, type Value } from '../../graph.js';
import { reshapeTo } from '../../reshapeTo.js';

/** Attributes of `groupNorm`. */
export interface GroupNormAttributes {
  /** Into how many groups of neighbours the channels fall. */
  readonly groups: number;
  /** Added to the variance. PyTorch's default is 1e-5. */
  readonly epsilon: number;
}

/**
 * Group norm (Wu and He 2018): x [N, C, ...], scale [C], bias [C] to scale (x - mean) / sqrt(variance + epsilon) + bias, with mean and
 * (population) variance of each image's groups of channels.
 */
export const groupNorm: Operator<GroupNormAttributes> = {
  name: 'groupNorm',
  lower(graph, inputs, { groups, epsilon }) {
    fitShapes('groupNorm', { input: [inputs[0], 'N C ...'], scale: [inputs[1], 'C'], bias: [inputs[2], 'C'] });
    const [, c] = inputs[0].shape;
    requireInteger('groupNorm, groups', groups, { min: 1, max: c });
    if (c % groups !== 0) throw unexpected('groupNorm, groups', `a divisor of ${c} channels`, groups);
    requireNumber('groupNorm, epsilon', epsilon, { min: 0 });
    return normaliseGroups(graph, inputs, groups, epsilon);
  },
  gradient: (graph, call) => groupGradients(graph, call, call.attributes.groups, call.attributes.epsilon),
};

/** InstanceNormalization takes the mean off before it squares, on every device; a group is to it a channel. */
export function normaliseGroups(graph: Graph, inputs: readonly Value[], groups: number, epsilon: number): Value {
  const [x, scale, bias] = inputs;
  const attributes = { epsilon: { float: epsilon } };
  if (groups === x.shape[1] && x.shape.length > 2) {
    return graph.node('InstanceNormalization', inputs, x.shape, attributes);
  }
  const rows = inGroups(graph, x, groups);
  const [one, zero] = [1, 0].map((value) => graph.initializer(new Float32Array(groups).fill(value), [groups]));
  const normal = graph.node('InstanceNormalization', [rows, one, zero], rows.shape, attributes);
  const scaled = graph.node('Mul', [reshapeTo(graph, normal, x.shape), perChannel(graph, scale, x)], x.shape);
  return graph.node('Add', [scaled, perChannel(graph, bias, x)], x.shape);
}

/** With g = scale dy and n = (x - mean) / spread, means over the group: dx = (g - mean g - n mean(g n)) / spread. */
export function groupGradients(
  graph: Graph,
  { inputs: [x, scale], outputGradient, wanted }: Pick<GradientCall<never>, 'inputs' | 'outputGradient' | 'wanted'>,
  groups: number,
  epsilon: number,
): (Value | null)[] {
  const rows = inGroups(graph, x, groups);
  const { shape } = rows;
  const single = [...shape.slice(0, 2), 1];
  const meanOf = (value: Value) => graph.node('ReduceMean', [value], single, { axes: [2], keepdims: 1 });
  const wide = (operator: string, a: Value, b: Value) => graph.node(operator, [a, b], shape);
  const centred = wide('Sub', rows, meanOf(rows));
  const variance = meanOf(wide('Mul', centred, centred));
  const spread = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)], single)], single);
  const normal = wide('Div', centred, spread);

  const inputGradient = () => {
    const scaled = graph.node('Mul', [outputGradient, perChannel(graph, scale, x)], x.shape);
    const inner = inGroups(graph, scaled, groups);
    const along = wide('Mul', normal, meanOf(wide('Mul', inner, normal)));
    const remaining = wide('Sub', wide('Sub', inner, meanOf(inner)), along);
    return reshapeTo(graph, wide('Div', remaining, spread), x.shape);
  };
  const axes = graph.integers(x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
  const sum = (value: Value) => graph.node('ReduceSum', [value, axes], scale.shape, { keepdims: 0 });
  return [
    wanted[0] ? inputGradient() : null,
    wanted[1] ? sum(graph.node('Mul', [outputGradient, reshapeTo(graph, normal, x.shape)], x.shape)) : null,
    wanted[2] ? sum(outputGradient) : null,
  ];
}

/** [N, C, ...] as [N, groups, values]. */
const inGroups = (graph: Graph, x: Value, groups: number): Value =>
  reshapeTo(graph, x, [x.shape[0], groups, elementCount(x.shape.slice(1)) / groups]);

/** [C] as [C, 1, ...], which spreads over x. */
const perChannel = (graph: Graph, vector: Value, x: Value): Value =>
  reshapeTo(graph, vector, [...vector.shape, ...x.shape.slice(2).map(() => 1)]);
