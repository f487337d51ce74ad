import { describe, expect, it } from 'vitest';
import type { GraphOptions } from '../../src/graph/index.js';
import type { TensorLike } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { differentiate } from './differentiate.js';
import { type Case, cases, expectPyTorch, find, operators, seed, tensorOf, titleOf } from './operatorCases.js';

/** Held against PyTorch by tests of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  blockedConvNorm: 'blockedConvNorm.test.ts',
  convMaxPool: 'gradients.test.ts',
  maxPool: 'gradients.test.ts',
  flatten: 'gradients.test.ts',
  softmaxCrossEntropy: 'gradients.test.ts',
  dropout: 'featureOperators.test.ts',
  globalSpreadPool: 'featureOperators.test.ts',
  standardise: 'featureOperators.test.ts',
};

const channelBlock = await nodeRuntime.channelBlock();
const lowerings: Readonly<Record<string, GraphOptions>> = {
  cpu: { target: 'cpu' },
  webgpu: { target: 'webgpu' },
  ...(channelBlock && { 'channels in blocks': { target: 'cpu', channelBlock } }),
};

describe('operators', () => {
  it('each has a case of its gradient', () => {
    const tested = new Set([...cases.map(({ operator }) => operator), ...Object.keys(elsewhere)]);
    expect(operators.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
    expect([...tested].filter((name) => !find(name))).toEqual([]);
  });
});

describe.each(Object.entries(lowerings))('operators lowered for %s', (_, options) => {
  it.each(cases.map((test) => [titleOf(test), test] as const))('%s equals PyTorch', (_, test) =>
    expectPyTorch(test, options),
  );
});

/** Their second inputs of four axes are filters. */
const withFilters = new Set(['conv', 'blockedConvNorm']);
const mapsOf = ({ operator, inputs, blocked }: Case) =>
  inputs.map(({ shape }, i) =>
    blocked ? blocked.includes(i) : shape.length === 4 && (i === 0 || !withFilters.has(operator)),
  );

describe.skipIf(!channelBlock)('operators on channels in blocks', () => {
  const blocked = cases.filter((test) => mapsOf(test).includes(true));
  it.each(blocked.map((test) => [titleOf(test), test] as const))('%s equals PyTorch', (_, test) =>
    expectPyTorch(test, { channelBlock }, mapsOf(test)),
  );
});

describe.skipIf(!channelBlock)('operators whose result went on to channels in blocks', () => {
  const mapped = cases.filter(({ outputShape }) => outputShape.length === 4);
  it.each(mapped.map((test) => [titleOf(test), test] as const))('%s equals PyTorch', (_, test) =>
    expectPyTorch(test, { channelBlock }, [...test.inputs.map(() => false), true]),
  );
});

describe('gradients and finite differences', () => {
  const smooth = cases.filter((test) => test.smooth);
  const first = [...new Map(smooth.toReversed().map((test) => [test.operator, test])).values()];
  it.each(first.map((test) => [titleOf(test), test] as const))('%s', async (_, test) => {
    const operator = find(test.operator);
    const inputs = test.inputs.map(tensorOf);
    const wanted = test.gradients.map((gradient) => gradient !== null);
    const run = (given: readonly TensorLike[]) => differentiate(operator, test.attributes, given, seed, {}, wanted);
    const exact = await run(inputs);
    const weights = seed(exact.output.length);
    const objective = async (given: readonly TensorLike[]) =>
      (await run(given)).output.reduce((sum, value, i) => sum + value * weights[i], 0);
    const step = 1e-2;
    for (const [which, input] of inputs.entries()) {
      if (!wanted[which]) continue;
      const position = Math.floor(input.data.length / 3);
      const shifted = (by: number) =>
        inputs.map((other, i) => {
          if (i !== which) return other;
          const data = other.data.slice();
          data[position] += by;
          return { data, shape: other.shape };
        });
      const slope = ((await objective(shifted(step))) - (await objective(shifted(-step)))) / (2 * step);
      expect(exact.gradients[which]![position]).toBeCloseTo(slope, 2);
    }
  });
});
