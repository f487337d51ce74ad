/** Differentiable operators, one file each, by what they do; whoever adds one adds a line here, and tests find it by itself. */
export { concat } from './arrangement/concat.js';
export { flatten } from './arrangement/flatten.js';
export { blockedConvNorm, type ConvNormAttributes } from './convolution/blockedConvNorm.js';
export { conv } from './convolution/conv.js';
export type { ConvAttributes } from './convolution/convGeometry.js';
export { convMaxPool } from './convolution/convMaxPool.js';
export { add } from './elementwise/add.js';
export { dropout } from './elementwise/dropout.js';
export { relu } from './elementwise/relu.js';
export { relu6 } from './elementwise/relu6.js';
export { softmaxCrossEntropy } from './losses/softmaxCrossEntropy.js';
export { type BatchNormAttributes, batchNorm } from './normalisation/batchNorm.js';
export { standardise } from './normalisation/standardise.js';
export { globalAveragePool } from './pooling/globalAveragePool.js';
export { globalSpreadPool } from './pooling/globalSpreadPool.js';
export { type MaxPoolAttributes, maxPool } from './pooling/maxPool.js';
export { linear } from './products/linear.js';
