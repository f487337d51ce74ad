export * from './evaluationGraph.js';
export * from './initialWeights.js';
export * from './lenet.js';
export * from './model.js';
export * from './registry.js';
export * from './weights/safetensors.js';
