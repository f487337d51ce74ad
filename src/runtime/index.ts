export * from './openSession.js';
export * from './runtime.js';
