import { unexpected, Words } from '../checks.js';
import { elementCount, type Graph, type Shape, type Value } from '../graph/index.js';
import { dataTypes } from '../graph/onnxSchema.js';
import type { GivenInput } from './evaluation.js';
import type { OnnxPort } from './mirror/model.js';
import type { TensorArray, TensorType } from './mirror/tensorTypes.js';

/** What an input of a network is given: a value of the graph, or numbers that are known (with their shape, where the file doesn't fix it). */
export type NetworkInput = Value | TensorArray | { readonly data: TensorArray; readonly shape: Shape };

/** Of a tensor that is no input of the file. */
export const anyPort: OnnxPort = { name: '', type: 'float32', shape: undefined };

/** What is given, as a value or as numbers that are known. @throws LesionlabError kind `usage` for numbers that don't fit */
export function givenInput(name: string, input: NetworkInput, port: OnnxPort): GivenInput {
  if ('type' in input && 'name' in input) return { value: input };
  const { data, shape } = 'data' in input ? input : { data: input, shape: fixedShape(name, input, port) };
  if (!(port.type in dataTypes))
    throw unexpected(
      `Input "${name}"`,
      'elements of a type that lesionlab reads',
      new Words(`${port.type} in the file`),
    );
  const type = port.type as TensorType;
  if (elementCount(shape) !== data.length)
    throw unexpected(`Input "${name}"`, `${elementCount(shape)} numbers for the shape [${shape}]`, data);
  return { constant: { type, shape, data } };
}

/** The shape of numbers that come without one. */
function fixedShape(name: string, data: TensorArray, { shape }: OnnxPort): Shape {
  if (shape?.every((side) => typeof side === 'number')) return shape as Shape;
  if (shape?.length === 1) return [data.length];
  throw unexpected(`Input "${name}"`, 'its shape, too, since the file leaves it open', data);
}

/** An input as it stands in the graph that nobody sees. */
export function onScratch(scratch: Graph, name: string, given: GivenInput): GivenInput {
  if ('constant' in given) return given;
  const { shape, type } = given.value;
  return { value: scratch.input(name, shape, type) };
}
