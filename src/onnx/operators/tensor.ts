import { type ElementType, elementCount, type Graph, type TensorData, type Value } from '../../graph/graph.js';
import type { Known } from '../geometry/nodeCall.js';
import { Refusal } from '../geometry/refusal.js';
import { type Constant, floatsOf, isFloat, makeConstant, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import type { Learned, Place } from './parameterRule.js';

/** A weight of a file, as it is handed over. */
export interface FileWeight {
  /** By which the file knows it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Of a convolution's filters [O, C / groups, ...] that nothing else of the network takes, which therefore may lie as it likes them; else left out. */
  readonly filterGroups?: number;
}

/** What makes graph values of the file's tensors. */
export interface TensorMaker {
  readonly graph: Graph;
  /** The value of a weight that gradients may train. */
  parameter(weight: FileWeight): Value;
}

interface TensorFacts {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Its numbers where they don't depend on what goes in; computed when first asked for. */
  readonly constant?: () => Constant | undefined;
  /** What a graph computes. */
  readonly value?: Value;
  readonly learned?: Learned;
  /** Names of the weights that it is made of alone. */
  readonly parameters?: readonly string[];
  /** Nothing but the network's input, maybe shifted, scaled or turned by constants: no layer has seen it. */
  readonly raw?: boolean;
}

/** A tensor of an ONNX file on its way into a graph: numbers that are known, a value that the graph computes, or a weight that may be both. */
export class Tensor implements Known {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly learned: Learned;
  readonly raw: boolean;
  readonly #facts: TensorFacts;
  readonly #maker: TensorMaker;
  #constant: Constant | undefined;
  #weight: Value | undefined;
  #literal: Value | undefined;

  constructor(maker: TensorMaker, facts: TensorFacts) {
    this.#maker = maker;
    this.#facts = facts;
    this.name = facts.name;
    this.type = facts.type;
    this.shape = facts.shape;
    this.learned = facts.learned ?? 'never';
    this.raw = facts.raw ?? false;
  }

  get constant(): Constant | undefined {
    this.#constant ??= this.#facts.constant?.();
    return this.#constant;
  }

  /** Whether the graph computes it from what goes in, or from weights that may be trained. */
  get isComputed(): boolean {
    return this.#facts.value !== undefined;
  }

  /** Whether the graph computes it from weights alone. */
  get isOfWeights(): boolean {
    return this.#facts.parameters !== undefined;
  }

  /** Names of the weights that it brings to a place. */
  parametersAt(place: Place): readonly string[] {
    if (this.#facts.parameters) return this.#facts.parameters;
    return !this.#facts.value && learnsAt(this.learned, place) ? [this.name] : [];
  }

  /**
   * It as a value of the graph.
   * @param place whether what is a weight may be trained there @param filterGroups see `FileWeight`
   * @throws Refusal for types that graphs lack
   */
  value(place: Place, filterGroups?: number): Value {
    const { value, parameters } = this.#facts;
    if (value && (place !== 'literal' || !parameters || !this.constant)) return value;
    if (!value && learnsAt(this.learned, place)) {
      this.#weight ??= this.#maker.parameter({
        name: this.name,
        shape: this.shape,
        data: floatsOf(this.constant as Constant),
        ...(filterGroups !== undefined && { filterGroups }),
      });
      return this.#weight;
    }
    this.#literal ??= literalOf(this.#maker.graph, this.constant as Constant, this.name);
    return this.#literal;
  }
}

const learnsAt = (learned: Learned, place: Place): boolean =>
  place === 'weight' ? learned !== 'never' : place === 'operand' && learned === 'anywhere';

/** A constant of the graph. Floating-point numbers of any precision are float32 there. */
function literalOf(graph: Graph, constant: Constant, name: string): Value {
  const { type, shape } = constant;
  if (elementCount(shape) === 0) throw new Refusal(`takes "${name}" of shape [${shape}], which has no elements`);
  if (isFloat(type))
    return elementCount(shape) === 1 && shape.length === 0
      ? graph.scalar(floatsOf(constant)[0])
      : graph.initializer(floatsOf(constant), shape);
  if (type === 'string') throw new Refusal(`takes texts ("${name}")`);
  if (type === 'bool') {
    const numbers = graph.initializer(constant.data as Uint8Array, shape);
    return graph.node('Cast', [numbers], shape, { to: 9 }, { type: 'bool' });
  }
  const held = heldTypes.includes(type as ElementType) ? constant : makeConstant('int64', numbersOf(constant), shape);
  return graph.initializer(held.data as TensorData, shape);
}

const heldTypes: readonly ElementType[] = ['int64', 'int32', 'uint8', 'int8'];
