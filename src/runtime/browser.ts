import { makeRuntime } from './openSession.js';
import type { Device, Runtime } from './runtime.js';

/** Addresses of one of onnxruntime-web's WebAssembly builds: the loader and the binary, on the page's own host. */
export interface WasmFiles {
  readonly mjs: string;
  readonly wasm: string;
}

/** Addresses of both of onnxruntime-web's builds, on the page's own host. */
export interface BrowserRuntimeFiles {
  /** Build without WebGPU, half as large. */
  readonly cpu: WasmFiles;
  readonly webgpu: WasmFiles;
}

/**
 * Where onnxruntime-web's WebAssembly lies: the address of a folder that holds what its `dist` does, or the address of each file. Where left
 * out, onnxruntime-web looks beside its own script, which is right for import maps and for bundlers that keep `new URL(..., import.meta.url)`.
 */
export type OnnxFiles = string | URL | BrowserRuntimeFiles;

/** What onnxruntime-web computes on, and where it lies. */
export interface BrowserRuntimeOptions {
  /** Default `cpu`, which is WebAssembly. */
  readonly device?: Device;
  /** Of WebAssembly, default 1; more than one needs a page that is isolated from other origins. */
  readonly threads?: number;
  readonly onnxFiles?: OnnxFiles;
}

/**
 * Loads onnxruntime-web for a device, fetched when it is first needed: WebAssembly or WebGPU. Running a graph occupies the thread: in a page
 * that must stay responsive, call it in a worker.
 */
export async function loadBrowserRuntime({
  device = 'cpu',
  threads = 1,
  onnxFiles,
}: BrowserRuntimeOptions = {}): Promise<Runtime> {
  const module = device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  if (onnxFiles !== undefined) module.env.wasm.wasmPaths = wasmPaths(onnxFiles, device);
  module.env.wasm.numThreads = threads;
  module.env.logLevel = 'error';
  return makeRuntime('onnxruntime-web', module, 'wasm');
}

function wasmPaths(files: OnnxFiles, device: Device): string | { mjs: string; wasm: string } {
  if (typeof files === 'string' || files instanceof URL) {
    // A module that is fetched from a worker needs a whole address.
    const { href } = new URL(files, globalThis.location?.href);
    return href.endsWith('/') ? href : `${href}/`;
  }
  return { ...(device === 'webgpu' ? files.webgpu : files.cpu) };
}
