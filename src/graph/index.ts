/** ONNX graphs: built, differentiated, written. */
export { type ExternalFiles, inlineExternalData, listExternalFiles } from './externalData.js';
export { gradients } from './gradients.js';
export {
  type Application,
  type Attributes,
  type AttributeValue,
  type ElementType,
  elementCount,
  elementTypeOf,
  type GradientCall,
  Graph,
  type GraphOptions,
  type Initializer,
  type Layout,
  type Node,
  type Operator,
  type Shape,
  type Stretch,
  type TensorData,
  type Value,
} from './graph.js';
export { type OnnxOptions, operatorSetVersion, toOnnx } from './onnx.js';
export * from './ops/index.js';
