import webgpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import webgpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import cpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import cpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { BrowserRuntimeFiles } from '../../../src/runtime/browser.js';

/** Where the page finds onnxruntime-web's WebAssembly: beside its own scripts. */
export const onnxFiles: BrowserRuntimeFiles = {
  cpu: absolute({ mjs: cpuMjs, wasm: cpuWasm }),
  webgpu: absolute({ mjs: webgpuMjs, wasm: webgpuWasm }),
};

/** A module that is fetched from a worker needs a whole address. */
function absolute(files: { mjs: string; wasm: string }): { mjs: string; wasm: string } {
  return { mjs: new URL(files.mjs, import.meta.url).href, wasm: new URL(files.wasm, import.meta.url).href };
}
