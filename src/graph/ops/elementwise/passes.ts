import type { Attributes, Graph, Value } from '../../graph.js';

/** A value of the pass's shape, or a constant. */
export type Operand = Value | number;

/** Numbers between which something lies. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** So steep that any normal number above 0 is 1 in a HardSigmoid, and what is too large for it infinity, which is cut off at 1 as well. */
const steepest = 2 ** 127;

/** Appends nodes that work element by element, all on values of one shape and layout. */
export interface Passes {
  /** One ONNX operator, for example `on.node('Add', [x, 1])`. */
  node(operator: string, inputs: readonly Operand[], attributes?: Attributes, domain?: string): Value;
  multiply(a: Operand, b: Operand): Value;
  add(a: Operand, b: Operand): Value;
  subtract(a: Operand, b: Operand): Value;
  /** Whether a number is greater, less, equal ...: a value of type bool. */
  compare(operator: 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual' | 'Equal', a: Operand, b: Operand): Value;
  /** 1 where the condition holds, else 0. */
  numbersOf(condition: Value): Value;
  /** x where all conditions hold, else 0. */
  keep(x: Value, ...conditions: readonly Value[]): Value;
  /** x where y lies between two numbers, either of which may be left out, else 0. y lies nowhere beyond them. */
  keepInside(x: Value, y: Value, bounds: Bounds): Value;
  /** a where the condition holds, else b. */
  choose(condition: Value, a: Operand, b: Operand): Value;
  /** -1, 0 or 1. */
  sign(x: Value): Value;
}

/** @param like the shape and layout of what is computed */
export function passesOver(graph: Graph, { shape, layout }: Pick<Value, 'shape' | 'layout'>): Passes {
  const asValue = (operand: Operand) => (typeof operand === 'number' ? graph.scalar(operand) : operand);
  const bool = (operator: string, inputs: readonly Operand[]) =>
    graph.node(operator, inputs.map(asValue), shape, {}, { type: 'bool', layout });
  const node: Passes['node'] = (operator, inputs, attributes = {}, domain = '') =>
    graph.node(operator, inputs.map(asValue), shape, attributes, { layout, domain });
  const webgpu = graph.target === 'webgpu';
  const compare: Passes['compare'] = (operator, a, b) => bool(operator, [a, b]);
  const choose: Passes['choose'] = (condition, a, b) => node('Where', [condition, a, b]);
  const numbersOf: Passes['numbersOf'] = (condition) => node('Cast', [condition], { to: 1 });
  const multiply: Passes['multiply'] = (a, b) => node('Mul', [a, b]);
  const subtract: Passes['subtract'] = (a, b) => node('Sub', [a, b]);
  const keep: Passes['keep'] = (x, ...conditions) => {
    // On a GPU Where costs what a product does, and saves the conversions.
    if (webgpu) return conditions.reduce((kept, condition) => choose(condition, kept, 0), x);
    // A product with 0 or 1 is faster than Where on the CPU: 2 against 7 ms for 4.8 million numbers.
    return multiply(x, numbersOf(conditions.reduce((a, b) => bool('And', [a, b]))));
  };
  return {
    node,
    multiply,
    add: (a, b) => node('Add', [a, b]),
    subtract,
    compare,
    choose,
    numbersOf,
    keep,
    keepInside(x, y, { min, max }) {
      if (min === undefined && max === undefined) return x;
      if (webgpu || (min !== undefined && max !== undefined)) {
        const conditions = [
          ...(min === undefined ? [] : [compare('Greater', y, min)]),
          ...(max === undefined ? [] : [compare('Less', y, max)]),
        ];
        return keep(x, ...conditions);
      }
      // A comparison's truths become numbers on one thread. The distance from the bound, made steep, is 0 or 1 without it: 11.3 against 13.5 ms on
      // one thread for 9.6 million numbers. For two bounds the truths are less to read and write: 13.6 ms on two threads against 18.2.
      const distance = max !== undefined ? subtract(max, y) : min === 0 ? y : subtract(y, min!);
      return multiply(x, node('HardSigmoid', [distance], { alpha: { float: steepest }, beta: { float: 0 } }));
    },
    sign(x) {
      // onnxruntime's WebGPU device has no Sign.
      if (webgpu) return choose(compare('Greater', x, 0), 1, choose(compare('Less', x, 0), -1, 0));
      return node('Sign', [x]);
    },
  };
}
