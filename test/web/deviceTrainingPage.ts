import { initialWeights, models } from '../../src/models/index.js';
import { loadBrowserRuntime } from '../../src/runtime/browser.js';
import { Trainer } from '../../src/training/trainer.js';
import type { TrainerOptions } from '../../src/training/trainerOptions.js';
import { wave } from '../wave.js';

/** What a page's trainings on two devices gave, and what went to the graphics card and came back, as the browser itself counts. */
export interface DeviceTraining {
  readonly losses: Readonly<Record<'cpu' | 'webgpu', readonly number[]>>;
  readonly traffic: { readonly up: number; readonly down: number };
  /** Bytes of buffers written and read by WebGPU's own calls. */
  readonly counted: { readonly up: number; readonly down: number };
  /** Bytes of the parameters. */
  readonly weights: number;
}

/** Takes the same steps of LeNet on WebAssembly and on WebGPU. */
export async function trainOnBoth(steps: number): Promise<DeviceTraining> {
  const counted = countTransfers();
  const at = (name: string) => new URL(name, location.href).href;
  const filesOf = (name: string) => ({ mjs: at(`${name}.js`), wasm: at(`${name}.wasm`) });
  const onnxFiles = { cpu: filesOf('cpu'), webgpu: filesOf('webgpu') };
  const size = { model: models.lenet, classCount: 7, imageSize: 32 };
  const batchSize = 4;
  const options: TrainerOptions = {
    ...size,
    batchSize,
    optimizer: { kind: 'sgd', weightDecay: 0.01 },
    classWeights: [1.5, 1, 0.5, 4.5, 0.5, 0.1, 3.5],
    labelSmoothing: 0,
    weightAveraging: 0,
  };
  const losses: Record<'cpu' | 'webgpu', number[]> = { cpu: [], webgpu: [] };
  let traffic = { up: 0, down: 0 };
  let weights = 0;
  for (const device of ['cpu', 'webgpu'] as const) {
    const runtime = await loadBrowserRuntime({ device, onnxFiles });
    const trainer = await Trainer.open(runtime, options, initialWeights(size, 0), { device });
    weights = trainer.store.byteLength;
    for (let step = 0; step < steps; step++) {
      // The first step compiles what it needs and writes constants.
      if (step === 1) {
        Object.assign(counted, { up: 0, down: 0 });
        traffic = { ...trainer.session.traffic };
      }
      const labels = Int32Array.from({ length: batchSize }, (_, i) => (3 * step + i) % 7);
      const { loss } = await trainer.step(wave(batchSize * 3 * 32 * 32, 10 + step, 1.5), labels, 1e-3);
      losses[device].push(loss);
    }
    const { up, down } = trainer.session.traffic;
    traffic = { up: up - traffic.up, down: down - traffic.down };
    if (device === 'webgpu') {
      const total = { ...counted };
      await trainer.synchronise();
      await trainer.close();
      return { losses, traffic, counted: total, weights };
    }
    await trainer.close();
  }
  throw new Error('unreachable');
}

/** Counts what WebGPU's own calls write to buffers and read back. */
function countTransfers() {
  const counted = { up: 0, down: 0 };
  // biome-ignore lint/suspicious/noExplicitAny: WebGPU's types are not among those of this project.
  const { GPUQueue, GPUBuffer } = globalThis as any;
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (...args: unknown[]) {
    const [, , data, , size] = args as [unknown, unknown, ArrayBufferView, unknown, number | undefined];
    counted.up += size ?? data.byteLength;
    return writeBuffer.apply(this, args);
  };
  const { getMappedRange, mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = function (...args: unknown[]) {
    this.isRead = true;
    return mapAsync.apply(this, args);
  };
  GPUBuffer.prototype.getMappedRange = function (...args: unknown[]) {
    const range = getMappedRange.apply(this, args);
    counted[this.isRead ? 'down' : 'up'] += range.byteLength;
    return range;
  };
  return counted;
}

Object.assign(globalThis, { trainOnBoth });
