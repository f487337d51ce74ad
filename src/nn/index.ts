/** Layers that a network is built of. */
export { activationLayer, type LayerActivation } from './activationLayer.js';
export { type BatchNormSettings, batchNormLayer } from './batchNorm.js';
export { type ConvBatchNormOptions, convBatchNorm } from './convBatchNorm.js';
export { kaimingNormalFanOut, normal, uniformFanIn, xavierUniform } from './initialisers.js';
export { channelsFirst, channelsLast, type LayerNormOptions, layerNormLayer } from './layerNorm.js';
export {
  averagePoolLayer,
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
export { multiHeadAttention } from './multiHeadAttention.js';
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
export { type Residual, residualSum } from './residualSum.js';
export { type SqueezeExcitationOptions, squeezeExcitation } from './squeezeExcitation.js';
export { type WindowAttentionOptions, windowAttention } from './windowAttention.js';
