export * from '../runtime/browser.js';
export * from './codec.js';
export * from './computeDevice.js';
export * from './openPredictor.js';
export * from './predictedImage.js';
