import { loadBrowserRuntime } from '../../../src/runtime/browser.js';
import type { Device, Runtime } from '../../../src/runtime/runtime.js';
import { onnxFiles } from './onnxFiles.js';

/** Where a worker of this page computes, in a form that can be posted. */
export interface ComputeDevice {
  readonly device: Device;
  /** Threads of WebAssembly; 1 on WebGPU. */
  readonly threads: number;
  /** The same in words, for the reader. */
  readonly words: string;
}

/** What this browser has: WebGPU where an adapter answers, else WebAssembly, with threads where the page is isolated. */
export async function findComputeDevice(wanted: 'auto' | Device = 'auto'): Promise<ComputeDevice> {
  if (wanted !== 'cpu' && (await hasWebGpu())) return { device: 'webgpu', threads: 1, words: 'WebGPU (graphics card)' };
  const threads = globalThis.crossOriginIsolated ? Math.max(1, Math.min(8, navigator.hardwareConcurrency || 1)) : 1;
  return {
    device: 'cpu',
    threads,
    words:
      threads > 1
        ? `WebAssembly with ${threads} threads`
        : globalThis.crossOriginIsolated
          ? 'WebAssembly, one thread'
          : 'WebAssembly, one thread (this host does not isolate the page, which threads would need)',
  };
}

/** Fetches the runtime for a device; call it in a worker. */
export function openRuntime({ device, threads }: ComputeDevice): Promise<Runtime> {
  return loadBrowserRuntime(device, onnxFiles, threads);
}

interface GpuNavigator {
  readonly gpu?: { requestAdapter(): Promise<unknown> };
}

async function hasWebGpu(): Promise<boolean> {
  try {
    return Boolean(await (navigator as GpuNavigator).gpu?.requestAdapter());
  } catch {
    return false;
  }
}
