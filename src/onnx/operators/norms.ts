import {
  add,
  averagePool,
  divide,
  fixedBatchNorm,
  layerNorm,
  multiply,
  power,
  reciprocal,
  reduceMean,
  rmsNorm,
  sqrt,
  subtract,
  type Value,
} from '../../graph/index.js';
import { axisOf } from '../geometry/axes.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

/** Mean and 1 / deviation over the last axes, as LayerNormalization gives them besides. */
function statistics(call: OperatorCall, x: Value, axis: number, epsilon: number): Value[] {
  const from = axisOf(axis, x.shape.length);
  const axes = x.shape.map((_, i) => i).slice(from);
  const mean = (value: Value) => call.apply(reduceMean, [value], { axes, keepAxes: true });
  const centre = mean(x);
  const difference = call.apply(subtract, [x, centre], {});
  const variance = mean(call.apply(multiply, [difference, difference], {}));
  const deviation = call.apply(sqrt, [call.apply(add, [variance, call.graph.scalar(epsilon)], {})], {});
  return [centre, call.apply(reciprocal, [deviation], {})];
}

/** Norms. */
export const norms: readonly OnnxOperator[] = [
  {
    operator: 'BatchNormalization',
    becomes: 'fixedBatchNorm',
    remark: 'Statistics stay as they are in the file; scale and bias are weights.',
    build: (call) => {
      if (call.attributes.flag('training_mode') || call.wants(1))
        throw new Refusal('takes statistics of the batch', 'Export the network in evaluation mode (model.eval()).');
      if (!call.attributes.flag('spatial', true)) throw new Refusal('normalises each pixel for itself (spatial = 0)');
      const inputs = [call.value(0), call.weight(1), call.weight(2), call.literal(3), call.literal(4)];
      return call.apply(fixedBatchNorm, inputs, { epsilon: call.attributes.float('epsilon', 1e-5) });
    },
  },
  {
    operator: 'LayerNormalization',
    becomes: 'layerNorm',
    build: (call) => {
      const [scale, bias] = [call.optionalWeight(1), call.optionalWeight(2)];
      const inputs = [call.value(0), ...(scale ? [scale] : []), ...(scale && bias ? [bias] : [])];
      const attributes = { axis: call.attributes.int('axis', -1), epsilon: call.attributes.float('epsilon', 1e-5) };
      const normed = call.apply(layerNorm, inputs, attributes);
      const others = call.wants(1) || call.wants(2);
      return others ? [normed, ...statistics(call, inputs[0], attributes.axis, attributes.epsilon)] : normed;
    },
  },
  {
    operator: 'RMSNormalization',
    becomes: 'rmsNorm',
    build: (call) => {
      const attributes = { axis: call.attributes.int('axis', -1), epsilon: call.attributes.float('epsilon', 1e-5) };
      return call.apply(rmsNorm, [call.value(0), call.weight(1)], attributes);
    },
  },
  {
    operator: 'LRN',
    becomes: 'multiply, averagePool, add, power, divide',
    build: (call) => {
      const x = call.value(0);
      const { attributes } = call;
      const size = attributes.int('size', 1);
      const [n, c] = x.shape;
      // The mean over neighbouring channels, zeros outside: a pooling along the channels.
      const squares = call.reshape(call.apply(multiply, [x, x], {}), [
        n,
        1,
        c,
        x.shape.slice(2).reduce((a, b) => a * b, 1),
      ]);
      const window = { kernel: [size, 1], stride: [1, 1], ceilMode: false, countPadding: true };
      const padding = [Math.floor((size - 1) / 2), 0, Math.ceil((size - 1) / 2), 0];
      const means = call.reshape(call.apply(averagePool, [squares], { ...window, padding }), x.shape);
      const [alpha, beta] = [attributes.float('alpha', 1e-4), attributes.float('beta', 0.75)];
      const scaled = call.apply(multiply, [means, call.graph.scalar(alpha)], {});
      const shifted = call.apply(add, [scaled, call.graph.scalar(attributes.float('bias', 1))], {});
      return call.apply(divide, [x, call.apply(power, [shifted, call.graph.scalar(beta)], {})], {});
    },
  },
];
