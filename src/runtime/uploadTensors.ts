import type * as ort from 'onnxruntime-common';
import { elementTypeOf } from '../graph/graph.js';
import type { TensorLike } from './runtime.js';

/** What is used of WebGPU; its types are not among those of the core. */
export interface GpuDevice {
  createBuffer(descriptor: { readonly size: number; readonly usage: number }): GpuBuffer;
  readonly queue: {
    writeBuffer(buffer: GpuBuffer, at: number, data: ArrayBufferLike, from: number, bytes: number): void;
  };
}

interface GpuBuffer {
  destroy(): void;
}

/** A tensor in a buffer of its own, which is written again for the next one of that shape. */
export interface UploadedTensor {
  readonly tensor: ort.Tensor;
  /** Lets the buffer be written again: no run reads it any more. */
  giveBack(): void;
}

/** GPUBufferUsage.STORAGE | COPY_SRC | COPY_DST. */
const usage = 0x80 | 0x04 | 0x08;

/**
 * Writes tensors into buffers of a graphics card, on which other work goes on meanwhile. Buffers that were given back are taken again, so that a
 * training, whose next batch is written while the present one is computed, has two sets of them in turn.
 */
export function uploadTensors(device: GpuDevice, Tensor: ort.TensorConstructor) {
  const spare = new Map<string, { readonly buffer: GpuBuffer; readonly tensor: ort.Tensor }[]>();
  const all: GpuBuffer[] = [];
  return {
    upload({ data, shape }: TensorLike): UploadedTensor {
      const type = elementTypeOf(data);
      const key = `${type} ${shape}`;
      const unused = spare.get(key) ?? [];
      spare.set(key, unused);
      const place = unused.pop() ?? make(type, shape, data.byteLength);
      device.queue.writeBuffer(place.buffer, 0, data.buffer, data.byteOffset, data.byteLength);
      return { tensor: place.tensor, giveBack: () => unused.push(place) };
    },
    close(): void {
      for (const buffer of all) buffer.destroy();
    },
  };

  function make(type: ReturnType<typeof elementTypeOf>, shape: TensorLike['shape'], bytes: number) {
    // Runtimes read whole vectors.
    const buffer = device.createBuffer({ size: 16 * Math.ceil(bytes / 16), usage });
    all.push(buffer);
    const tensor = Tensor.fromGpuBuffer(buffer as never, { dataType: type as 'float32', dims: shape as number[] });
    return { buffer, tensor: tensor as ort.Tensor };
  }
}
