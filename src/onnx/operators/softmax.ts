import { elementCount } from '../../graph/graph.js';
import { logSoftmax, type Operator, softmax } from '../../graph/index.js';
import type { OnnxOperator } from './operatorCall.js';

const rule = (operator: string, ours: Operator<{ readonly axis: number }>): OnnxOperator => ({
  operator,
  becomes: ours.name,
  build: (call) => {
    const x = call.value(0);
    const rank = x.shape.length;
    if (call.version >= 13) return call.apply(ours, [x], { axis: call.attributes.int('axis', -1) });
    // Up to opset 12 everything from an axis on is one row.
    const named = call.attributes.int('axis', 1);
    const axis = named < 0 ? named + rank : named;
    if (axis === rank - 1) return call.apply(ours, [x], { axis });
    const rows = elementCount(x.shape.slice(0, axis));
    const flat = call.reshape(x, [rows, elementCount(x.shape) / rows]);
    return call.reshape(call.apply(ours, [flat], { axis: 1 }), x.shape);
  },
});

/** Softmax and its logarithm, over any axis. */
export const softmaxes: readonly OnnxOperator[] = [rule('Softmax', softmax), rule('LogSoftmax', logSoftmax)];
