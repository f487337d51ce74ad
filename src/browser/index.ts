/** Prediction in a page: an exported model or anybody's ONNX classifier, the browser's image files, and the device that it computes on. */

export type { Ability } from '../models/foreign/ability.js';
export {
  type BrowserRuntimeFiles,
  type BrowserRuntimeOptions,
  loadBrowserRuntime,
  type OnnxFiles,
  type WasmFiles,
} from '../runtime/browser.js';
export { browserCodec, toImageData } from './codec.js';
export { type ComputeDevice, findComputeDevice } from './computeDevice.js';
export type { ForeignAnswers } from './foreignAnswers.js';
export { type ForeignInspection, inspectModel, type ModelInspection } from './inspectModel.js';
export type { BesideModel, ModelSource } from './modelSource.js';
export type { DeviceChoice } from './openOnDevice.js';
export { openPredictor, type Predictor, type PredictorOptions } from './openPredictor.js';
export {
  type ClassHeat,
  type ForeignDetails,
  heatOfClass,
  type OpenedModel,
  type PredictedImage,
} from './predictedImage.js';
