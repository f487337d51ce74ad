import { matmul, reduceSum, transpose, type Value } from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

const product = (sides: readonly number[]): number => sides.reduce((found, side) => found * side, 1);

/** Axes in the order of these letters. */
function arranged(call: OperatorCall, x: Value, from: string, to: string): Value {
  const permutation = [...to].map((letter) => from.indexOf(letter));
  return permutation.every((axis, i) => axis === i) ? x : call.apply(transpose, [x], { permutation });
}

/** Sums over axes that nothing else has. */
function summed(call: OperatorCall, x: Value, letters: string, kept: string): [Value, string] {
  const axes = [...letters].flatMap((letter, i) => (kept.includes(letter) ? [] : [i]));
  if (axes.length === 0) return [x, letters];
  const left = [...letters].filter((letter) => kept.includes(letter)).join('');
  return [call.apply(reduceSum, [x], { axes, keepAxes: false }), left];
}

/** Inputs and output of an equation, letter by letter. */
function lettersOf(call: OperatorCall): { inputs: string[]; output: string } {
  const equation = call.attributes.string('equation', '').replace(/\s+/g, '');
  const [left, right] = equation.split('->');
  const inputs = left.split(',');
  const all = inputs.join('');
  const once = [...new Set(all)].filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort();
  const output = right ?? once.join('');
  const isPlain = [...inputs, output].every(
    (letters) => /^[a-zA-Z]*$/.test(letters) && new Set(letters).size === letters.length,
  );
  if (!isPlain || inputs.length !== call.inputs.length || inputs.length > 2)
    throw new Refusal(`has the equation "${equation}"`, 'Export it with matrix products in the place of einsum.');
  return { inputs, output };
}

/** Einsum of one or two tensors: a product of matrices between two rearrangements. */
export const einsum: OnnxOperator = {
  operator: 'Einsum',
  becomes: 'reduceSum, transpose, reshape, matmul',
  remark: 'Of one or two inputs, without ellipses and diagonals.',
  build: (call) => {
    const { inputs, output } = lettersOf(call);
    if (inputs.length === 1) {
      const [x, letters] = summed(call, call.value(0), inputs[0], output);
      return arranged(call, x, letters, output);
    }
    const [a, left] = summed(call, call.weight(0), inputs[0], inputs[1] + output);
    const [b, right] = summed(call, call.weight(1), inputs[1], inputs[0] + output);
    const side = (letter: string) =>
      left.includes(letter) ? a.shape[left.indexOf(letter)] : b.shape[right.indexOf(letter)];
    const sides = (letters: string) => [...letters].map(side);
    const pick = (letters: string, test: (letter: string) => boolean) => [...letters].filter(test).join('');
    const both = pick(output, (letter) => left.includes(letter) && right.includes(letter));
    const rows = pick(output, (letter) => left.includes(letter) && !right.includes(letter));
    const columns = pick(output, (letter) => right.includes(letter) && !left.includes(letter));
    const inner = pick(left, (letter) => right.includes(letter) && !output.includes(letter));
    const [m, k, n] = [rows, inner, columns].map((letters) => product(sides(letters)));
    const first = call.reshape(arranged(call, a, left, both + rows + inner), [...sides(both), m, k]);
    const second = call.reshape(arranged(call, b, right, both + inner + columns), [...sides(both), k, n]);
    const found = call.reshape(call.apply(matmul, [first, second], {}), sides(both + rows + columns));
    return arranged(call, found, both + rows + columns, output);
  },
};
