export * from './convBatchNorm.js';
export * from './initialisers.js';
export * from './layers.js';
export * from './lossTargets.js';
export * from './network.js';
