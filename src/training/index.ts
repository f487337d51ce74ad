export * from './config.js';
export * from './curveNotes.js';
export * from './events.js';
export * from './optimizers.js';
export * from './parameterStore.js';
export * from './schedules.js';
export * from './trainer.js';
