import { type ExternalFiles, external, externalBytes } from '../../graph/externalData.js';
import { elementCount } from '../../graph/graph.js';
import { bfloatsToFloats, halvesToFloats } from '../../graph/halfPrecision.js';
import type { Message } from '../../graph/protobuf.js';
import { type Constant, makeArray, makeConstant, nameOfCode, type TensorArray, typeOfCode } from './tensorTypes.js';

/** A tensor of an ONNX file. Its elements are decoded when they are first asked for. */
export interface OnnxTensor extends Constant {
  readonly name: string;
}

/** Where a tensor was found, for messages and for elements in other files. */
export interface TensorSource {
  /** Name of the model's file. */
  readonly file: string;
  readonly files: ExternalFiles;
  /** The error of a file that doesn't fit together. */
  readonly damaged: (found: string) => Error;
}

/** Message `Tensor` as a tensor. Elements are views of the file's bytes where they lie on even addresses, else copies. */
export function decodeTensor(message: Message, source: TensorSource): OnnxTensor {
  const name: string = message.name ?? '';
  const type = typeOfCode(message.dataType);
  const shape: number[] = message.dimensions;
  if (!type)
    throw source.damaged(
      `tensor "${name}" holds elements of the type ${nameOfCode(message.dataType)}, which lesionlab doesn't read`,
    );
  if (shape.some((side) => !Number.isSafeInteger(side) || side < 0))
    throw source.damaged(`tensor "${name}" has the shape [${shape.slice(0, 8)}]`);
  let data: TensorArray | undefined;
  return {
    name,
    type,
    shape,
    get data() {
      data ??= elementsOf(message, { name, type, shape }, source);
      return data;
    },
  };
}

function elementsOf(message: Message, tensor: Omit<OnnxTensor, 'data'>, source: TensorSource): TensorArray {
  const { type, shape } = tensor;
  const count = elementCount(shape);
  const requireCount = (found: number) => {
    if (found === count) return;
    const what = found === 0 ? 'no values' : `${found} values`;
    throw source.damaged(`tensor "${tensor.name}" of shape [${shape.slice(0, 8)}] has ${what}`);
  };
  if (type === 'string') {
    requireCount(message.stringData.length);
    return message.stringData;
  }
  const raw: Uint8Array | undefined =
    message.dataLocation === external ? externalBytes(message, source.file, source.files) : message.rawData;
  if (raw) {
    const bytes = type === 'float16' || type === 'bfloat16' ? 2 : makeArray(type, 0).BYTES_PER_ELEMENT;
    requireCount(raw.length / bytes);
    if (type === 'float16') return halvesToFloats(viewOf(raw, Uint16Array));
    if (type === 'bfloat16') return bfloatsToFloats(viewOf(raw, Uint16Array));
    return viewOf(raw, makeArray(type, 0).constructor as never);
  }
  const { floatData, int32Data, int64Data, doubleData, uint64Data } = message;
  const values = [floatData, int32Data, int64Data, doubleData, uint64Data].find((list) => list.length > 0) ?? [];
  if (type === 'float16' || type === 'bfloat16') {
    requireCount(values.length);
    const stored = Uint16Array.from(values);
    return type === 'float16' ? halvesToFloats(stored) : bfloatsToFloats(stored);
  }
  requireCount(values.length);
  return makeConstant(type, values, shape).data;
}

/** Little-endian elements: a view where they lie on even addresses. */
function viewOf<T extends TensorArray>(
  raw: Uint8Array,
  Elements: { new (buffer: ArrayBufferLike, offset: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const size = Elements.BYTES_PER_ELEMENT;
  // Not by slice(), which makes a view of a Node Buffer.
  const even = raw.byteOffset % size === 0 ? raw : new Uint8Array(raw);
  return new Elements(even.buffer, even.byteOffset, even.length / size);
}
