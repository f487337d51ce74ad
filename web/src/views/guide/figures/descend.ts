import { makeOptimizer, type OptimizerOptions } from '../../../../../src/training/optimisation/optimizers.js';
import { ParameterStore } from '../../../../../src/training/optimisation/parameterStore.js';

export type Point = readonly [x: number, y: number];

/** A valley that is steep across and flat along, as losses of networks often are; its lowest point is at 0, 0. */
export const valley = ([x, y]: Point): number => 0.05 * x ** 2 + y ** 2;
const slope = ([x, y]: Point): Point => [0.1 * x, 2 * y];

/** The way down by training's own optimizers, in float32 as there. @returns the start and one point a step */
export function descend(kind: OptimizerOptions['kind'], learningRate: number, start: Point, steps: number): Point[] {
  const place = { name: 'place', shape: [2], initialise: () => Float32Array.from(start) };
  const store = new ParameterStore([place], 2);
  const optimizer = makeOptimizer(store, { kind, weightDecay: 0 });
  const [here, gradient] = [store.parameters.views.place.data, store.gradients.views.place.data];
  here.set(start);
  const path: Point[] = [start];
  for (let step = 0; step < steps; step++) {
    gradient.set(slope([here[0], here[1]]));
    optimizer.update(step, learningRate);
    path.push([here[0], here[1]]);
  }
  return path;
}
