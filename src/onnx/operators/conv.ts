import { clip, conv, leakyRelu, sigmoid, tanh } from '../../graph/index.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';
import { slidingOf } from './windows.js';

/** What a convolution takes: its values, and how its window slides. */
export function convInputs(call: OperatorCall) {
  const groups = call.attributes.int('group', 1);
  const weight = call.filters(1, groups);
  const kernel = call.attributes.ints('kernel_shape') ?? weight.shape.slice(2);
  if (`${kernel}` !== `${weight.shape.slice(2)}`)
    throw new Refusal(`says that its kernel is [${kernel}], and its weights are [${weight.shape}]`);
  const bias = call.optionalWeight(2);
  const { stride, padding, dilation } = slidingOf(call, kernel);
  const inputs = bias ? [call.value(0), weight, bias] : [call.value(0), weight];
  return { inputs, window: { stride, padding, dilation, groups } };
}

/** Conv, with the activation that onnxruntime's optimiser put into it. */
function build(call: OperatorCall, activation: 'none' | 'relu' | 'relu6') {
  const { inputs, window } = convInputs(call);
  return call.apply(conv, inputs, { ...window, activation });
}

/** Conv of one and two axes. */
export const onnxConv: OnnxOperator = {
  operator: 'Conv',
  becomes: 'conv',
  remark: 'Of one and two axes; any groups, strides, dilations, paddings.',
  build: (call) => build(call, 'none'),
};

/** What onnxruntime's optimiser makes of a convolution and the activation behind it. */
export const fusedConv: OnnxOperator = {
  operator: 'FusedConv',
  domain: 'com.microsoft',
  becomes: 'conv',
  remark: 'Without a fourth input that is added.',
  build: (call) => {
    if (call.has(3)) throw new Refusal('adds a fourth input', "Export it without onnxruntime's optimiser.");
    const activation = call.attributes.string('activation', '');
    const [first = 0, second = 0] = call.attributes.floats('activation_params') ?? [];
    switch (activation) {
      case '':
        return build(call, 'none');
      case 'Relu':
        return build(call, 'relu');
      case 'Clip':
        if (first === 0 && second === 6) return build(call, 'relu6');
        return call.apply(clip, [build(call, 'none')], { min: first, max: second });
      case 'LeakyRelu':
        return call.apply(leakyRelu, [build(call, 'none')], { slope: first });
      case 'Sigmoid':
        return call.apply(sigmoid, [build(call, 'none')], {});
      case 'Tanh':
        return call.apply(tanh, [build(call, 'none')], {});
      default:
        throw new Refusal(`has the activation "${activation}"`);
    }
  },
};
