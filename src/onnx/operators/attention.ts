import { add, attention, concat, expand, transpose, type Value } from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import { numbersOf } from '../mirror/tensorTypes.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** [N, T, H D] as heads [N, H, T, D]. */
function toHeads(call: OperatorCall, x: Value, heads: number): Value {
  const [n, t, width] = x.shape;
  const rows = call.reshape(x, [n, t, heads, width / heads]);
  return call.apply(transpose, [rows], { permutation: [0, 2, 1, 3] });
}

/** Heads of keys or values repeated for the queries that share them. */
function repeatHeads(call: OperatorCall, x: Value, heads: number): Value {
  const [n, own, s, d] = x.shape;
  if (own === heads) return x;
  const each = call.apply(expand, [call.reshape(x, [n, own, 1, s, d])], { shape: [n, own, heads / own, s, d] });
  return call.reshape(each, [n, heads, s, d]);
}

/** 0 where a position is seen, minus infinity where not, for positions that are known before. */
function hide(call: OperatorCall, seen: (i: number) => boolean, shape: readonly number[]): Value {
  const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (seen(i) ? 0 : -Infinity));
  const row = shape[shape.length - 1];
  for (let start = 0; start < numbers.length; start += row)
    if (numbers.subarray(start, start + row).every((number) => number !== 0))
      throw new Refusal('hides every position from some query');
  return call.graph.initializer(numbers, shape);
}

/** What is added to the scores: the mask, and what a query may not see of what comes after it. */
function biasOf(call: OperatorCall, t: number, s: number): Value | undefined {
  const biases: Value[] = [];
  if (call.has(3)) {
    const mask = call.input(3);
    if (mask.shape[mask.shape.length - 1] !== s)
      throw new Refusal('has a mask for fewer positions than there are keys');
    if (mask.type === 'bool') {
      const numbers = numbersOf(call.constant(3, 'its mask'));
      biases.push(hide(call, (i) => numbers[i] !== 0, mask.shape));
    } else biases.push(call.value(3));
  }
  if (call.attributes.flag('is_causal')) {
    if (call.has(4)) throw new Refusal('hides later positions and has a past');
    biases.push(hide(call, (i) => i % s <= Math.floor(i / s), [t, s]));
  }
  if (biases.length < 2) return biases[0];
  return call.apply(add, biases, {});
}

/** Attention as ONNX has it from opset 23 on. */
export const onnxAttention: OnnxOperator = {
  operator: 'Attention',
  becomes: 'attention, add, concat, expand, reshape, transpose',
  remark: 'Without softcap, paddings of keys, and the scores as an output; masks of truths are constants.',
  build: (call) => {
    const { attributes } = call;
    if (attributes.float('softcap', 0) !== 0) throw new Refusal('caps its scores (softcap)');
    if (call.has(6)) throw new Refusal('takes how many keys are no padding');
    if (attributes.has('left_window_size') || attributes.has('right_window_size')) throw new Refusal('sees a window');
    const flat = call.shape(0).length === 3;
    const heads = flat ? attributes.int('q_num_heads', 1) : call.shape(0)[1];
    const ownHeads = flat ? attributes.int('kv_num_heads', heads) : call.shape(1)[1];
    const part = (i: number, count: number) => (flat ? toHeads(call, call.value(i), count) : call.value(i));
    const query = part(0, heads);
    const join = (past: number, x: Value) =>
      call.has(past) ? call.apply(concat, [call.value(past), x], { axis: 2 }) : x;
    const [keys, values] = [join(4, part(1, ownHeads)), join(5, part(2, ownHeads))];
    const bias = biasOf(call, query.shape[2], keys.shape[2]);
    const inputs = [query, repeatHeads(call, keys, heads), repeatHeads(call, values, heads)];
    const scale = attributes.float('scale', 1 / Math.sqrt(query.shape[3]));
    const found = call.apply(attention, bias ? [...inputs, bias] : inputs, { scale });
    const [n, , t, d] = found.shape;
    const output = flat
      ? call.reshape(call.apply(transpose, [found], { permutation: [0, 2, 1, 3] }), [n, t, heads * d])
      : found;
    return [output, keys, values];
  },
};
