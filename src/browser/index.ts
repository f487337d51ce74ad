/** Prediction in a page: an exported model, the browser's image files, and the device that it computes on. */
export {
  type BrowserRuntimeFiles,
  type BrowserRuntimeOptions,
  loadBrowserRuntime,
  type OnnxFiles,
  type WasmFiles,
} from '../runtime/browser.js';
export { browserCodec, toImageData } from './codec.js';
export { type ComputeDevice, findComputeDevice } from './computeDevice.js';
export { openPredictor, type Predictor, type PredictorOptions } from './openPredictor.js';
export { type ClassHeat, heatOfClass, type OpenedModel, type PredictedImage } from './predictedImage.js';
