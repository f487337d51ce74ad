export * from './gradients.js';
export * from './graph.js';
export * from './onnx.js';
export * from './ops/index.js';
