export * from './coarsenHeatMap.js';
export * from './combineHeatMaps.js';
export * from './encodeModel.js';
export * from './gradCam.js';
export * from './heatMapOutput.js';
export * from './heatmap.js';
export * from './localisation.js';
export * from './placeMask.js';
