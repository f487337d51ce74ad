import type { Graph, Operator, Shape, Value } from '../../graph/graph.js';
import { expand, reshape, slice } from '../../graph/index.js';
import { type FixedBatch, NodeCall } from '../geometry/nodeCall.js';
import { openBatch } from '../geometry/rebatchedShape.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxNode } from '../mirror/model.js';
import { type Constant, floatsOf, isFloat, makeConstant, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import type { Place } from './parameterRule.js';
import type { Tensor } from './tensor.js';

/** A call of an ONNX operator on what a graph computes: what a rule in this folder turns into operators of ours. */
export class OperatorCall extends NodeCall<Tensor> {
  /** Names of the weights that it took. */
  readonly parameters = new Set<string>();
  readonly #uses: (name: string) => number;

  constructor(
    readonly graph: Graph,
    node: OnnxNode,
    inputs: readonly (Tensor | undefined)[],
    uses: (name: string) => number,
    fixedBatch?: FixedBatch,
  ) {
    super(node, inputs, fixedBatch);
    this.#uses = uses;
  }

  /** Whether anybody needs an output of it. */
  wants(i: number): boolean {
    const name = this.node.outputs[i];
    return Boolean(name) && this.#uses(name) > 0;
  }

  /** An input as a float32 value. @param place what is taken there, for constants @param filterGroups see `FileWeight` @throws Refusal for whole numbers */
  value(i: number, place: Place = 'operand', filterGroups?: number): Value {
    const tensor = this.input(i);
    if (!isFloat(tensor.type))
      throw new Refusal(`computes with ${tensor.type} numbers that depend on the image`, 'Export it in float32.');
    return this.#take(tensor, place, filterGroups);
  }

  /** An input of any type, for operators that have no gradient. */
  anyValue(i: number): Value {
    return this.#take(this.input(i), 'literal');
  }

  /** A layer's weight. */
  weight(i: number): Value {
    return this.value(i, 'weight');
  }

  /** The filters of a convolution. @param groups of its channels */
  filters(i: number, groups: number): Value {
    return this.value(i, 'weight', this.#uses(this.input(i).name) === 1 ? groups : undefined);
  }

  /** A layer's weight that may be left out. */
  optionalWeight(i: number): Value | undefined {
    return this.has(i) ? this.weight(i) : undefined;
  }

  /** Numbers of any type that are known, as float32. */
  floats(i: number): Value {
    const tensor = this.input(i);
    if (isFloat(tensor.type) || !tensor.constant) return this.literal(i);
    return this.graph.initializer(floatsOf(tensor.constant), tensor.shape);
  }

  /** Numbers that are never trained, such as running statistics. */
  literal(i: number): Value {
    return this.value(i, 'literal');
  }

  /** Operands of arithmetic: constants that meet the bare image are literals. */
  operands(): Value[] {
    const place = this.inputs.some((tensor) => tensor?.raw) ? 'literal' : 'operand';
    return this.fitBatch(this.inputs.map((_, i) => this.value(i, place))).map((value, i) => this.heldOnce(value, i));
  }

  /** A constant that is the same for each image of the batch (a mask made for it), for one image: the graph then takes any batch. */
  heldOnce(value: Value, i: number): Value {
    const { constant, isComputed, learned } = this.input(i);
    const [count] = value.shape;
    const isOfBatch = this.inputs.some(
      (other) => other?.isComputed && other.shape.length === value.shape.length && other.shape[0] === count,
    );
    if (isComputed || learned === 'anywhere' || !(count > 1) || value.shape.length < 2 || !isOfBatch) return value;
    if (!constant || !repeatsItself(constant, count)) return value;
    return this.apply(slice, [value], { starts: [0], ends: [1], axes: [0] });
  }

  /**
   * Values that are put together along other axes than that of images. What the file holds once for each image of the batch that it was
   * exported for, all alike (a class token, positions), is taken for one image.
   */
  fitBatch(values: readonly Value[], spread?: 'spread'): Value[] {
    const { fixedBatch } = this;
    const batch = values.find((value, i) => value.shape[0] !== fixedBatch?.inputs[i]?.shape[0])?.shape;
    if (!fixedBatch || !batch) return [...values];
    return values.map((value, i) => {
      const isOld =
        value.shape.length === batch.length && value.shape[0] === fixedBatch.batch && value.shape[0] !== batch[0];
      if (!isOld || (!spread && fixedBatch.batch === 1)) return value;
      if (!repeatsItself(this.input(i).constant, fixedBatch.batch))
        throw new Refusal(
          `holds numbers for each image of a batch of ${fixedBatch.batch}, which it was exported for`,
          openBatch,
        );
      const first = this.apply(slice, [value], { starts: [0], ends: [1], axes: [0] });
      return spread ? this.apply(expand, [first], { shape: [batch[0], ...value.shape.slice(1)] }) : first;
    });
  }

  /** Whether an axis of the first input is longer or shorter than in the batch that the file was exported for. */
  isOfBatch(axis: number): boolean {
    const before = this.fixedBatch?.inputs[0]?.shape;
    return before !== undefined && before[axis] !== this.shape(0)[axis];
  }

  #take(tensor: Tensor, place: Place, filterGroups?: number): Value {
    for (const name of tensor.parametersAt(place)) this.parameters.add(name);
    return tensor.value(place, filterGroups);
  }

  apply<A>(operator: Operator<A>, inputs: readonly Value[], attributes: A): Value {
    return this.graph.apply(operator, inputs, attributes);
  }

  /** The same numbers under another shape; the value itself where it has that shape. */
  reshape(x: Value, shape: Shape): Value {
    return `${x.shape}` === `${shape}` ? x : this.apply(reshape, [x], { shape });
  }

  /** A tensor without elements, which graphs don't have. */
  nothing(shape: Shape): Constant {
    return makeConstant('float32', [], shape);
  }

  /** A node that passes no gradient on. */
  plain(operator: string, inputs: readonly Value[], shape: Shape, type: TensorType, attributes = {}): Value {
    return this.graph.node(operator, inputs, shape, attributes, { type: type as Value['type'] });
  }
}

/** Whether rows along the first axis are all alike. */
function repeatsItself(constant: Constant | undefined, rows: number): boolean {
  if (rows === 1) return true;
  if (!constant) return false;
  const numbers = numbersOf(constant);
  const length = numbers.length / rows;
  for (let i = length; i < numbers.length; i++) if (numbers[i] !== numbers[i - length]) return false;
  return true;
}

/** How one operator of ONNX is taken over. */
export interface OnnxOperator {
  readonly operator: string;
  /** Empty, where left out, for ONNX's own. */
  readonly domain?: string;
  /** Which operators of ours it becomes, for docs/operators.md. */
  readonly becomes: string;
  /** Elements that it takes, for docs/operators.md. Default: floating-point numbers. */
  readonly types?: string;
  /** What is refused or differs, for docs/operators.md. */
  readonly remark?: string;
  /** @returns its outputs in their order, those at the end left out that it can't make; numbers where an output is empty @throws Refusal, or LesionlabError kind `usage` where shapes don't fit */
  build(call: OperatorCall): Value | Constant | readonly (Value | Constant)[];
}
