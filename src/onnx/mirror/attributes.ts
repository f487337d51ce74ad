import type { Message } from '../../graph/protobuf.js';
import { decodeTensor, type OnnxTensor, type TensorSource } from './decodeTensor.js';

const noSource: TensorSource = { file: '', files: new Map(), damaged: (found) => new Error(found) };

/** Attributes of a node, read by name with the default that ONNX has for them. */
export class Attributes {
  readonly #messages: ReadonlyMap<string, Message>;
  readonly #source: TensorSource;

  constructor(messages: readonly Message[], source: TensorSource) {
    this.#messages = new Map(messages.map((message) => [message.name ?? '', message]));
    this.#source = source;
  }

  /** Attributes that no file has, for nodes that are made here. */
  static of(values: Parameters<Attributes['with']>[0]): Attributes {
    return new Attributes([], noSource).with(values);
  }

  get names(): readonly string[] {
    return [...this.#messages.keys()];
  }

  has(name: string): boolean {
    return this.#messages.has(name);
  }

  int(name: string, otherwise: number): number {
    const found = this.#messages.get(name);
    return found ? (found.int ?? 0) : otherwise;
  }

  /** An attribute that is 0 or 1. */
  flag(name: string, otherwise = false): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0;
  }

  float(name: string, otherwise: number): number {
    const found = this.#messages.get(name);
    return found ? (found.float ?? 0) : otherwise;
  }

  string(name: string, otherwise: string): string {
    const found = this.#messages.get(name);
    return found ? String.fromCharCode(...(found.string ?? [])) : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.#messages.get(name)?.ints;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#messages.get(name)?.floats;
  }

  strings(name: string): readonly string[] | undefined {
    return this.#messages.get(name)?.strings;
  }

  /** @throws LesionlabError kind `run` for elements that can't be read */
  tensor(name: string): OnnxTensor | undefined {
    const found = this.#messages.get(name)?.tensor;
    return found ? decodeTensor(found, this.#source) : undefined;
  }

  /** Whether a node has a graph of its own, as If, Loop and Scan do. */
  get holdsGraph(): boolean {
    return [...this.#messages.values()].some(({ graph, graphs }) => graph !== undefined || graphs.length > 0);
  }

  /** The same with some set or changed: numbers are whole numbers, lists whole numbers, `{ float }` is a floating-point number. */
  with(
    changes: Readonly<Record<string, number | readonly number[] | string | { readonly float: number }>>,
  ): Attributes {
    const made = Object.entries(changes).map(([name, value]): Message => {
      const empty = { name, ints: [], floats: [], strings: [], tensors: [], graphs: [] };
      if (typeof value === 'number') return { ...empty, int: value };
      if (typeof value === 'string') return { ...empty, string: Uint8Array.from(value, (c) => c.charCodeAt(0)) };
      return 'float' in value ? { ...empty, float: value.float } : { ...empty, ints: value };
    });
    const kept = [...this.#messages.values()].filter(({ name }) => !(name in changes));
    return new Attributes([...kept, ...made], this.#source);
  }
}
