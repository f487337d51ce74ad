import { describe, it } from 'vitest';
import { missingWebgpu } from '../runtime/webgpuDevice.js';
import { cases, expectPyTorch, titleOf } from './operatorCases.js';

const missing = await missingWebgpu();
if (missing) console.warn(`Tests of operators on WebGPU are skipped: ${missing}`);

// A software device compiles each shader anew. What it has no kernel for runs on the CPU, as it does for users.
describe.skipIf(missing !== undefined)('operators on a WebGPU device', { timeout: 60_000 }, () => {
  it.each(cases.map((test) => [titleOf(test), test] as const))('%s equals PyTorch', (_, test) =>
    expectPyTorch(test, { target: 'webgpu' }, [], { tolerance: 2e-5, open: { device: 'webgpu' } }),
  );
});
