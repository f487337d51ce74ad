export * from './activationHistogram.js';
export * from './activationRange.js';
export * from './calibrate.js';
export * from './planQuantisation.js';
export * from './quantiseGraph.js';
export * from './quantiseWeights.js';
