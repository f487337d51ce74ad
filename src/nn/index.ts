/** Layers that a network is built of. */
export { type ConvBatchNormOptions, convBatchNorm, type Residual } from './convBatchNorm.js';
export { kaimingNormalFanOut, normal, uniformFanIn } from './initialisers.js';
export {
  type Conv2dOptions,
  conv2d,
  conv2dMaxPool,
  dropoutLayer,
  flattenLayer,
  globalAveragePoolLayer,
  type LinearOptions,
  linearLayer,
  maxPoolLayer,
  poolLevelsLayer,
  reluLayer,
  standardiseLayer,
} from './layers.js';
export {
  type BatchStatistics,
  type BufferInfo,
  type DropoutMask,
  type LayerInfo,
  Network,
  type NetworkOptions,
  type ParameterInfo,
  type Weights,
} from './network.js';
