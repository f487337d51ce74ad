/**
 * What runs in Node and in the browser alike, one namespace a folder; `lesionlab/<folder>` has the same. Light to import: charts and pages
 * (`lesionlab/report`), prediction in a page (`lesionlab/browser`) and what only Node can do (`lesionlab/node`) are imported on their own.
 */
export * as data from './data/index.js';
export * from './errors.js';
export * as evaluation from './evaluation/index.js';
export * as explain from './explain/index.js';
export * as graph from './graph/index.js';
export * as image from './image/index.js';
export * as models from './models/index.js';
export * as nn from './nn/index.js';
export * as onnx from './onnx/index.js';
export { readNetwork } from './onnx/index.js';
export * from './progress.js';
export * from './random.js';
export * as runtime from './runtime/index.js';
export * as training from './training/index.js';
