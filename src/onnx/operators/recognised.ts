import { elementCount } from '../../graph/graph.js';
import { attention, conv, fixedBatchNorm, gemm, globalAveragePool, linear } from '../../graph/index.js';
import { convInputs } from './conv.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** Domain of the operators that patterns make and no file has. */
const domain = 'lesionlab';

const activationOf = (call: OperatorCall) => call.attributes.string('activation', 'none') as 'none' | 'relu' | 'relu6';

/** What patterns make of several nodes of a file. */
export const recognised: readonly OnnxOperator[] = [
  {
    operator: 'Linear',
    domain,
    becomes: 'linear, gemm',
    build: (call) => {
      const [x, weight, bias] = [call.value(0), call.weight(1), call.optionalWeight(2)];
      const rest = bias ? [weight, bias] : [weight];
      if (call.attributes.flag('outputsFirst')) return call.apply(linear, [x, ...rest], {});
      const [inputs, outputs] = weight.shape;
      const rows = call.reshape(x, [elementCount(x.shape) / inputs, inputs]);
      return call.reshape(call.apply(gemm, [rows, ...rest], {}), [...x.shape.slice(0, -1), outputs]);
    },
  },
  {
    operator: 'Attention',
    domain,
    becomes: 'attention',
    build: (call) => {
      const inputs = call.inputs.map((_, i) => call.heldOnce(call.value(i), i));
      return call.apply(attention, inputs, { scale: call.attributes.float('scale', 1) });
    },
  },
  {
    operator: 'Conv',
    domain,
    becomes: 'conv',
    build: (call) => {
      const { inputs, window } = convInputs(call);
      return call.apply(conv, inputs, { ...window, activation: activationOf(call) });
    },
  },
  {
    operator: 'BatchNormalization',
    domain,
    becomes: 'fixedBatchNorm',
    build: (call) => {
      const inputs = [call.value(0), call.weight(1), call.weight(2), call.literal(3), call.literal(4)];
      const epsilon = call.attributes.float('epsilon', 1e-5);
      return call.apply(fixedBatchNorm, inputs, { epsilon, activation: activationOf(call) });
    },
  },
  {
    operator: 'PooledMean',
    domain,
    becomes: 'globalAveragePool',
    build: (call) => call.apply(globalAveragePool, [call.value(0)], {}),
  },
];
