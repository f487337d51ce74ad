import type { Graph, Operator, Shape, Value } from '../../graph/graph.js';
import { reshape } from '../../graph/index.js';
import { NodeCall } from '../geometry/nodeCall.js';
import { Refusal } from '../geometry/refusal.js';
import type { OnnxNode } from '../mirror/model.js';
import { type Constant, floatsOf, isFloat, makeConstant, type TensorType } from '../mirror/tensorTypes.js';
import type { Place } from './parameterRule.js';
import type { Tensor } from './tensor.js';

/** A call of an ONNX operator on what a graph computes: what a rule in this folder turns into operators of ours. */
export class OperatorCall extends NodeCall<Tensor> {
  /** Names of the weights that it took. */
  readonly parameters = new Set<string>();
  readonly #isNeeded: (name: string) => boolean;

  constructor(
    readonly graph: Graph,
    node: OnnxNode,
    inputs: readonly (Tensor | undefined)[],
    isNeeded: (name: string) => boolean = () => true,
  ) {
    super(node, inputs);
    this.#isNeeded = isNeeded;
  }

  /** Whether anybody needs an output of it. */
  wants(i: number): boolean {
    const name = this.node.outputs[i];
    return Boolean(name) && this.#isNeeded(name);
  }

  /** An input as a float32 value. @param place what is taken there, for constants @throws Refusal for whole numbers */
  value(i: number, place: Place = 'operand'): Value {
    const tensor = this.input(i);
    if (!isFloat(tensor.type))
      throw new Refusal(`computes with ${tensor.type} numbers that depend on the image`, 'Export it in float32.');
    return this.#take(tensor, place);
  }

  /** An input of any type, for operators that have no gradient. */
  anyValue(i: number): Value {
    return this.#take(this.input(i), 'literal');
  }

  /** A layer's weight. */
  weight(i: number): Value {
    return this.value(i, 'weight');
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
    return this.inputs.map((_, i) => this.value(i, place));
  }

  #take(tensor: Tensor, place: Place): Value {
    for (const name of tensor.parametersAt(place)) this.parameters.add(name);
    return tensor.value(place);
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

/** How one operator of ONNX is taken over. */
export interface OnnxOperator {
  readonly operator: string;
  /** Empty, where left out, for ONNX's own. */
  readonly domain?: string;
  /** Which operators of ours it becomes, for docs/operators.md. */
  readonly becomes: string;
  /** What is refused or differs, for docs/operators.md. */
  readonly remark?: string;
  /** @returns its outputs in their order, those at the end left out that it can't make; numbers where an output is empty @throws Refusal, or LesionlabError kind `usage` where shapes don't fit */
  build(call: OperatorCall): Value | Constant | readonly (Value | Constant)[];
}
