import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elementCount, type GraphOptions, type Operator } from '../../src/graph/index.js';
import * as exported from '../../src/graph/ops/index.js';
import type { TensorLike } from '../../src/runtime/index.js';
import { nodeRuntime } from '../../src/runtime/node.js';
import { coarseWave, wave } from '../wave.js';
import { differentiate } from './differentiate.js';

interface Input {
  readonly shape: number[];
  readonly scale?: number;
  readonly offset?: number;
  readonly coarse?: boolean;
}

interface Case {
  readonly operator: string;
  readonly attributes: object;
  readonly inputs: Input[];
  readonly smooth: boolean;
  /** Places of inputs that are also given with their channels in blocks. */
  readonly blocked?: number[];
  readonly outputShape: number[];
  readonly output: number[];
  readonly gradients: (number[] | null)[];
}

const folder = new URL('../fixtures/operators/', import.meta.url);
const cases: Case[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
const operators = Object.values(exported).filter(
  (value): value is Operator<never> => typeof value === 'object' && 'gradient' in value && 'lower' in value,
);
const find = (name: string) => operators.find((operator) => operator.name === name) as Operator<object>;
/** Held against PyTorch by tests of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  blockedConvNorm: 'blockedConvNorm.test.ts',
  convMaxPool: 'gradients.test.ts',
  maxPool: 'gradients.test.ts',
  flatten: 'gradients.test.ts',
  batchNorm: 'gradients.test.ts',
  softmaxCrossEntropy: 'gradients.test.ts',
  dropout: 'featureOperators.test.ts',
  globalSpreadPool: 'featureOperators.test.ts',
  standardise: 'featureOperators.test.ts',
};

function tensorOf({ shape, scale = 1, offset = 0, coarse }: Input, i: number): TensorLike & { data: Float32Array } {
  const data = coarse ? coarseWave(elementCount(shape), i + 1) : wave(elementCount(shape), i + 1);
  return {
    data: data.map((value) => Math.fround(Math.fround(value * Math.fround(scale)) + Math.fround(offset))),
    shape,
  };
}

const seed = (count: number) => wave(count, 0.5);
const titleOf = ({ operator, attributes, inputs }: Case) =>
  `${operator} ${JSON.stringify(attributes)} ${inputs.map(({ shape }) => `[${shape}]`).join(' ')}`;

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(found[i] - expected[i]) / scale);
  expect(worst).toBeLessThan(5e-6);
}

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

async function expectPyTorch(test: Case, options: GraphOptions, maps: readonly boolean[] = []): Promise<void> {
  const wanted = test.gradients.map((gradient) => gradient !== null);
  const inputs = test.inputs.map(tensorOf);
  const found = await differentiate(find(test.operator), test.attributes, inputs, seed, options, wanted, maps);
  expect(found.shape).toEqual(test.outputShape);
  expectClose(found.output, test.output);
  test.gradients.forEach((gradient, i) => {
    if (gradient) expectClose(found.gradients[i]!, gradient);
  });
}

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
