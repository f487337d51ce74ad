import { inLayoutOf } from '../../blocked/layout.js';
import { fitShapes } from '../../fitShapes.js';
import { type Layout, type Operator, type Shape, toPlain, type Value } from '../../graph.js';
import { type Passes, passesOver } from './passes.js';

/** What the gradient of an operator with one input is made from, all of one shape and layout. */
export interface UnaryCall<A> {
  readonly x: Value;
  readonly y: Value;
  /** Gradient of y. */
  readonly d: Value;
  readonly attributes: A;
  /** What `forward` saved. */
  readonly saved: Readonly<Record<string, Value>>;
}

/** An operator that takes each number for itself. */
export interface Unary<A> {
  readonly name: string;
  /** Takes 0 to 0 with a finite slope there, so that filled-up channels stay zero. */
  readonly keepsZero: boolean | ((attributes: A) => boolean);
  /** Refuses attributes that are none. */
  check?(attributes: A): void;
  forward(on: Passes, x: Value, attributes: A, saved: Record<string, Value>): Value;
  /** Gradient of x. */
  backward(on: Passes, call: UnaryCall<A>): Value;
}

/** Whether numbers in this layout may be taken element by element: filled-up channels must stay zero, or there are none. */
export const worksInLayout = (shape: Shape, layout: Layout | undefined, keepsZero: boolean): boolean =>
  !layout || keepsZero || shape[1] % layout.block === 0;

/** The differentiable operator: any shape, any layout that it may keep. */
export function unary<A>({ name, keepsZero, check, forward, backward }: Unary<A>): Operator<A> {
  return {
    name,
    anyLayout: true,
    lower(graph, [x], attributes, saved) {
      fitShapes(name, { input: [x, '...'] });
      check?.(attributes);
      const keeps = typeof keepsZero === 'function' ? keepsZero(attributes) : keepsZero;
      const input = worksInLayout(x.shape, x.layout, keeps) ? x : toPlain(graph, x);
      return forward(passesOver(graph, input), input, attributes, saved);
    },
    gradient(graph, { inputs: [x], output, outputGradient, attributes, saved }) {
      const like = (value: Value) => inLayoutOf(graph, value, output);
      const call = { x: like(x), y: output, d: like(outputGradient), attributes, saved };
      return [backward(passesOver(graph, output), call)];
    },
  };
}
