import { requireInteger, requireSome } from '../../../checks.js';
import { inLayoutOf } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import { type Graph, type Operator, toPlain, type Value } from '../../graph.js';

/** Attributes of `concat`. */
export interface ConcatAttributes {
  /** Along which the inputs lie one behind the other; negative ones count from the end. */
  readonly axis: number;
}

/**
 * Any number of inputs one behind the other along an axis; their other sides are the same. Channels in blocks stay so where each
 * input but the last fills its blocks.
 */
export const concat: Operator<ConcatAttributes> = {
  name: 'concat',
  anyLayout: true,
  lower(graph, inputs, attributes) {
    const axis = concatAxis(inputs, attributes);
    const parts = commonLayout(graph, inputs, axis);
    const length = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    const shape = inputs[0].shape.map((side, i) => (i === axis ? length : side));
    return graph.node('Concat', parts, shape, { axis }, { layout: parts[0].layout });
  },
  gradient(graph, { inputs, output, outputGradient, attributes, wanted }) {
    const axis = concatAxis(inputs, attributes);
    const gradient = inLayoutOf(graph, outputGradient, output);
    const { layout } = output;
    let start = 0;
    return inputs.map(({ shape }, i) => {
      const [from, to] = [start, start + shape[axis]];
      start = to;
      if (!wanted[i]) return null;
      // The last of blocked channels has what fills its last block with it.
      const end = i === inputs.length - 1 ? Number.MAX_SAFE_INTEGER : to;
      const bounds = [from, end, axis].map((n) => graph.integers([n]));
      return graph.node('Slice', [gradient, ...bounds], shape, {}, { layout });
    });
  },
};

/**
 * Applies `concat`. Values that begin with all those of an earlier concatenation are put behind its result: densely connected
 * layers (DenseNet) then hand their gradient back in two parts, where each layer before would have one.
 */
export function concatenate(graph: Graph, values: readonly Value[], axis: number): Value {
  const begins = (earlier: readonly Value[]) =>
    earlier.length > 1 && earlier.length < values.length && earlier.every(({ name }, i) => name === values[i].name);
  // What an earlier one is made of, itself perhaps put behind an earlier one.
  const wholes = new Map<string, readonly Value[]>();
  let longest: { readonly parts: readonly Value[]; readonly output: Value } | undefined;
  for (const { operator, inputs, output, attributes } of graph.applications) {
    if (operator.name !== concat.name || (attributes as ConcatAttributes).axis !== axis) continue;
    const parts = [...(wholes.get(inputs[0].name) ?? [inputs[0]]), ...inputs.slice(1)];
    wholes.set(output.name, parts);
    if (begins(parts) && parts.length > (longest?.parts.length ?? 0)) longest = { parts, output };
  }
  const inputs = longest ? [longest.output, ...values.slice(longest.parts.length)] : values;
  return graph.apply(concat, inputs, { axis });
}

function concatAxis(inputs: readonly Value[], { axis }: ConcatAttributes): number {
  requireSome('concat, inputs', inputs);
  fitShapes('concat', { 'input 0': [inputs[0], 'D ...'] });
  const { length } = inputs[0].shape;
  requireInteger('concat, axis', axis, { min: -length, max: length - 1 });
  const found = axis < 0 ? axis + length : axis;
  const pattern = (own: number) => inputs[0].shape.map((side, i) => (i === found ? `D${own}` : side)).join(' ');
  fitShapes('concat', Object.fromEntries(inputs.map((input, i) => [`input ${i}`, [input, pattern(i)]])));
  return found;
}

function commonLayout(graph: Graph, inputs: readonly Value[], axis: number): readonly Value[] {
  const blocked = inputs.find(({ layout }) => layout?.kind === 'channels');
  const whole = inputs.slice(0, -1).every(({ shape }) => shape[1] % (blocked?.layout?.block ?? 1) === 0);
  const keeps = blocked && axis === 1 && whole;
  return inputs.map((input) => (keeps ? inLayoutOf(graph, input, blocked) : toPlain(graph, input)));
}
