/** Architectures, their weights, and trained networks opened for prediction. */

export { lenet } from './architectures/lenet.js';
export { mobilenetV2 } from './architectures/mobilenetV2.js';
export { mobilenetV2Levels } from './architectures/mobilenetV2Levels.js';
export { addModel, findModel, hasModel, models } from './architectures/registry.js';
export { resnet18, resnet34, resnet50, resnet101, resnet152 } from './architectures/resnet.js';
export {
  buildEvaluationGraph,
  type Classifier,
  type EvaluationGraphOptions,
  openClassifier,
} from './evaluationGraph.js';
export {
  type FeatureExtractorOptions,
  openFeatureExtractor,
} from './featureExtractor.js';
export { describeNetwork, initialWeights, type NetworkSize } from './initialWeights.js';
export {
  defineModel,
  type FeatureExtractor,
  headOf,
  type ModelDefinition,
  type ModelParts,
  type NetworkFile,
  type NetworkUse,
  type OnlyFeatures,
} from './model.js';
export type { FeatureStatistics } from './outOfDistributionOutput.js';
export { describeFit } from './weights/describeFit.js';
export { type FitOptions, type FitReport, type FittedWeights, fitWeights } from './weights/fitWeights.js';
export { readWeights } from './weights/readWeights.js';
export { decodeSafetensors, encodeSafetensors, type StoredTensors } from './weights/safetensors.js';
export { type InitialWeightsOptions, takeInitialWeights } from './weights/takeInitialWeights.js';
export type { WeightFile } from './weights/weightFile.js';
