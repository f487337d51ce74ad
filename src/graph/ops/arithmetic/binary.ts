import { toBlocked } from '../../blocked/layout.js';
import { planeKind } from '../../blocked/planes.js';
import { broadcastShapes, sumToShape } from '../../broadcast.js';
import { fitShapes } from '../../fitShapes.js';
import { elementCount, type Graph, type Operator, type Shape, toPlain, type Value } from '../../graph.js';
import { type Passes, passesOver } from '../elementwise/passes.js';
import { worksInLayout } from '../elementwise/unary.js';

/** What the gradients of an operator with two inputs are made from. */
export interface BinaryCall {
  readonly a: Value;
  readonly b: Value;
  readonly y: Value;
  /** Gradient of y. */
  readonly d: Value;
}

/** An operator that takes two numbers to one. */
export interface Binary {
  readonly name: string;
  /** What it takes 0 to 0 with: 0, or any number besides. Filled-up channels stay zero then. */
  readonly keepsZero: 'with zero' | 'with any number' | 'never';
  forward(on: Passes, a: Value, b: Value, graph: Graph): Value;
  /** Gradients of a and b before they are summed over what was broadcast. */
  gradients: readonly [first: BinaryGradient, second: BinaryGradient];
  /** One pass over a blocked value and one number a plane or a channel (see `blocked/planes.ts`), for an operator whose inputs may be swapped. */
  readonly planes?: PlaneOperator;
}

type BinaryGradient = (on: Passes, call: BinaryCall, graph: Graph) => Value;

export interface PlaneOperator {
  forward(graph: Graph, x: Value, values: Value): Value;
  gradients: readonly [
    ofImage: (graph: Graph, d: Value, values: Value) => Value,
    ofValues: (graph: Graph, d: Value, x: Value, shape: Shape) => Value,
  ];
}

/** The differentiable operator, with ONNX's (NumPy's) broadcasting. */
export function binary(definition: Binary): Operator<Record<string, never>> {
  const { name, planes, forward, gradients } = definition;
  return {
    name,
    anyLayout: true,
    lower(graph, [a, b]) {
      fitShapes(name, { 'first value': [a, '...'] });
      fitShapes(name, { 'second value': [b, '...'] });
      const shape = broadcastShapes(`${name}, values`, [a.shape, b.shape]);
      const image = planes && imageOf(a, b, shape);
      if (image) return planes.forward(graph, image, image === a ? b : a);
      const { layout } = a.layout ? a : b;
      const blocked = layout && staysBlocked(definition, [a, b], shape, layout.block);
      const inputs = [a, b].map((value) => arrange(graph, value, shape, blocked));
      return forward(passesOver(graph, { shape, ...(blocked && { layout }) }), inputs[0], inputs[1], graph);
    },
    gradient(graph, { inputs: [a, b], output, outputGradient, wanted }) {
      const { shape } = output;
      const blocked = output.layout !== undefined;
      const d = arrange(graph, outputGradient, shape, blocked);
      const image = planes && blocked && imageOf(a, b, shape);
      if (image) {
        const values = image === a ? b : a;
        const [ofImage, ofValues] = planes.gradients;
        return [a, b].map((value, i) => {
          if (!wanted[i]) return null;
          return value === image ? ofImage(graph, d, values) : ofValues(graph, d, image, values.shape);
        });
      }
      const on = passesOver(graph, output);
      const arranged = [a, b].map((value) => arrange(graph, value, shape, blocked));
      const call = { a: arranged[0], b: arranged[1], y: output, d };
      return [a, b].map((value, i) =>
        wanted[i] ? sumToShape(graph, gradients[i](on, call, graph), value.shape) : null,
      );
    },
  };
}

/** The blocked input that the other one gives a number a plane or a channel to. */
function imageOf(a: Value, b: Value, shape: Shape): Value | undefined {
  const fits = (image: Value, values: Value) =>
    image.layout &&
    `${image.shape}` === `${shape}` &&
    `${values.shape}` !== `${shape}` &&
    planeKind(values.shape, shape);
  if (fits(a, b)) return a;
  return fits(b, a) ? b : undefined;
}

function staysBlocked({ keepsZero }: Binary, inputs: readonly Value[], shape: Shape, block: number): boolean {
  const layout = { kind: 'channels', block } as const;
  const full = inputs.filter((value) => `${value.shape}` === `${shape}`);
  const single = inputs.some((value) => !full.includes(value));
  if (!inputs.every((value) => full.includes(value) || elementCount(value.shape) === 1)) return false;
  return worksInLayout(shape, layout, keepsZero === 'with any number' || (keepsZero === 'with zero' && !single));
}

/** An input as the operator's nodes take it: of the result's layout, or one number row by row. */
const arrange = (graph: Graph, value: Value, shape: Shape, blocked: boolean | undefined): Value =>
  blocked && `${value.shape}` === `${shape}` ? toBlocked(graph, value) : toPlain(graph, value);
