import type { Attributes } from '../mirror/attributes.js';
import type { OnnxNode } from '../mirror/model.js';
import { type Constant, numbersOf, type TensorType } from '../mirror/tensorTypes.js';
import { dataDependent, Refusal } from './refusal.js';

/** A tensor of which type and sizes are known, and maybe its numbers. */
export interface Known {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Its numbers where they don't depend on what goes into the network. */
  readonly constant: Constant | undefined;
}

/** What is known of a node at the batch size that its file was exported for, where another one is asked for. */
export interface FixedBatch {
  readonly batch: number;
  readonly inputs: readonly (Known | undefined)[];
  readonly outputShape: readonly number[] | undefined;
}

/** A node with what is known of its inputs: what folding and operators read alike. */
export class NodeCall<T extends Known = Known> {
  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (T | undefined)[],
    readonly fixedBatch?: FixedBatch,
  ) {}

  get attributes(): Attributes {
    return this.node.attributes;
  }

  get version(): number {
    return this.node.version;
  }

  has(i: number): boolean {
    return this.inputs[i] !== undefined;
  }

  /** An input that must be there. @throws Refusal */
  input(i: number): T {
    const found = this.inputs[i];
    if (!found) throw new Refusal(`lacks its input ${i}`);
    return found;
  }

  shape(i: number): readonly number[] {
    return this.input(i).shape;
  }

  /** Numbers that a graph of fixed sizes must know. @throws Refusal where they depend on the image */
  constant(i: number, what = 'numbers'): Constant {
    const found = this.input(i).constant;
    if (!found) throw dataDependent(what);
    return found;
  }

  /** Elements of an input that must be known, undefined where it is left out. */
  numbers(i: number, what?: string): readonly number[] | undefined {
    return this.has(i) ? Array.from(numbersOf(this.constant(i, what))) : undefined;
  }

  /** One number of an input that must be known. */
  number(i: number, what?: string): number | undefined {
    return this.numbers(i, what)?.[0];
  }

  /** Whole numbers that stand in an attribute up to a version and in an input from then on. */
  integers(name: string, i: number): readonly number[] | undefined {
    return this.attributes.ints(name) ?? this.numbers(i, name);
  }
}
