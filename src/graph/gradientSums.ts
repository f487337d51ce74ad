import { inLayoutOf } from './blocked/layout.js';
import type { Graph, Shape, Stretch, Value } from './graph.js';
import { padAxis } from './padAxis.js';

/** The gradients that values have gathered from their uses so far. */
export class GradientSums {
  readonly #wholes = new Map<string, Value>();
  readonly #stretches = new Map<string, Stretch[]>();

  constructor(readonly graph: Graph) {}

  /** Takes a gradient from one more use of a value. */
  add({ name }: Value, gradient: Value | Stretch): void {
    if ('part' in gradient) {
      this.#stretches.set(name, [...(this.#stretches.get(name) ?? []), gradient]);
      return;
    }
    const earlier = this.#wholes.get(name);
    this.#wholes.set(name, earlier ? this.#sum(earlier, gradient) : gradient);
  }

  /** The gradient of a value from all its uses so far; undefined where none had one. */
  get(value: Value): Value | undefined {
    const { name, shape } = value;
    const stretches = this.#stretches.get(name) ?? [];
    this.#stretches.delete(name);
    for (const layer of layers(stretches)) this.add(value, join(this.graph, layer, shape));
    return this.#wholes.get(name);
  }

  /** The same, which starts anew afterwards. */
  take(value: Value): Value | undefined {
    const found = this.get(value);
    this.#wholes.delete(value.name);
    return found;
  }

  #sum(a: Value, b: Value): Value {
    const { layout } = a;
    return this.graph.node('Add', [a, inLayoutOf(this.graph, b, a)], a.shape, {}, { layout });
  }
}

const endOf = ({ part, axis, start }: Stretch) => start + part.shape[axis];

/** Stretches that lie beside each other on one axis, from front to back, as few groups as there are layers where they overlap. */
function layers(stretches: readonly Stretch[]): Stretch[][] {
  const found: Stretch[][] = [];
  for (const stretch of stretches.toSorted((a, b) => a.start - b.start)) {
    const layer = found.find((group) => group[0].axis === stretch.axis && endOf(group.at(-1)!) <= stretch.start);
    if (layer) layer.push(stretch);
    else found.push([stretch]);
  }
  return found;
}

/** One after the other, with zeros in the gaps. */
function join(graph: Graph, layer: readonly Stretch[], shape: Shape): Value {
  const [{ axis }] = layer;
  const parts = layer.map((stretch, i) => {
    const before = stretch.start - (i === 0 ? 0 : endOf(layer[i - 1]));
    const behind = i === layer.length - 1 ? shape[axis] - endOf(stretch) : 0;
    return padAxis(graph, stretch.part, axis, before, behind);
  });
  return parts.length === 1 ? parts[0] : graph.node('Concat', parts, shape, { axis });
}
