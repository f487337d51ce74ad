import { averagePool, globalAveragePool, maxPool, reduceMax, reduceMean } from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';
import { slidingOf } from './windows.js';

function windowOf(call: OperatorCall) {
  const kernel = call.attributes.ints('kernel_shape');
  if (!kernel) throw new Refusal('lacks the size of its window');
  return { ...slidingOf(call, kernel, 3), ceilMode: call.attributes.flag('ceil_mode') };
}

/** Of the axes behind the channels, which are kept with one element each. */
function overImage(call: OperatorCall, take: (axes: number[]) => ReturnType<OperatorCall['value']>) {
  const shape = call.shape(0);
  return call.reshape(take(shape.slice(2).map((_, i) => i + 2)), [
    ...shape.slice(0, 2),
    ...shape.slice(2).map(() => 1),
  ]);
}

/** Poolings over windows and over whole images. */
export const pooling: readonly OnnxOperator[] = [
  {
    operator: 'MaxPool',
    becomes: 'maxPool',
    remark: 'Of one to three axes; without its second output (indices).',
    build: (call) => {
      return call.apply(maxPool, [call.value(0)], windowOf(call));
    },
  },
  {
    operator: 'AveragePool',
    becomes: 'averagePool',
    remark: 'Of one to three axes.',
    build: (call) => {
      const countPadding = call.attributes.flag('count_include_pad');
      return call.apply(averagePool, [call.value(0)], { ...windowOf(call), countPadding });
    },
  },
  {
    operator: 'GlobalAveragePool',
    becomes: 'globalAveragePool, reduceMean',
    build: (call) => {
      const x = call.value(0);
      return overImage(call, (axes) =>
        axes.length === 2
          ? call.apply(globalAveragePool, [x], {})
          : call.apply(reduceMean, [x], { axes, keepAxes: false }),
      );
    },
  },
  {
    operator: 'GlobalMaxPool',
    becomes: 'reduceMax',
    build: (call) => overImage(call, (axes) => call.apply(reduceMax, [call.value(0)], { axes, keepAxes: false })),
  },
];
