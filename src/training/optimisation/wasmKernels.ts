/**
 * Element-wise loops over all parameters in WebAssembly SIMD, four numbers at a time. Plain typed-array code takes four
 * times as long (26 against 7 ms for Adam on 5.6 million parameters), and the same update as ONNX operators seven times,
 * since each of its dozen operators reads and writes the memory anew.
 */
import {
  addDoubles as addDouble,
  addIntegers,
  type Code,
  compileFunctions,
  integer,
  isLess,
  localGet,
  localSet,
  repeatWhile,
  valueTypes,
  vector as vectorOp,
  type WasmFunction,
  type WasmMemory,
} from '../../wasmModule.js';

/** Offsets are bytes, multiples of 16; `end` is where the first array ends. */
export interface Kernels {
  /**
   * Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's form:
   * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p = keep p - stepSize m / (sqrt(v) scale + epsilon), where g is
   * gradientScale times the gradient plus decay times p.
   */
  adam(
    parameters: number,
    firstMoments: number,
    secondMoments: number,
    gradients: number,
    end: number,
    stepSize: number,
    beta1: number,
    oneMinusBeta1: number,
    beta2: number,
    oneMinusBeta2: number,
    scale: number,
    epsilon: number,
    keep: number,
    gradientScale: number,
    decay: number,
  ): void;
  /** Momentum as in PyTorch's SGD: b = momentum b + gradientScale g + decay p; p = p - learningRate b. */
  sgd(
    parameters: number,
    buffer: number,
    gradients: number,
    end: number,
    learningRate: number,
    momentum: number,
    gradientScale: number,
    decay: number,
  ): void;
  /** Exponential moving average: a = decay a + (1 - decay) p. */
  average(averages: number, parameters: number, end: number, decay: number, oneMinusDecay: number): void;
  /** Sum of the squares of one array, added up in double precision: single would lose digits over millions of numbers. */
  sumOfSquares(array: number, end: number): number;
}

/** Compiles the kernels for one memory. */
export function compileKernels(memory: WasmMemory): Kernels {
  return compileFunctions<Kernels>([adam(), sgd(), average(), sumOfSquares()].map(asFunction), memory);
}

interface Kernel {
  readonly name: string;
  /** Number of array arguments (byte offsets), before `end`. */
  readonly arrays: number;
  /** Number of float arguments, after `end`; each is also there as a vector of four equal numbers. */
  readonly floats: number;
  /** Vector variables beyond the float arguments. */
  readonly variables: number;
  /** What the function returns, a double, from the variables at the end of the loop; nothing where it is left out. */
  readonly result?: (variable: (i: number) => VectorVariable) => Code;
  /** One round of the loop. */
  readonly body: (names: {
    array(i: number): Code;
    vector(i: number): Code;
    variable(i: number): VectorVariable;
  }) => Code;
}

interface VectorVariable {
  readonly get: Code;
  readonly set: Code;
}

const load: Code = [...vectorOp(0x00), 4, 0];
const store: Code = [...vectorOp(0x0b), 4, 0];
const splat = vectorOp(0x13);
const squareRoot = vectorOp(0xe3);
const add = vectorOp(0xe4);
const subtract = vectorOp(0xe5);
const multiply = vectorOp(0xe6);
const divide = vectorOp(0xe7);
/** The first two of four singles as two doubles, and the last two moved to the front. */
const toDoubles = vectorOp(0x5f);
const secondHalf = (vector: Code): Code => [
  ...vector,
  ...vector,
  ...vectorOp(0x0d),
  ...[8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15],
];
const addDoubles = vectorOp(0xf0);
const multiplyDoubles = vectorOp(0xf2);
const doubleAt = (lane: number): Code => [...vectorOp(0x21), lane];

