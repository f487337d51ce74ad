import { elementCount } from '../../graph/graph.js';
import type { Known } from '../geometry/nodeCall.js';
import type { OnnxNode } from '../mirror/model.js';
import { neededNodes } from '../mirror/neededNodes.js';
import { numbersOf } from '../mirror/tensorTypes.js';
import type { Learned } from '../operators/parameterRule.js';

/** What is known of a tensor once all sizes are. */
export interface TensorFacts extends Known {
  /** Computed from what goes into the network, or from weights that may be trained. */
  readonly isComputed: boolean;
  /** Where it may be a weight; one that may be trained anywhere is no plain number. */
  readonly learned: Learned;
}

/** Nodes of a network in their order, with what is known of their tensors; patterns change it. */
export class NodeList {
  #nodes: OnnxNode[];
  readonly #factsOf: (name: string) => TensorFacts | undefined;
  readonly #asked: ReadonlySet<string>;
  readonly #others = new Map<string, string>();
  #producers = new Map<string, OnnxNode>();
  #users = new Map<string, OnnxNode[]>();

  constructor(nodes: readonly OnnxNode[], asked: Iterable<string>, factsOf: (name: string) => TensorFacts | undefined) {
    this.#nodes = [...nodes];
    this.#asked = new Set(asked);
    this.#factsOf = factsOf;
    this.#index();
  }

  get nodes(): readonly OnnxNode[] {
    return this.#nodes;
  }

  /** The tensor that stands for one that was dropped, since both have the same numbers. */
  resolve(name: string): string {
    let found = name;
    for (let next = this.#others.get(found); next !== undefined; next = this.#others.get(found)) found = next;
    return found;
  }

  facts(name: string): TensorFacts | undefined {
    return this.#factsOf(name);
  }

  shape(name: string): readonly number[] {
    return this.#factsOf(name)?.shape ?? [];
  }

  /** Node that makes a tensor; undefined for inputs and constants. */
  producer(name: string): OnnxNode | undefined {
    return this.#producers.get(name);
  }

  users(name: string): readonly OnnxNode[] {
    return this.#users.get(name) ?? [];
  }

  /** The node that makes a tensor, if it is one of these operators and nobody but one node uses the tensor. */
  inner(name: string, ...operators: readonly string[]): OnnxNode | undefined {
    const node = this.#producers.get(name);
    const isInner = node && operators.includes(node.operator) && this.users(name).length === 1 && !this.#isAsked(name);
    return isInner ? node : undefined;
  }

  /** The only node that uses a tensor, if it is one of these operators. */
  only(name: string, ...operators: readonly string[]): OnnxNode | undefined {
    const [user, ...others] = this.users(name);
    return user && others.length === 0 && operators.includes(user.operator) && !this.#isAsked(name) ? user : undefined;
  }

  /** The number of a constant with one element. */
  scalar(name: string): number | undefined {
    const facts = this.#factsOf(name);
    if (!facts || facts.isComputed || facts.learned === 'anywhere' || elementCount(facts.shape) !== 1) return undefined;
    return facts.constant && numbersOf(facts.constant)[0];
  }

  /** Numbers of a constant. */
  numbers(name: string): readonly number[] | undefined {
    const facts = this.#factsOf(name);
    return facts && !facts.isComputed && facts.constant ? Array.from(numbersOf(facts.constant)) : undefined;
  }

  /** Puts one node (with others before it) in the place of several; it stands where the last of them stood. */
  replace(removed: readonly OnnxNode[], made: OnnxNode, before: readonly OnnxNode[] = []): void {
    const gone = new Set(removed);
    const last = this.#nodes.findLastIndex((node) => gone.has(node));
    this.#nodes = this.#nodes.flatMap((node, i) => (i === last ? [...before, made] : gone.has(node) ? [] : [node]));
    this.#index();
  }

  /** Whether nobody but these nodes uses a tensor. */
  isWithin(name: string, nodes: readonly OnnxNode[]): boolean {
    return !this.#isAsked(name) && this.users(name).every((user) => nodes.includes(user));
  }

  /** Drops a node whose output has the same numbers and shape as another tensor. @param others nodes that go with it */
  drop(node: OnnxNode, same: string, others: readonly OnnxNode[] = []): void {
    const [output] = node.outputs;
    this.#others.set(output, same);
    this.#nodes = this.#nodes.flatMap((other) => {
      if (other === node || others.includes(other)) return [];
      if (!other.inputs.includes(output)) return [other];
      return [{ ...other, inputs: other.inputs.map((name) => (name === output ? same : name)) }];
    });
    this.#index();
  }

  /** Drops nodes that nothing asked for needs any more. */
  keepNeeded(asked: readonly string[]): void {
    this.#nodes = neededNodes(
      this.#nodes,
      asked.map((name) => this.resolve(name)),
    );
    this.#index();
  }

  #isAsked(name: string): boolean {
    return this.#asked.has(name) || [...this.#asked].some((asked) => this.resolve(asked) === name);
  }

  #index(): void {
    this.#producers = new Map(this.#nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    this.#users = new Map();
    for (const node of this.#nodes)
      for (const name of node.inputs) if (name) this.#users.set(name, [...(this.#users.get(name) ?? []), node]);
  }
}
