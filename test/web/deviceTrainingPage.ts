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
  /** What happened one after the other on the graphics card: `images n` where those of a step are written, `step n`, `over n`. */
  readonly order: readonly string[];
  /** Buffers that were made for images. */
  readonly imageBuffers: number;
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
    Object.assign(counted, { order: [], imageBuffers: 0, imageBytes: 4 * batchSize * 3 * 32 * 32 });
    const imagesOf = (step: number) => wave(batchSize * 3 * 32 * 32, 10 + step, 1.5);
    let images = imagesOf(0);
    for (let step = 0; step < steps; step++) {
      // The first step compiles what it needs and writes constants.
      if (step === 1) {
        Object.assign(counted, { up: 0, down: 0 });
        traffic = { ...trainer.session.traffic };
      }
      const labels = Int32Array.from({ length: batchSize }, (_, i) => (3 * step + i) % 7);
      counted.order.push(`step ${step}`);
      const running = trainer.step(images, labels, 1e-3);
      // What a training's loop does: the next batch is made while this one is computed, after messages were heard.
      await new Promise((resolve) => setTimeout(resolve));
      images = imagesOf(step + 1);
      if (trainer.sendsAhead && step + 1 < steps) trainer.sendAhead(images, step + 1);
      losses[device].push((await running).loss);
      counted.order.push(`over ${step}`);
    }
    const { up, down } = trainer.session.traffic;
    traffic = { up: up - traffic.up, down: down - traffic.down };
    if (device === 'webgpu') {
      const total = { ...counted };
      await trainer.synchronise();
      await trainer.close();
      const { order, imageBuffers } = counted;
      return { losses, traffic, counted: total, weights, order, imageBuffers };
    }
    await trainer.close();
  }
  throw new Error('unreachable');
}

/** Counts what WebGPU's own calls write to buffers and read back. */
function countTransfers() {
  const counted = { up: 0, down: 0, order: [] as string[], imageBuffers: 0, imageBytes: Number.NaN };
  // biome-ignore lint/suspicious/noExplicitAny: WebGPU's types are not among those of this project.
  const { GPUQueue, GPUBuffer, GPUDevice } = globalThis as any;
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (...args: unknown[]) {
    const [, , data, , size] = args as [unknown, unknown, ArrayBufferView, unknown, number | undefined];
    counted.up += size ?? data.byteLength;
    if ((size ?? data.byteLength) === counted.imageBytes)
      counted.order.push(`images ${counted.order.filter((line) => line.startsWith('images')).length + 1}`);
    return writeBuffer.apply(this, args);
  };
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (...args: unknown[]) {
    const [{ size, usage }] = args as [{ size: number; usage: number }];
    // STORAGE, COPY_SRC and COPY_DST: as uploads ask for.
    if (size === counted.imageBytes && usage === 0x8c) counted.imageBuffers += 1;
    return createBuffer.apply(this, args);
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
