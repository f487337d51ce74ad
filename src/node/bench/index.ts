export * from './benchOptions.js';
export * from './benchPredict.js';
export * from './benchTrainStep.js';
export * from './compareWithTorch.js';
export * from './measureSteps.js';
export * from './peakMemory.js';
export * from './profileOperators.js';
export * from './torchProcess.js';
