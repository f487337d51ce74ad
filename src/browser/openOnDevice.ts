import { usageError } from '../errors.js';
import { loadBrowserRuntime, type OnnxFiles } from '../runtime/browser.js';
import type { Device, OpenOptions, Runtime } from '../runtime/runtime.js';
import { type ComputeDevice, findComputeDevice } from './computeDevice.js';

/** What a network computes on. */
export interface DeviceChoice {
  /** On `auto`, WebAssembly takes over where there is no WebGPU, or where it fails. Default `auto`. */
  readonly device?: 'auto' | Device;
  /** Where onnxruntime-web's WebAssembly lies. */
  readonly onnxFiles?: OnnxFiles;
}

/** Something that was opened, and what it computes on. */
export interface OpenedOnDevice<T> {
  readonly opened: T;
  readonly device: ComputeDevice;
  /** Why it is not the device that was asked for. */
  readonly deviceNote?: string;
}

/**
 * Opens something on the device that is asked for, or on WebAssembly where that takes over.
 * @param cpuOnly why nothing but WebAssembly can run it; undefined where it runs everywhere
 * @throws LesionlabError kind `usage` where `webgpu` is asked for and there is none; kind `run` where it can't be run
 */
export async function openOnDevice<T>(
  open: (runtime: Runtime, options: OpenOptions) => Promise<T>,
  { device: wanted = 'auto', onnxFiles }: DeviceChoice,
  cpuOnly?: string,
): Promise<OpenedOnDevice<T>> {
  const openOn = async ({ device, threads }: ComputeDevice) =>
    // Threads that spin while they wait would slow down everything else on the machine, the page included.
    open(await loadBrowserRuntime({ device, threads, onnxFiles }), { device, threads, spin: false });
  const onCpu = async (deviceNote?: string) => {
    const device = await findComputeDevice('cpu');
    return { opened: await openOn(device), device, deviceNote };
  };
  if (cpuOnly !== undefined) return onCpu(wanted === 'webgpu' ? cpuOnly : undefined);
  const device = await findComputeDevice(wanted);
  if (wanted === 'webgpu' && device.device !== 'webgpu')
    throw usageError('no-webgpu', 'This browser has no WebGPU, or no graphics card that it may use.', {
      hint: 'Choose WebAssembly, which gives the same answers more slowly.',
    });
  if (device.device === 'cpu') return onCpu();
  try {
    return { opened: await openOn(device), device };
  } catch (cause) {
    if (wanted === 'auto') return onCpu('WebGPU could not run this model, so that WebAssembly does.');
    throw cause;
  }
}
