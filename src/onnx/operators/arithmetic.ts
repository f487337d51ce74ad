import { elementCount } from '../../graph/graph.js';
import type { Operator, Value } from '../../graph/index.js';
import { add, divide, maximum, minimum, multiply, power, sqrt, subtract } from '../../graph/index.js';
import type { OnnxOperator, OperatorCall } from './operatorCall.js';

type Binary = Operator<Record<string, never>>;

/** Both operands. Up to opset 6 the second is broadcast from the axis that an attribute names. */
function operandsOf(call: OperatorCall): Value[] {
  const [a, b] = call.operands();
  const axis = call.attributes.int('axis', -1);
  if (call.version > 6 || axis < 0) return [a, b];
  const missing = a.shape.length - axis - b.shape.length;
  return [a, call.reshape(b, [...b.shape, ...new Array<number>(Math.max(0, missing)).fill(1)])];
}

const binary = (operator: string, ours: Binary): OnnxOperator => ({
  operator,
  becomes: ours.name,
  build: (call) => call.apply(ours, operandsOf(call), {}),
});

const many = (operator: string, ours: Binary, becomes = ours.name): OnnxOperator => ({
  operator,
  becomes,
  build: (call) => {
    const [first, ...others] = call.operands();
    const sum = others.reduce((found, next) => call.apply(ours, [found, next], {}), first);
    if (operator !== 'Mean') return sum;
    return call.apply(multiply, [sum, call.graph.scalar(1 / call.inputs.length)], {});
  },
});

/** Arithmetic of two or more tensors, broadcast to each other. */
export const arithmetic: readonly OnnxOperator[] = [
  binary('Add', add),
  binary('Sub', subtract),
  binary('Mul', multiply),
  binary('Div', divide),
  many('Max', maximum),
  many('Min', minimum),
  many('Sum', add),
  many('Mean', add, 'add, multiply'),
  {
    operator: 'Pow',
    becomes: 'multiply, sqrt, power',
    build: (call) => {
      const exponent = call.input(1).isComputed ? undefined : call.input(1).constant;
      const x = call.value(0);
      if (!exponent || elementCount(exponent.shape) !== 1) return call.apply(power, [x, call.floats(1)], {});
      const number = call.number(1) as number;
      const spread = exponent.shape.length > x.shape.length;
      if (number === 2 && !spread) return call.apply(multiply, [x, x], {});
      if (number === 0.5 && !spread) return call.apply(sqrt, [x], {});
      const shape = spread ? exponent.shape : [];
      return call.apply(power, [x, call.graph.initializer(Float32Array.of(number), shape)], {});
    },
  },
];
