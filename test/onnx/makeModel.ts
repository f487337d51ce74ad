import { type Attributes, elementTypeOf, type Shape, type TensorData } from '../../src/graph/index.js';
import { attributeTypes, dataTypes } from '../../src/graph/onnxSchema.js';
import { encodeMessage, type Message } from '../../src/graph/protobuf.js';

/** A tensor of a model; `name` where it is an initializer. */
export interface TensorSpec {
  readonly data: TensorData | Float64Array | readonly string[];
  readonly shape: Shape;
  readonly type?: keyof typeof dataTypes;
}

type AttributeSpec =
  | Attributes[string]
  | { readonly tensor: TensorSpec }
  | { readonly reference: string }
  | readonly string[];

export interface NodeSpec {
  readonly operator: string;
  readonly inputs?: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
  readonly domain?: string;
  readonly name?: string;
}

export interface FunctionSpec {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly string[];
  readonly defaults?: Readonly<Record<string, AttributeSpec>>;
  readonly nodes: readonly NodeSpec[];
}

export interface ModelSpec {
  readonly opset?: number;
  readonly irVersion?: number;
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: Readonly<Record<string, TensorSpec>>;
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly inputTypes?: Readonly<Record<string, keyof typeof dataTypes>>;
  readonly outputs: readonly string[];
  /** Of those that say theirs. */
  readonly outputShapes?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly functions?: readonly FunctionSpec[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** float32 numbers as a tensor. */
export const floats = (numbers: readonly number[], shape: Shape = [numbers.length]): TensorSpec => ({
  data: Float32Array.from(numbers),
  shape,
});

/** int64 numbers as a tensor. */
export const integers = (numbers: readonly number[], shape: Shape = [numbers.length]): TensorSpec => ({
  data: BigInt64Array.from(numbers, BigInt),
  shape,
});

export function tensorMessage({ data, shape, type }: TensorSpec, name?: string): Message {
  if (Array.isArray(data)) return { name, dimensions: shape, dataType: dataTypes.string, stringData: data };
  const held = type ?? (data instanceof Float64Array ? 'float64' : elementTypeOf(data as TensorData));
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return {
    name,
    dimensions: shape,
    dataType: dataTypes[held],
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  };
}

function attributeMessage(name: string, value: AttributeSpec): Message {
  if (typeof value === 'number') return { name, int: value, type: attributeTypes.int };
  if (typeof value === 'string') return { name, string: new TextEncoder().encode(value), type: attributeTypes.string };
  if (Array.isArray(value))
    return typeof value[0] === 'string'
      ? { name, strings: value, type: attributeTypes.strings }
      : { name, ints: value, type: attributeTypes.ints };
  if ('tensor' in value) return { name, tensor: tensorMessage(value.tensor), type: attributeTypes.tensor };
  if ('reference' in value) return { name, reference: value.reference, type: attributeTypes.int };
  if ('floats' in value) return { name, floats: value.floats, type: attributeTypes.floats };
  return { name, float: (value as { float: number }).float, type: attributeTypes.float };
}

const nodeMessage = ({ operator, inputs = [], outputs, attributes = {}, domain, name }: NodeSpec): Message => ({
  operator,
  inputs,
  outputs,
  domain,
  name: name ?? '',
  attributes: Object.entries(attributes).map(([key, value]) => attributeMessage(key, value)),
});

/** The bytes of an ONNX file. */
export function makeModel(spec: ModelSpec): Uint8Array<ArrayBuffer> {
  const { opset = 17, irVersion = 8, functions = [], initializers = {}, inputTypes = {} } = spec;
  const domains = new Set([...spec.nodes, ...functions].map(({ domain }) => domain ?? '').filter(Boolean));
  const imports = [{ domain: '', version: opset }, ...[...domains].map((domain) => ({ domain, version: 1 }))];
  const sides = (shape: readonly (number | string)[]) =>
    shape.map((side) => (typeof side === 'number' ? { value: side } : { parameter: side }));
  return encodeMessage('Model', {
    irVersion,
    producerName: 'test',
    opsetImport: imports,
    metadata: Object.entries(spec.metadata ?? {}).map(([key, value]) => ({ key, value })),
    functions: functions.map(({ name, domain, inputs, outputs, attributes, defaults = {}, nodes }) => ({
      name,
      domain,
      inputs,
      outputs,
      attributes: attributes ?? [],
      defaults: Object.entries(defaults).map(([key, value]) => attributeMessage(key, value)),
      nodes: nodes.map(nodeMessage),
      opsetImport: imports,
    })),
    graph: {
      name: 'test',
      nodes: spec.nodes.map(nodeMessage),
      initializers: Object.entries(initializers).map(([name, tensor]) => tensorMessage(tensor, name)),
      inputs: Object.entries(spec.inputs).map(([name, shape]) => ({
        name,
        type: {
          tensorType: { elementType: dataTypes[inputTypes[name] ?? 'float32'], shape: { dimensions: sides(shape) } },
        },
      })),
      outputs: spec.outputs.map((name) => {
        const shape = spec.outputShapes?.[name];
        return {
          name,
          type: { tensorType: { elementType: 1, ...(shape && { shape: { dimensions: sides(shape) } }) } },
        };
      }),
    },
  });
}
