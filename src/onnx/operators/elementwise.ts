import type { Operator } from '../../graph/index.js';
import * as ours from '../../graph/index.js';
import type { OnnxOperator } from './operatorCall.js';

type Plain = Operator<Record<string, never>>;

const rule = (operator: string, ours: Plain): OnnxOperator => ({
  operator,
  becomes: ours.name,
  build: (call) => call.apply(ours, [call.value(0)], {}),
});

/** Operators that take each number for itself, without attributes: the same of ours. */
export const elementwise: readonly OnnxOperator[] = [
  rule('Relu', ours.relu),
  rule('Sigmoid', ours.sigmoid),
  rule('Tanh', ours.tanh),
  rule('Exp', ours.exp),
  rule('Log', ours.log),
  rule('Sqrt', ours.sqrt),
  rule('Neg', ours.negate),
  rule('Reciprocal', ours.reciprocal),
  rule('Abs', ours.absolute),
  rule('Erf', ours.erf),
  rule('Softplus', ours.softplus),
  rule('Softsign', ours.softsign),
  rule('Mish', ours.mish),
  rule('HardSwish', ours.hardSwish),
];
