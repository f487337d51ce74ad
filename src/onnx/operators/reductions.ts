import {
  globalAveragePool,
  log,
  multiply,
  type Operator,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  type Value,
} from '../../graph/index.js';
import { reducedAxes, reducedShape } from '../geometry/axes.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

type Reduction = Operator<{ readonly axes: readonly number[]; readonly keepAxes: boolean }>;
type Step = (call: OperatorCall, x: Value) => Value;

const itself: Step = (_, x) => x;
const square: Step = (call, x) => call.apply(multiply, [x, x], {});

function rule(operator: string, ours: Reduction, before: Step = itself, after: Step = itself, becomes = ours.name) {
  return {
    operator,
    becomes,
    build: (call: OperatorCall) => {
      const x = call.value(0);
      const axes = reducedAxes(call);
      if (!axes) return after(call, before(call, x));
      const keepAxes = call.attributes.flag('keepdims', true);
      // Every lowering of it is the fastest there is, also where channels lie in blocks.
      if (ours === reduceMean && x.shape.length === 4 && `${axes}` === '2,3')
        return call.reshape(call.apply(globalAveragePool, [x], {}), reducedShape(x.shape, axes, keepAxes));
      return after(call, call.apply(ours, [before(call, x)], { axes, keepAxes }));
    },
  } satisfies OnnxOperator;
}

/** Numbers along axes made to one. */
export const reductions: readonly OnnxOperator[] = [
  rule('ReduceMean', reduceMean, itself, itself, 'reduceMean, globalAveragePool'),
  rule('ReduceSum', reduceSum),
  rule('ReduceMax', reduceMax),
  rule('ReduceMin', reduceMin),
  rule('ReduceProd', reduceProduct),
  rule('ReduceL2', reduceL2),
  rule('ReduceL1', reduceL1),
  rule('ReduceLogSumExp', reduceLogSumExp),
  rule('ReduceSumSquare', reduceSum, square, itself, 'multiply, reduceSum'),
  rule('ReduceLogSum', reduceSum, itself, (call, x) => call.apply(log, [x], {}), 'reduceSum, log'),
];
