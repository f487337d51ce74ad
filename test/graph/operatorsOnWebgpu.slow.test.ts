import { describe, it } from 'vitest';
import { missingWebgpu } from '../runtime/webgpuDevice.js';
import { cases, expectPyTorch, titleOf } from './operatorCases.js';

const missing = await missingWebgpu();
if (missing) console.warn(`Tests of operators on WebGPU are skipped: ${missing}`);

/** A software device takes half a second a case, to compile its shaders: the first, the middle and the last of each operator. */
const some = [...new Set(cases.map(({ operator }) => operator))].flatMap((name) => {
  const own = cases.filter(({ operator }) => operator === name);
  return [...new Set([0, own.length >> 1, own.length - 1])].map((place) => own[place]);
});

// What it has no kernel for runs on the CPU, as it does for users.
describe.skipIf(missing !== undefined)('operators on a WebGPU device', { timeout: 60_000 }, () => {
  it.each(some.map((test) => [titleOf(test), test] as const))('%s equals PyTorch', (_, test) =>
    expectPyTorch(test, { target: 'webgpu' }, [], { tolerance: 2e-5, open: { device: 'webgpu' } }),
  );
});
