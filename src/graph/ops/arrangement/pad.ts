import { requireLength, requireNumber, requireNumbers, requireOneOf, unexpected, Words } from '../../../checks.js';
import { axisMatrix, multiplyAxis, transposed } from '../../axisMatrix.js';
import { inLayoutOf, padPixels } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import { type Graph, type Operator, toPlain, type Value } from '../../graph.js';

/** Attributes of `pad`. */
export interface PadAttributes {
  /** How many elements are put before each axis; a negative number cuts as many off. */
  readonly before: readonly number[];
  /** How many are put behind it. */
  readonly after: readonly number[];
  /** What they are: one value; the input mirrored at its first and last element; or these two repeated. Default 'constant'. */
  readonly mode?: 'constant' | 'reflect' | 'edge';
  /** Of the mode 'constant'. Default 0. */
  readonly value?: number;
}

/** A border around x, of any rank. What is to be cut off is cut off first. */
export const pad: Operator<PadAttributes> = {
  name: 'pad',
  anyLayout: true,
  lower(graph, [x], attributes) {
    const { before, after, mode, value } = requirePads(x, attributes);
    if (mode === 'constant') {
      const blocked = x.layout && keepsLayout(x, before, after) && (value === 0 || x.shape[1] % x.layout.block === 0);
      return blocked
        ? padPixels(graph, x, before.slice(2), after.slice(2), value)
        : padPlain(graph, x, before, after, value);
    }
    const cut = padPlain(graph, x, before.map(negative), after.map(negative), 0);
    return padPlain(graph, cut, before.map(positive), after.map(positive), 0, mode);
  },
  /** A constant border is cut off again; of the others each element hands its gradient to the one that it repeats. */
  gradient(graph, { inputs: [x], output, outputGradient, attributes }) {
    const { before, after, mode } = requirePads(x, attributes);
    const turned = (counts: readonly number[]) => counts.map((count) => -count);
    if (mode === 'constant') {
      const gradient = inLayoutOf(graph, outputGradient, output);
      if (output.layout) return [padPixels(graph, gradient, turned(before.slice(2)), turned(after.slice(2)), 0)];
      return [padPlain(graph, gradient, turned(before), turned(after), 0)];
    }
    const cut = x.shape.map((side, axis) => side + negative(before[axis]) + negative(after[axis]));
    const inner = cut.reduce(
      (gradient, side, axis) => {
        const [front, back] = [positive(before[axis]), positive(after[axis])];
        if (front === 0 && back === 0) return gradient;
        const entries = Array.from({ length: front + side + back }, (_, i) => {
          return [i, repeated(i - front, side, mode), 1] as const;
        });
        return multiplyAxis(graph, gradient, axis, transposed(axisMatrix(front + side + back, side, entries)));
      },
      toPlain(graph, outputGradient),
    );
    return [padPlain(graph, inner, turned(before.map(negative)), turned(after.map(negative)), 0)];
  },
};

const negative = (count: number) => Math.min(count, 0);
const positive = (count: number) => Math.max(count, 0);

/** The place that a place outside repeats. */
function repeated(place: number, side: number, mode: 'reflect' | 'edge'): number {
  if (mode === 'edge') return Math.min(Math.max(place, 0), side - 1);
  const last = side - 1;
  return last - Math.abs(last - Math.abs(place));
}

function requirePads(x: Value, { before, after, mode = 'constant', value = 0 }: PadAttributes) {
  fitShapes('pad', { input: [x, 'D ...'] });
  requireOneOf('pad, mode', mode, ['constant', 'reflect', 'edge']);
  requireNumber('pad, value', value);
  for (const [name, counts] of Object.entries({ before, after })) {
    requireLength(`pad, ${name}`, counts, x.shape.length, 'one an axis');
    requireNumbers(`pad, ${name}`, counts, {}, true);
  }
  for (const [axis, side] of x.shape.entries()) {
    const cut = side + negative(before[axis]) + negative(after[axis]);
    const most = Math.max(before[axis], after[axis]);
    const found = new Words(`${before[axis]} before and ${after[axis]} behind ${side} elements`);
    if (cut < 1) throw unexpected(`pad, axis ${axis}`, 'something to be left', found);
    if (mode === 'reflect' && most >= cut)
      throw unexpected(`pad, axis ${axis}`, 'fewer elements than there are to be mirrored', found);
  }
  return { before, after, mode, value };
}

/** Rows and columns alone: batch and channels stay as they are. */
const keepsLayout = (x: Value, before: readonly number[], after: readonly number[]) =>
  x.shape.length === 4 && [0, 1].every((axis) => before[axis] === 0 && after[axis] === 0);

function padPlain(
  graph: Graph,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value: number,
  mode = 'constant',
): Value {
  const plain = toPlain(graph, x);
  if ([...before, ...after].every((count) => count === 0)) return plain;
  const shape = plain.shape.map((side, axis) => side + before[axis] + after[axis]);
  const counts = graph.integers([...before, ...after]);
  const inputs = mode === 'constant' ? [plain, counts, graph.scalar(value)] : [plain, counts];
  return graph.node('Pad', inputs, shape, { mode });
}
