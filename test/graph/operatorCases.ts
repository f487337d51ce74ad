import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { elementCount, type GraphOptions, type Operator } from '../../src/graph/index.js';
import * as exported from '../../src/graph/ops/index.js';
import type { OpenOptions, TensorLike } from '../../src/runtime/index.js';
import { coarseWave, wave } from '../wave.js';
import { differentiate } from './differentiate.js';

interface Input {
  readonly shape: number[];
  readonly scale?: number;
  readonly offset?: number;
  readonly coarse?: boolean;
}

/** A case that a script of test/fixtures/operators/ wrote: one operator as PyTorch computes it. */
export interface Case {
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
export const cases: Case[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
export const operators = Object.values(exported).filter(
  (value): value is Operator<never> => typeof value === 'object' && 'gradient' in value && 'lower' in value,
);
export const find = (name: string) => operators.find((operator) => operator.name === name) as Operator<object>;
export function tensorOf(
  { shape, scale = 1, offset = 0, coarse }: Input,
  i: number,
): TensorLike & { data: Float32Array } {
  const data = coarse ? coarseWave(elementCount(shape), i + 1) : wave(elementCount(shape), i + 1);
  return {
    data: data.map((value) => Math.fround(Math.fround(value * Math.fround(scale)) + Math.fround(offset))),
    shape,
  };
}

export const seed = (count: number) => wave(count, 0.5);
export const titleOf = ({ operator, attributes, inputs }: Case) =>
  `${operator} ${JSON.stringify(attributes)} ${inputs.map(({ shape }) => `[${shape}]`).join(' ')}`;

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(found[i] - expected[i]) / scale);
  expect(worst).toBeLessThan(tolerance);
}

/** Runs a case, and compares. @param maps as `differentiate` takes them @param open default one thread of the CPU */
export async function expectPyTorch(
  test: Case,
  options: GraphOptions,
  maps: readonly boolean[] = [],
  { tolerance = 5e-6, open }: { tolerance?: number; open?: OpenOptions } = {},
): Promise<void> {
  const wanted = test.gradients.map((gradient) => gradient !== null);
  const inputs = test.inputs.map(tensorOf);
  const found = await differentiate(find(test.operator), test.attributes, inputs, seed, options, wanted, maps, open);
  expect(found.shape).toEqual(test.outputShape);
  expectClose(found.output, test.output, tolerance);
  test.gradients.forEach((gradient, i) => {
    if (gradient) expectClose(found.gradients[i]!, gradient, tolerance);
  });
}
