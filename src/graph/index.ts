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
  type TensorData,
  type Value,
} from './graph.js';
export { type OnnxOptions, operatorSetVersion, toOnnx } from './onnx.js';
export { add } from './ops/add.js';
export { type BatchNormAttributes, batchNorm } from './ops/batchNorm.js';
export { concat } from './ops/concat.js';
export { conv } from './ops/conv.js';
export { depthwiseConv } from './ops/depthwiseConv.js';
export { dropout } from './ops/dropout.js';
export { flatten } from './ops/flatten.js';
export { globalAveragePool } from './ops/globalAveragePool.js';
export { globalSpreadPool } from './ops/globalSpreadPool.js';
export { linear } from './ops/linear.js';
export { type MaxPoolAttributes, maxPool } from './ops/maxPool.js';
export { relu } from './ops/relu.js';
export { relu6 } from './ops/relu6.js';
export { softmaxCrossEntropy } from './ops/softmaxCrossEntropy.js';
export { standardise } from './ops/standardise.js';
