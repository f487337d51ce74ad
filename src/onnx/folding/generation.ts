import { elementCount } from '../../graph/graph.js';
import { axisOf } from '../geometry/axes.js';
import type { NodeCall } from '../geometry/nodeCall.js';
import { Refusal } from '../geometry/refusal.js';
import {
  type Constant,
  makeConstant,
  nameOfCode,
  numbersOf,
  type TensorType,
  typeOfCode,
} from '../mirror/tensorTypes.js';
import { reshaped, stridesOf } from './arrays.js';
import type { Folds } from './fold.js';

/** The type that an attribute names. @throws Refusal for one that isn't read */
export function typeOfAttribute(call: NodeCall, name: string, otherwise?: TensorType): TensorType {
  if (!call.attributes.has(name) && otherwise) return otherwise;
  const code = call.attributes.int(name, 0);
  const type = typeOfCode(code);
  if (!type) throw new Refusal(`makes elements of the type ${nameOfCode(code)}`);
  return type;
}

/** The sizes of an input, of which Shape may take a part. */
export function shapeOf(call: NodeCall): Constant {
  const shape = call.shape(0);
  const sides = shape.slice(call.attributes.int('start', 0), call.attributes.int('end', shape.length));
  return makeConstant('int64', sides, [sides.length]);
}

/** Tensors made of sizes, attributes and other facts. */
export const generation: Folds = {
  Constant: ({ attributes }) => {
    const tensor = attributes.tensor('value');
    if (tensor) return tensor;
    if (attributes.has('value_float')) return makeConstant('float32', [attributes.float('value_float', 0)], []);
    if (attributes.has('value_int')) return makeConstant('int64', [attributes.int('value_int', 0)], []);
    if (attributes.has('value_string'))
      return { type: 'string', shape: [], data: [attributes.string('value_string', '')] };
    const [floats, ints, strings] = [
      attributes.floats('value_floats'),
      attributes.ints('value_ints'),
      attributes.strings('value_strings'),
    ];
    if (floats && attributes.has('value_floats')) return makeConstant('float32', floats, [floats.length]);
    if (ints && attributes.has('value_ints')) return makeConstant('int64', ints, [ints.length]);
    if (strings && attributes.has('value_strings')) return { type: 'string', shape: [strings.length], data: strings };
    throw new Refusal('holds a value that is no dense tensor');
  },
  ConstantOfShape: (call) => {
    const shape = call.numbers(0) ?? [];
    const value = call.attributes.tensor('value') ?? makeConstant('float32', [0], [1]);
    const [number] = Array.from(numbersOf(value));
    return makeConstant(value.type, new Float64Array(elementCount(shape)).fill(number), shape);
  },
  Size: (call) => makeConstant('int64', [elementCount(call.shape(0))], []),
  Shape: shapeOf,
  Range: (call) => {
    const [start, limit, step] = [0, 1, 2].map((i) => call.number(i) ?? 0);
    const count = Math.max(0, Math.ceil((limit - start) / step));
    const numbers = Array.from({ length: count }, (_, i) => start + i * step);
    return makeConstant(call.constant(0).type, numbers, [count]);
  },
  EyeLike: (call) => {
    const [rows, columns] = call.shape(0);
    const diagonal = call.attributes.int('k', 0);
    const numbers = Array.from({ length: rows * columns }, (_, i) =>
      Number((i % columns) - Math.floor(i / columns) === diagonal),
    );
    return makeConstant(typeOfAttribute(call, 'dtype', call.input(0).type), numbers, [rows, columns]);
  },
  OneHot: (call) => {
    const [indices, depth, values] = [call.constant(0), call.number(1) ?? 0, call.constant(2)];
    const [off, on] = Array.from(numbersOf(values));
    const axis = axisOf(call.attributes.int('axis', -1), indices.shape.length + 1);
    const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
    const inner = elementCount(indices.shape.slice(axis));
    const found = new Float64Array(elementCount(shape)).fill(off);
    const numbers = numbersOf(indices);
    for (let i = 0; i < numbers.length; i++) {
      const index = numbers[i] < 0 ? numbers[i] + depth : numbers[i];
      if (index >= 0 && index < depth) found[(Math.floor(i / inner) * depth + index) * inner + (i % inner)] = on;
    }
    return makeConstant(values.type, found, shape);
  },
  NonZero: (call) => {
    const source = call.constant(0);
    const numbers = numbersOf(source);
    const places = Array.from(numbers).flatMap((number, i) => (number ? [i] : []));
    const strides = stridesOf(source.shape);
    const rows = source.shape.map((side, axis) => places.map((place) => Math.floor(place / strides[axis]) % side));
    return makeConstant('int64', rows.flat(), [source.shape.length, places.length]);
  },
  Trilu: (call) => {
    const source = call.constant(0);
    const diagonal = call.number(1) ?? 0;
    const upper = call.attributes.flag('upper', true);
    const [rows, columns] = source.shape.slice(-2);
    const found = Float64Array.from(numbersOf(source), (number, i) => {
      const off = (i % columns) - (Math.floor(i / columns) % rows);
      return (upper ? off >= diagonal : off <= diagonal) ? number : 0;
    });
    return makeConstant(source.type, found, source.shape);
  },
  Cast: (call) => castTo(call.constant(0), typeOfAttribute(call, 'to')),
  CastLike: (call) => castTo(call.constant(0), call.input(1).type),
};

/** A constant as another type. Floating-point numbers lose what stands behind the point. */
export function castTo(source: Constant, type: TensorType): Constant {
  if (source.type === type) return source;
  if (type === 'string') throw new Refusal('makes texts of numbers');
  if (source.type === 'string')
    return makeConstant(type, Array.from(source.data as readonly string[], numberOfText), source.shape);
  if (source.data instanceof BigInt64Array && type === 'uint64')
    return reshaped({ type, data: new BigUint64Array(source.data), shape: source.shape }, source.shape);
  return makeConstant(type, numbersOf(source), source.shape);
}

const infinities: Readonly<Record<string, number>> = { INF: Infinity, '+INF': Infinity, '-INF': -Infinity };
const numberOfText = (text: string) => infinities[text.toUpperCase()] ?? Number(text);
