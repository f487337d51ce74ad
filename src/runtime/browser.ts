import { makeRuntime, type OnnxRuntimeModule } from './openSession.js';
import type { Device, Runtime } from './runtime.js';

/** Addresses of one of onnxruntime-web's WebAssembly builds: the loader and the binary, on the page's own host. */
export interface WasmFiles {
  readonly mjs: string;
  readonly wasm: string;
}

export interface BrowserRuntimeFiles {
  /** Build without WebGPU, half as large. */
  readonly cpu: WasmFiles;
  readonly webgpu: WasmFiles;
}

export interface BrowserRuntimeOptions {
  /** Of WebAssembly, default 1; more than one needs a page that is isolated from other origins. */
  readonly threads?: number;
  /** Where left out, onnxruntime-web looks beside its own script: right for bundlers and for import maps. */
  readonly files?: BrowserRuntimeFiles;
}

/**
 * onnxruntime-web for a device, fetched when it is first needed. Call it in a worker: running a graph occupies the thread.
 */
export async function loadBrowserRuntime(
  device: Device,
  { threads = 1, files }: BrowserRuntimeOptions = {},
): Promise<Runtime> {
  const module = device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  if (files) module.env.wasm.wasmPaths = { ...(device === 'webgpu' ? files.webgpu : files.cpu) };
  module.env.wasm.numThreads = threads;
  module.env.logLevel = 'error';
  return makeRuntime('onnxruntime-web', module as unknown as OnnxRuntimeModule, 'wasm');
}
