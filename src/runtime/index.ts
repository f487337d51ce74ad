/** What runs a graph: `lesionlab/runtime/node` in Node, `lesionlab/browser` in a page. */
export { makeRuntime, type OnnxRuntimeModule } from './openSession.js';
export type { Device, OpenOptions, Runtime, Session, TensorLike } from './runtime.js';
