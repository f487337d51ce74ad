export type { Activation } from './blocked/channelSums.js';
export * from './blocked/filters.js';
export { storedShape } from './blocked/layout.js';
export {
  type ExternalFiles,
  externalFileMissing,
  inlineExternalData,
  listExternalFiles,
} from './externalData.js';
export { slidingSide } from './fitShapes.js';
export * from './gradients.js';
export * from './graph.js';
export * from './onnx.js';
export * from './ops/index.js';
