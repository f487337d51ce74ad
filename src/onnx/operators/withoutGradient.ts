import { axisOf, broadcastShape, reducedShape } from '../geometry/axes.js';
import type { OnnxOperator } from './operatorCall.js';

const gradientOfZero = 'Its gradient is 0 wherever it has one.';

/** What compares, or joins truths: truths. */
const comparison = (operator: string): OnnxOperator => ({
  operator,
  types: 'any numbers, truths',
  becomes: `${operator} of onnxruntime`,
  remark: gradientOfZero,
  build: (call) => {
    const inputs = call.inputs.map((_, i) => call.anyValue(i));
    return call.plain(operator, inputs, broadcastShape(...inputs.map(({ shape }) => shape)), 'bool');
  },
});

const step = (operator: string): OnnxOperator => ({
  operator,
  becomes: `${operator} of onnxruntime`,
  remark: gradientOfZero,
  build: (call) => call.plain(operator, [call.value(0)], call.shape(0), 'float32'),
});

const test = (operator: string, names: readonly string[] = []): OnnxOperator => ({
  operator,
  types: operator === 'Not' ? 'truths' : 'floating-point',
  becomes: `${operator} of onnxruntime`,
  remark: gradientOfZero,
  build: (call) => {
    const flags = names.filter((name) => call.attributes.has(name)).map((name) => [name, call.attributes.int(name, 1)]);
    return call.plain(operator, [call.anyValue(0)], call.shape(0), 'bool', Object.fromEntries(flags));
  },
});

const place = (operator: string): OnnxOperator => ({
  operator,
  becomes: `${operator} of onnxruntime`,
  remark: gradientOfZero,
  build: (call) => {
    const axis = axisOf(call.attributes.int('axis', 0), call.shape(0).length);
    const keepdims = call.attributes.int('keepdims', 1);
    const last = call.attributes.int('select_last_index', 0);
    const attributes = { axis, keepdims, select_last_index: last };
    return call.plain(
      operator,
      [call.value(0)],
      reducedShape(call.shape(0), [axis], keepdims !== 0),
      'int64',
      attributes,
    );
  },
});

/** Operators whose results change in steps, so that no gradient passes. They run as onnxruntime has them. */
export const withoutGradient: readonly OnnxOperator[] = [
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Xor'].map(comparison),
  ...['Floor', 'Ceil', 'Round', 'Sign'].map(step),
  test('Not'),
  test('IsNaN'),
  test('IsInf', ['detect_positive', 'detect_negative']),
  ...['ArgMax', 'ArgMin'].map(place),
];
