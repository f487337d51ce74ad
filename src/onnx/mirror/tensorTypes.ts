import { dataTypes } from '../../graph/onnxSchema.js';

/** Types of tensor elements by their names; half precision is held as float32. */
export type TensorType = keyof typeof dataTypes;

/** Numbers of a tensor, row by row; texts where the type is `string`. */
export type TensorArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | readonly string[];

/** A tensor whose numbers are known: type, shape and elements row by row. */
export interface Constant {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

/** Types that the reader doesn't hold, by TensorProto.DataType, for messages. */
const otherTypes: Readonly<Record<number, string>> = {
  0: 'undefined',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
  24: 'float8e8m0',
  25: 'uint2',
  26: 'int2',
};

const names = new Map<number, TensorType>(Object.entries(dataTypes).map(([name, code]) => [code, name as TensorType]));

/** The type of TensorProto.DataType; undefined for one that the reader doesn't hold. */
export const typeOfCode = (code: number): TensorType | undefined => names.get(code);

/** A type's name by TensorProto.DataType, for messages. */
export const nameOfCode = (code: number): string => names.get(code) ?? otherTypes[code] ?? `type ${code}`;

const floats: readonly TensorType[] = ['float32', 'float64', 'float16', 'bfloat16'];

/** Whether elements are floating-point numbers, which a graph computes in float32. */
export const isFloat = (type: TensorType): boolean => floats.includes(type);

/** An array for so many elements of a type, zeros. */
export function makeArray(type: TensorType, count: number): Exclude<TensorArray, readonly string[]> {
  switch (type) {
    case 'float64':
      return new Float64Array(count);
    case 'int64':
      return new BigInt64Array(count);
    case 'uint64':
      return new BigUint64Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'uint16':
      return new Uint16Array(count);
    case 'int8':
      return new Int8Array(count);
    case 'uint8':
    case 'bool':
      return new Uint8Array(count);
    default:
      return new Float32Array(count);
  }
}

const [int64Min, int64Max, uint64Max] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

/**
 * Numbers as a constant of a type. 64-bit integers beyond their range stand at its end; smaller ones wrap around, as a cast in C
 * does; half precision is rounded to what it can hold.
 */
export function makeConstant(type: TensorType, numbers: ArrayLike<number>, shape: readonly number[]): Constant {
  const data = makeArray(type, numbers.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const [low, high] = type === 'int64' ? [int64Min, int64Max] : [0n, uint64Max];
    for (let i = 0; i < numbers.length; i++) {
      const whole = Number.isFinite(numbers[i]) ? BigInt(Math.trunc(numbers[i])) : numbers[i] > 0 ? high : low;
      data[i] = whole < low ? (type === 'int64' ? low : BigInt.asUintN(64, whole)) : whole > high ? high : whole;
    }
  } else if (type === 'bool') for (let i = 0; i < numbers.length; i++) data[i] = numbers[i] ? 1 : 0;
  else if (type === 'float16') for (let i = 0; i < numbers.length; i++) data[i] = roundHalf(numbers[i]);
  else if (type === 'bfloat16') for (let i = 0; i < numbers.length; i++) data[i] = roundBfloat(numbers[i]);
  else for (let i = 0; i < numbers.length; i++) data[i] = numbers[i];
  return { type, shape, data };
}

/** Elements as numbers; those of 32 bits and less without a copy. */
export function numbersOf({ data }: Constant): ArrayLike<number> {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data as ArrayLike<number>;
}

/** float32 elements of a constant of any type of numbers, without a copy where they are float32 already. */
export const floatsOf = (constant: Constant): Float32Array =>
  constant.data instanceof Float32Array ? constant.data : Float32Array.from(numbersOf(constant));

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** To the nearest number with 8 bits of precision, halves to even. */
function roundBfloat(number: number): number {
  single[0] = number;
  if (Number.isNaN(number)) return number;
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000;
  return single[0];
}

/** To the nearest number of IEEE 754 binary16, halves to even. */
function roundHalf(number: number): number {
  const size = Math.abs(number);
  if (!(size > 0) || size === Number.POSITIVE_INFINITY) return number;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const step = 2 ** (exponent - 10);
  const steps = number / step;
  const floor = Math.floor(steps);
  const rest = steps - floor;
  const rounded = (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) * step;
  return Math.abs(rounded) > 65504 ? Math.sign(number) * Number.POSITIVE_INFINITY : rounded;
}
