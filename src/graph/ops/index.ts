export * from './conv.js';
export * from './convMaxPool.js';
export * from './flatten.js';
export * from './linear.js';
export * from './maxPool.js';
export * from './relu.js';
export * from './softmaxCrossEntropy.js';
