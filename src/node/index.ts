export { requireEnoughImages } from '../training/recipe/trainingSplits.js';
export * from './dataset/openDataset.js';
export * from './dataset/organize.js';
export { openLimited, type PreparedData, prepareData } from './dataset/trainingData.js';
export * from './dataset/writeSyntheticDataset.js';
export * from './files/cacheFolder.js';
export * from './files/codec.js';
export * from './files/jsonLines.js';
export * from './files/writeFile.js';
export * from './machine/doctor.js';
export type { Finding, FindingStatus } from './machine/finding.js';
export * from './machine/stepContext.js';
export * from './machine/terminalProgress.js';
export * from './prediction/encodeModelFile.js';
export {
  type ExplainImageOptions,
  explainImage,
  type ImageExplainer,
  type ImageExplanation,
  openImageExplainer,
} from './prediction/explainImage.js';
export * from './prediction/modelFile.js';
export * from './prediction/predictImages.js';
export * from './run/checkpointFile.js';
export type { ExternalOptions } from './run/externalData.js';
export * from './run/runFolder.js';
export * from './run/runModel.js';
export * from './steps/compare.js';
export * from './steps/crossValidate.js';
export * from './steps/ensemble.js';
export * from './steps/evaluate.js';
export type { ExternalStepResult } from './steps/evaluateExternal.js';
export * from './steps/explain.js';
export * from './steps/explore.js';
export * from './steps/export.js';
export * from './steps/exportInt8.js';
export * from './steps/findLearningRate.js';
export * from './steps/leak.js';
export * from './steps/organize.js';
export * from './steps/report.js';
export * from './steps/run.js';
export * from './steps/split.js';
export * from './steps/train.js';
export { type RunningStudio, type StudioOptions, startStudio } from './studio/startStudio.js';
export { openRecipe, type RecipeChoice } from './training/openRecipe.js';
export type { RunOptions } from './training/planRun.js';
export { type EventFile, openEventFile } from './training/tensorBoard.js';
