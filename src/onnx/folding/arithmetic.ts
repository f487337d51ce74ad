import { elementCount } from '../../graph/graph.js';
import { broadcastShape } from '../geometry/axes.js';
import type { NodeCall } from '../geometry/nodeCall.js';
import { type Constant, isFloat, makeConstant, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import { broadcastPlaces } from './arrays.js';
import type { Fold, Folds } from './fold.js';

/** Element by element, broadcast to each other. */
export function combine(
  a: Constant,
  b: Constant,
  type: TensorType,
  operation: (a: number, b: number) => number,
): Constant {
  const shape = broadcastShape(a.shape, b.shape);
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const [fromLeft, fromRight] = [broadcastPlaces(a.shape, shape), broadcastPlaces(b.shape, shape)];
  const found = new Float64Array(elementCount(shape));
  for (let i = 0; i < found.length; i++) found[i] = operation(left[fromLeft[i]], right[fromRight[i]]);
  return makeConstant(type, found, shape);
}

/** Up to opset 6 the second input is broadcast from an axis on, not from the last one. */
function aligned(call: NodeCall): [Constant, Constant] {
  const [a, b] = [call.constant(0), call.constant(1)];
  const axis = call.attributes.int('axis', -1);
  if (call.version > 6 || axis < 0) return [a, b];
  const missing = a.shape.length - axis - b.shape.length;
  return [a, { type: b.type, data: b.data, shape: [...b.shape, ...new Array<number>(missing).fill(1)] }];
}

const binary =
  (operation: (a: number, b: number) => number, whole = operation): Fold =>
  (call) => {
    const [a, b] = aligned(call);
    return combine(a, b, a.type, isFloat(a.type) ? operation : whole);
  };

const compared =
  (operation: (a: number, b: number) => boolean): Fold =>
  (call) => {
    const [a, b] = aligned(call);
    return combine(a, b, 'bool', (x, y) => Number(operation(x, y)));
  };

const many =
  (operation: (a: number, b: number) => number, finish = (sum: number, _count: number) => sum): Fold =>
  (call) => {
    const inputs = call.inputs.map((_, i) => call.constant(i));
    const [first, ...others] = inputs;
    const all = others.reduce((found, next) => combine(found, next, first.type, operation), first);
    return makeConstant(
      first.type,
      Array.from(numbersOf(all), (sum) => finish(sum, inputs.length)),
      all.shape,
    );
  };

const unary =
  (operation: (x: number) => number, type?: TensorType): Fold =>
  (call) => {
    const x = call.constant(0);
    return makeConstant(type ?? x.type, Float64Array.from(numbersOf(x), operation), x.shape);
  };

const toInfinity = (x: number) => Math.trunc(x);
const sameSign = (a: number, b: number) => a - b * Math.floor(a / b);

/** Rounds halves to even. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** NaN where either is one. */
const larger = (a: number, b: number) => Math.max(a, b);
const smaller = (a: number, b: number) => Math.min(a, b);

/** Arithmetic, comparisons and logic on elements. */
export const arithmetic: Folds = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary(
    (a, b) => a / b,
    (a, b) => toInfinity(a / b),
  ),
  Mod: (call) => {
    const [a, b] = [call.constant(0), call.constant(1)];
    return combine(a, b, a.type, call.attributes.flag('fmod') ? (x, y) => x % y : sameSign);
  },
  Pow: binary((a, b) => a ** b),
  Max: many(larger),
  Min: many(smaller),
  Sum: many((a, b) => a + b),
  Mean: many(
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundEven),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Reciprocal: unary((x) => 1 / x),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tan: unary(Math.tan),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Relu: unary((x) => Math.max(x, 0)),
  Not: unary((x) => Number(!x)),
  IsNaN: unary((x) => Number(Number.isNaN(x)), 'bool'),
  IsInf: (call) => {
    const [up, down] = [call.attributes.flag('detect_positive', true), call.attributes.flag('detect_negative', true)];
    const infinite = (x: number) => (up && x === Number.POSITIVE_INFINITY) || (down && x === Number.NEGATIVE_INFINITY);
    return unary((x) => Number(infinite(x)), 'bool')(call);
  },
  Clip: (call) => {
    const low = call.attributes.has('min') ? call.attributes.float('min', 0) : call.number(1);
    const high = call.attributes.has('max') ? call.attributes.float('max', 0) : call.number(2);
    return unary((x) => Math.min(Math.max(x, low ?? -Infinity), high ?? Infinity))(call);
  },
  Equal: (call) => {
    const [a, b] = aligned(call);
    if (a.type !== 'string') return compared((x, y) => x === y)(call);
    const shape = broadcastShape(a.shape, b.shape);
    const [left, right] = [broadcastPlaces(a.shape, shape), broadcastPlaces(b.shape, shape)];
    return makeConstant(
      'bool',
      Array.from(left, (place, i) => Number(a.data[place] === b.data[right[i]])),
      shape,
    );
  },
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
  And: compared((a, b) => Boolean(a && b)),
  Or: compared((a, b) => Boolean(a || b)),
  Xor: compared((a, b) => Boolean(a) !== Boolean(b)),
  Where: (call) => {
    const [condition, a, b] = [call.constant(0), call.constant(1), call.constant(2)];
    const shape = broadcastShape(condition.shape, a.shape, b.shape);
    const [chosen, left, right] = [condition, a, b].map((source) => broadcastPlaces(source.shape, shape));
    const count = elementCount(shape);
    const either = Array.from({ length: count }, (_, i) =>
      condition.data[chosen[i]] ? a.data[left[i]] : b.data[right[i]],
    );
    if (a.type === 'string') return { type: 'string', shape, data: either as string[] };
    return makeConstant(a.type, either.map(Number), shape);
  },
};
