import * as ort from 'onnxruntime-web';
import { makeRuntime } from './openSession.js';

/** onnxruntime-web: WebAssembly with SIMD and threads, and WebGPU where the browser has one. Runs in Node, too (CPU only). */
export const webRuntime = makeRuntime('onnxruntime-web', ort, 'wasm');
