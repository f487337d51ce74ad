export * from './heatmap.js';
export * from './localisation.js';
