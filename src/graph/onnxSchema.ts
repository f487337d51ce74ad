/**
 * The part of onnx.proto (ONNX 1.19, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that lesionlab reads and writes:
 * message -> field number -> name and kind. Fields that aren't listed are skipped when reading.
 */
export type FieldKind =
  | 'int'
  | 'float'
  | 'string'
  | 'bytes'
  | 'ints'
  | 'floats'
  | 'doubles'
  | 'strings'
  | { message: string; many: boolean };

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
}

const one = (message: string) => ({ message, many: false });
const many = (message: string) => ({ message, many: true });

export const onnxSchema: Readonly<Record<string, Readonly<Record<number, Field>>>> = {
  Model: {
    1: { name: 'irVersion', kind: 'int' },
    2: { name: 'producerName', kind: 'string' },
    3: { name: 'producerVersion', kind: 'string' },
    6: { name: 'docString', kind: 'string' },
    7: { name: 'graph', kind: one('Graph') },
    8: { name: 'opsetImport', kind: many('OperatorSet') },
    14: { name: 'metadata', kind: many('StringEntry') },
    25: { name: 'functions', kind: many('Function') },
  },
  Function: {
    1: { name: 'name', kind: 'string' },
    4: { name: 'inputs', kind: 'strings' },
    5: { name: 'outputs', kind: 'strings' },
    6: { name: 'attributes', kind: 'strings' },
    7: { name: 'nodes', kind: many('Node') },
    9: { name: 'opsetImport', kind: many('OperatorSet') },
    10: { name: 'domain', kind: 'string' },
    11: { name: 'defaults', kind: many('Attribute') },
    13: { name: 'overload', kind: 'string' },
  },
  OperatorSet: { 1: { name: 'domain', kind: 'string' }, 2: { name: 'version', kind: 'int' } },
  StringEntry: { 1: { name: 'key', kind: 'string' }, 2: { name: 'value', kind: 'string' } },
  Graph: {
    1: { name: 'nodes', kind: many('Node') },
    2: { name: 'name', kind: 'string' },
    5: { name: 'initializers', kind: many('Tensor') },
    11: { name: 'inputs', kind: many('ValueInfo') },
    12: { name: 'outputs', kind: many('ValueInfo') },
    15: { name: 'sparseInitializers', kind: many('SparseTensor') },
  },
  SparseTensor: {
    1: { name: 'values', kind: one('Tensor') },
    2: { name: 'indices', kind: one('Tensor') },
    3: { name: 'dimensions', kind: 'ints' },
  },
  Node: {
    1: { name: 'inputs', kind: 'strings' },
    2: { name: 'outputs', kind: 'strings' },
    3: { name: 'name', kind: 'string' },
    4: { name: 'operator', kind: 'string' },
    5: { name: 'attributes', kind: many('Attribute') },
    7: { name: 'domain', kind: 'string' },
    8: { name: 'overload', kind: 'string' },
  },
  Attribute: {
    1: { name: 'name', kind: 'string' },
    2: { name: 'float', kind: 'float' },
    3: { name: 'int', kind: 'int' },
    4: { name: 'string', kind: 'bytes' },
    5: { name: 'tensor', kind: one('Tensor') },
    6: { name: 'graph', kind: one('Graph') },
    7: { name: 'floats', kind: 'floats' },
    8: { name: 'ints', kind: 'ints' },
    9: { name: 'strings', kind: 'strings' },
    10: { name: 'tensors', kind: many('Tensor') },
    11: { name: 'graphs', kind: many('Graph') },
    20: { name: 'type', kind: 'int' },
    21: { name: 'reference', kind: 'string' },
  },
  Tensor: {
    1: { name: 'dimensions', kind: 'ints' },
    2: { name: 'dataType', kind: 'int' },
    4: { name: 'floatData', kind: 'floats' },
    5: { name: 'int32Data', kind: 'ints' },
    6: { name: 'stringData', kind: 'strings' },
    7: { name: 'int64Data', kind: 'ints' },
    8: { name: 'name', kind: 'string' },
    9: { name: 'rawData', kind: 'bytes' },
    10: { name: 'doubleData', kind: 'doubles' },
    11: { name: 'uint64Data', kind: 'ints' },
    13: { name: 'externalData', kind: many('StringEntry') },
    14: { name: 'dataLocation', kind: 'int' },
  },
  ValueInfo: { 1: { name: 'name', kind: 'string' }, 2: { name: 'type', kind: one('Type') } },
  Type: {
    1: { name: 'tensorType', kind: one('TensorType') },
    4: { name: 'sequenceType', kind: 'bytes' },
    5: { name: 'mapType', kind: 'bytes' },
    8: { name: 'sparseTensorType', kind: 'bytes' },
    9: { name: 'optionalType', kind: 'bytes' },
  },
  TensorType: { 1: { name: 'elementType', kind: 'int' }, 2: { name: 'shape', kind: one('TensorShape') } },
  TensorShape: { 1: { name: 'dimensions', kind: many('Dimension') } },
  Dimension: { 1: { name: 'value', kind: 'int' }, 2: { name: 'parameter', kind: 'string' } },
};

/** TensorProto.DataType. */
export const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** AttributeProto.AttributeType. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;