function adam(): Kernel {
  return {
    name: 'adam',
    arrays: 4,
    floats: 10,
    variables: 3,
    body: ({ array, vector, variable }) => {
      const [parameters, first, second, gradients] = [0, 1, 2, 3].map(array);
      const [stepSize, beta1, oneMinusBeta1, beta2, oneMinusBeta2] = [0, 1, 2, 3, 4].map(vector);
      const [scale, epsilon, keep, gradientScale, decay] = [5, 6, 7, 8, 9].map(vector);
      const [g, m, v] = [0, 1, 2].map(variable);
      return [
        [...gradientScale, ...gradients, ...load, ...multiply],
        [...decay, ...parameters, ...load, ...multiply, ...add, ...g.set],
        [...beta1, ...first, ...load, ...multiply, ...oneMinusBeta1, ...g.get, ...multiply, ...add, ...m.set],
        [...beta2, ...second, ...load, ...multiply],
        [...oneMinusBeta2, ...g.get, ...multiply, ...g.get, ...multiply, ...add, ...v.set],
        [...first, ...m.get, ...store, ...second, ...v.get, ...store],
        [...parameters, ...keep, ...parameters, ...load, ...multiply],
        [...stepSize, ...m.get, ...multiply],
        [...v.get, ...squareRoot, ...scale, ...multiply, ...epsilon, ...add],
        [...divide, ...subtract, ...store],
      ].flat();
    },
  };
}

function sgd(): Kernel {
  return {
    name: 'sgd',
    arrays: 3,
    floats: 4,
    variables: 1,
    body: ({ array, vector, variable }) => {
      const [parameters, buffer, gradients] = [0, 1, 2].map(array);
      const [learningRate, momentum, gradientScale, decay] = [0, 1, 2, 3].map(vector);
      const b = variable(0);
      return [
        [...momentum, ...buffer, ...load, ...multiply, ...gradientScale, ...gradients, ...load, ...multiply, ...add],
        [...decay, ...parameters, ...load, ...multiply, ...add, ...b.set],
        [...buffer, ...b.get, ...store],
        [...parameters, ...parameters, ...load],
        [...learningRate, ...b.get, ...multiply, ...subtract, ...store],
      ].flat();
    },
  };
}

function average(): Kernel {
  return {
    name: 'average',
    arrays: 2,
    floats: 2,
    variables: 0,
    body: ({ array, vector }) => {
      const [averages, parameters] = [0, 1].map(array);
      const [decay, oneMinusDecay] = [0, 1].map(vector);
      return [
        [...averages, ...decay, ...averages, ...load, ...multiply],
        [...oneMinusDecay, ...parameters, ...load, ...multiply, ...add, ...store],
      ].flat();
    },
  };
}

function sumOfSquares(): Kernel {
  return {
    name: 'sumOfSquares',
    arrays: 1,
    floats: 0,
    variables: 3,
    body: ({ array, variable }) => {
      const [values, doubles, sum] = [0, 1, 2].map(variable);
      const addSquares = (pair: Code): Code =>
        [
          [...pair, ...toDoubles, ...doubles.set],
          [...sum.get, ...doubles.get, ...doubles.get, ...multiplyDoubles, ...addDoubles, ...sum.set],
        ].flat();
      return [[...array(0), ...load, ...values.set], addSquares(values.get), addSquares(secondHalf(values.get))].flat();
    },
    result: (variable) => [...variable(2).get, ...doubleAt(0), ...variable(2).get, ...doubleAt(1), ...addDouble],
  };
}

const { i32, f32, f64, v128 } = valueTypes;

/** A loop over the arrays, 16 bytes a round, until the first array's offset reaches `end`. */
function asFunction({ name, arrays, floats, variables, body, result }: Kernel): WasmFunction {
  const end = arrays;
  const firstVector = arrays + 1 + floats;
  const names = {
    array: localGet,
    vector: (i: number) => localGet(firstVector + i),
    variable: (i: number) => ({
      get: localGet(firstVector + floats + i),
      set: localSet(firstVector + floats + i),
    }),
  };
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  return {
    name,
    parameters: [...range(arrays + 1).map(() => i32), ...range(floats).map(() => f32)],
    locals: range(floats + variables).map(() => v128),
    result: result && f64,
    body: [
      ...range(floats).flatMap((i) => [...localGet(end + 1 + i), ...splat, ...localSet(firstVector + i)]),
      ...repeatWhile(
        body(names),
        ...range(arrays).map((i) => [...localGet(i), ...integer(16), ...addIntegers, ...localSet(i)]),
        [...localGet(0), ...localGet(end), ...isLess],
      ),
      ...(result ? result(names.variable) : []),
    ],
  };
}
