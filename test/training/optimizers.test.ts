import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ParameterInfo, Weights } from '../../src/nn/index.js';
import {
  makeOptimizer,
  type OptimizerOptions,
  optimizerStateArrays,
} from '../../src/training/optimisation/optimizers.js';
import {
  decaysOnlyWeights,
  type ParameterGroups,
  planParameterRuns,
} from '../../src/training/optimisation/parameterRuns.js';
import { ParameterStore } from '../../src/training/optimisation/parameterStore.js';
import { wave } from '../wave.js';

interface Case {
  kind: OptimizerOptions['kind'];
  learningRate: number;
  weightDecay: number;
  /** Factors of the learning rate, by the first part of a parameter's name. */
  factors: Record<string, number>;
  decayAll: boolean;
  clipping: number;
  /** Of the gradients before clipping, step by step. */
  norms: number[];
  /** The first six of each after all steps. */
  parameters: Record<string, number[]>;
}
const { steps, shapes, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/training/optimizerSteps.json', import.meta.url), 'utf8'),
) as { steps: number; shapes: Record<string, number[]>; cases: Case[] };

const parameters: ParameterInfo[] = Object.entries(shapes).map(([name, shape]) => ({
  name,
  shape,
  initialise: () => new Float32Array(0),
}));
const waves = (phase: number, scale = 1): Weights =>
  new Map(
    parameters.map(({ name, shape }, k) => {
      const count = shape.reduce((a, b) => a * b, 1);
      return [name, { data: wave(count, phase + k).map((value) => scale * value), shape }];
    }),
  );
const factorOf = (factors: Record<string, number>) => (name: string) => factors[name.split('.')[0]] ?? 1;

describe('optimizers', () => {
  const label = ({ kind, factors, decayAll, clipping }: Case) =>
    `${kind}, ${Object.keys(factors).length > 0 ? 'groups' : 'one learning rate'}, ` +
    `${decayAll ? 'all decay' : 'only weights decay'}, ${clipping > 0 ? `clipped to ${clipping}` : 'not clipped'}`;

  it.each(cases.map((test) => [label(test), test] as const))('equal PyTorch: %s', (_, test) => {
    const store = new ParameterStore(parameters, optimizerStateArrays[test.kind]);
    const optimizer = makeOptimizer(store, {
      kind: test.kind,
      weightDecay: test.weightDecay,
      learningRateFactor: factorOf(test.factors),
      decays: test.decayAll ? undefined : decaysOnlyWeights,
      gradientClipping: test.clipping,
    });
    store.write(store.parameters, waves(0));
    for (let step = 0; step < steps; step++) {
      store.write(store.gradients, waves(10 * (step + 1), step % 2 ? 0.1 : 1));
      optimizer.update(step, test.learningRate);
    }
    let worst = 0;
    for (const [name, expected] of Object.entries(test.parameters)) {
      const { data } = store.parameters.views[name];
      expected.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(data[i] - value));
      });
    }
    // Float32 has 1.2e-7 relative to the parameters, which are about 1.
    expect(worst).toBeLessThan(1e-6);
  });

  it('has cases that were clipped and steps that were not', () => {
    const { norms, clipping } = cases.find((test) => test.clipping > 0)!;
    expect(norms.some((norm) => norm > clipping)).toBe(true);
    expect(norms.some((norm) => norm < clipping)).toBe(true);
  });

  it('change nothing where a limit of the norm is never reached', () => {
    const end = (gradientClipping: number) => {
      const store = new ParameterStore(parameters, 2);
      const optimizer = makeOptimizer(store, { kind: 'adamw', weightDecay: 0.1, gradientClipping });
      store.write(store.parameters, waves(0));
      store.write(store.gradients, waves(3));
      optimizer.update(0, 0.01);
      return store.parameters.all.slice();
    };
    expect(end(1e6)).toEqual(end(0));
    expect(end(1)).not.toEqual(end(0));
  });
});

describe('parameter runs', () => {
  const runsOf = (groups?: ParameterGroups) => {
    const store = new ParameterStore(parameters, 0);
    const runs = planParameterRuns(store, groups);
    // One pass: each begins where the one before ends.
    expect(runs[0].start).toBe(0);
    expect(runs.at(-1)!.end).toBe(store.byteLength);
    runs.slice(1).forEach(({ start }, i) => {
      expect(start).toBe(runs[i].end);
      expect(start % 16).toBe(0);
    });
    return runs.map(({ factor, decays }) => [factor, decays]);
  };

  it('is one run where all are alike', () => {
    expect(runsOf()).toEqual([[1, true]]);
    expect(runsOf({ learningRateFactor: () => 0.5 })).toEqual([[0.5, true]]);
  });

  it('merges neighbours with the same factor and decay', () => {
    expect(runsOf({ learningRateFactor: factorOf({ conv1: 0.1, bn1: 0.1 }) })).toEqual([
      [0.1, true],
      [1, true],
    ]);
    expect(runsOf({ decays: decaysOnlyWeights })).toEqual([true, false, true, false, true, false].map((d) => [1, d]));
  });
});
