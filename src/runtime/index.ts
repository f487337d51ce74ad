export * from './openSession.js';
export * from './runtime.js';
export { lacksMemory } from './runtimeErrors.js';
