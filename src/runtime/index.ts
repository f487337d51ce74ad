/** What runs a graph: `lesionlab/runtime/node` in Node, `lesionlab/browser` in a page. */
export { makeRuntime, type OnnxRuntimeModule } from './openSession.js';
export type { Device, DeviceTensor, OpenOptions, Runtime, Session, TensorLike, Traffic } from './runtime.js';
