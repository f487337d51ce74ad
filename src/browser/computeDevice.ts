import type { Device } from '../runtime/runtime.js';

/** Where a worker of this page computes, in a form that can be posted. */
export interface ComputeDevice {
  readonly device: Device;
  /** Threads of WebAssembly; 1 on WebGPU. */
  readonly threads: number;
  /** The same in words, for the reader. */
  readonly words: string;
}

/**
 * What this browser has: WebGPU where a graphics card answers, else WebAssembly, with threads where the page is isolated. Asked
 * for `webgpu`, it may be one in software; the answer is the CPU where there is none.
 */
export async function findComputeDevice(wanted: 'auto' | Device = 'auto'): Promise<ComputeDevice> {
  const webGpu = wanted === 'cpu' ? undefined : await findWebGpu();
  if (webGpu === 'graphics card' || (webGpu && wanted === 'webgpu'))
    return { device: 'webgpu', threads: 1, words: `WebGPU (${webGpu})` };
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

/** What of WebGPU's adapters is looked at; `isFallbackAdapter` has moved into `info` over time. */
interface GpuAdapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

interface GpuNavigator {
  readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> };
}

/** In software WebGPU is much slower than WebAssembly: only who asks for it gets it. */
async function findWebGpu(): Promise<'graphics card' | 'in software, slow' | undefined> {
  try {
    const adapter = await (navigator as GpuNavigator).gpu?.requestAdapter();
    if (!adapter) return undefined;
    return (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) ? 'in software, slow' : 'graphics card';
  } catch {
    return undefined;
  }
}
