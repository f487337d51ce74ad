export * from './evaluationGraph.js';
export * from './initialWeights.js';
export * from './lenet.js';
export * from './model.js';
export * from './registry.js';
export * from './weights/fitWeights.js';
export * from './weights/readWeights.js';
export * from './weights/safetensors.js';
export type { WeightFile } from './weights/weightFile.js';
