import { requireInteger, requireLength, requireOneOf, unexpected, Words } from '../checks.js';

/** Element types that lesionlab's graphs use, by their ONNX names. */
export type ElementType = 'float32' | 'int64' | 'int32' | 'uint8' | 'int8' | 'bool';

/** Sides of a tensor, for example [N, C, H, W]; empty for a scalar. */
export type Shape = readonly number[];

/**
 * How numbers lie in memory where it isn't row by row in the order of the shape: in blocks of channels (see `blocked/layout.ts`).
 * `channels`: [N, C, H, W] as [N, C/block, H, W, block]. `filter`: [O, C, k, k] as [O/block, C/block, k, k, block of C, block of
 * O]. `outputs`: [O, C, k, k] as [O/block, C, k, k, block].
 */
export interface Layout {
  readonly kind: 'channels' | 'filter' | 'outputs';
  readonly block: number;
}

/** A tensor in a graph: known shape, known type, one producer. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
  /** Left out where the numbers lie in the order of the shape. */
  readonly layout?: Layout;
}

/** ONNX tells integers from floats: a bare number is an INT, `{ float }` a FLOAT, an array INTS, `{ floats }` FLOATS. */
export type AttributeValue =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] };
/** Attributes of an ONNX node by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One ONNX operator call. */
export interface Node {
  readonly operator: string;
  readonly domain: string;
  /** Empty names stand for optional inputs that are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** Elements of a tensor, row by row. */
export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

/** A constant of a graph. */
export interface Initializer extends Value {
  readonly data: TensorData;
}

/**
 * A differentiable operator: its shape rule, its ONNX nodes and its gradient, side by side in one file of `ops/`.
 * `A` is the type of its attributes.
 */
export interface Operator<A = unknown> {
  readonly name: string;
  /** Takes values and gradients in any layout. Others get them row by row. */
  readonly anyLayout?: boolean;
  /**
   * Appends the ONNX nodes and returns the result; checks shapes.
   * @param saved values of the forward pass that the gradient will want go in here
   * @throws LesionlabError kind `usage`
   */
  lower(graph: Graph, inputs: readonly Value[], attributes: A, saved: Record<string, Value>): Value;
  /** Appends nodes for the gradients of the inputs that are wanted; null where none is wanted or none exists. */
  gradient(graph: Graph, call: GradientCall<A>): (Value | Stretch | null)[];
}

/**
 * A gradient that is zero but for a stretch of one axis, row by row: that of what was cut out. Several that lie beside each other (the
 * parts of a split) are joined, which is cheaper than filling up each with zeros and adding.
 */
export interface Stretch {
  readonly part: Value;
  readonly axis: number;
  readonly start: number;
}

/** What an operator is given to append its gradient: the call that is differentiated, and the gradient of its output. */
export interface GradientCall<A> {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly outputGradient: Value;
  readonly attributes: A;
  /** What `lower` saved. */
  readonly saved: Readonly<Record<string, Value>>;
  /** Which inputs need a gradient. */
  readonly wanted: readonly boolean[];
  /**
   * Gradient of an input from its later uses, where there is one, for an operator that can add it to its own in passing. Who takes
   * it must return the sum.
   */
  takeEarlier(input: number): Value | undefined;
}

/** A call of a differentiable operator, in the order of the forward pass. */
export interface Application {
  readonly operator: Operator<never>;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: unknown;
  readonly saved: Readonly<Record<string, Value>>;
}

const elementTypes: readonly ElementType[] = ['float32', 'int64', 'int32', 'uint8', 'int8', 'bool'];

/**
 * Every side a whole number from 1: graphs are static, and nothing is computed on nothing.
 * @throws LesionlabError kind `usage`
 */
export function requireShape(name: string, shape: Shape): readonly number[] {
  if (Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 1)) return [...shape];
  const found = Array.isArray(shape) ? new Words(`[${shape.join(', ')}]`) : shape;
  throw unexpected(`${name}, shape`, 'whole numbers from 1', found);
}

/** Number of elements of a tensor; 1 for a scalar. */
export const elementCount = (shape: Shape): number => shape.reduce((product, side) => product * side, 1);

/** Where a graph will run. */
export interface GraphOptions {
  /**
   * Where the graph will run. Lowerings differ where a device lacks an operator or is slow at it: `webgpu` lowerings run
   * everywhere, `cpu` ones are the fastest on onnxruntime's CPU kernels.
   */
  readonly target?: 'cpu' | 'webgpu';
  /**
   * Channels that onnxruntime's CPU kernels want side by side (see `Runtime.channelBlock`). Where given, trained convolutions
   * with batch norm use those kernels; else they are made of ONNX's own operators.
   */
  readonly channelBlock?: number;
}

/** An ONNX graph under construction. Every shape is static. */
export class Graph {
  readonly target: 'cpu' | 'webgpu';
  readonly channelBlock: number | undefined;
  readonly inputs: Value[] = [];
  readonly initializers: Initializer[] = [];
  readonly nodes: Node[] = [];
  readonly applications: Application[] = [];
  readonly outputs = new Map<string, Value>();
  /** Of all values: two of one name would be one to whoever reads the graph. */
  readonly #names = new Set<string>();
  #counter = 0;
  #prefix = '';
  #constants = new Map<string, Value>();
  #derived = new Map<string, Value>();

  constructor(options: GraphOptions = {}) {
    const { target = 'cpu', channelBlock } = options;
    this.target = requireOneOf('target', target, ['cpu', 'webgpu']);
    if (channelBlock !== undefined) requireInteger('channelBlock', channelBlock, { min: 1 });
    this.channelBlock = this.target === 'cpu' ? options.channelBlock : undefined;
  }

  /** A graph input, fed at every run. @throws LesionlabError kind `usage` for a name that is taken, or a shape that is none */
  input(name: string, shape: Shape, type: ElementType = 'float32', layout?: Layout): Value {
    requireOneOf(`Input "${name}", type`, type, elementTypes);
    const value = {
      name: this.#takeName(name),
      shape: requireShape(`Input "${name}"`, shape),
      type,
      ...(layout ? { layout } : {}),
    };
    this.inputs.push(value);
    return value;
  }

  /** What `make` makes of a value, made once: conversions that several operators need. @param kind tells them apart */
  derive(kind: string, value: Value, make: () => Value): Value {
    const key = `${kind} ${value.name}`;
    let found = this.#derived.get(key);
    if (!found) {
      found = make();
      this.#derived.set(key, found);
    }
    return found;
  }

  /** Puts a prefix before the names of constants that `build` gives, so that several networks can be in one graph. */
  within<T>(prefix: string, build: () => T): T {
    const outer = this.#prefix;
    this.#prefix = outer + prefix;
    try {
      return build();
    } finally {
      this.#prefix = outer;
    }
  }

  /**
   * A constant that travels with the graph. @param name kept in the ONNX file; made up where left out
   * @throws LesionlabError kind `usage` for a name that is taken, or another number of elements than the shape has
   */
  initializer(data: TensorData, shape: Shape, name?: string): Value {
    const what = name === undefined ? 'Constant' : `Constant "${name}"`;
    const sides = requireShape(what, shape);
    requireLength(what, data, elementCount(sides), `as its shape [${sides.join(', ')}] has`);
    const ownName = name === undefined ? this.#newName('constant') : this.#takeName(this.#prefix + name);
    const initializer = { name: ownName, shape: sides, type: elementTypeOf(data), data };
    this.initializers.push(initializer);
    return initializer;
  }

  /** Whether a constant can have this name. */
  isFree(name: string): boolean {
    return !this.#names.has(this.#prefix + name) && !this.outputs.has(this.#prefix + name);
  }

  /** A float32 scalar constant, shared between its uses. */
  scalar(value: number): Value {
    return this.#shared(`f${value}`, () => this.initializer(new Float32Array([value]), []));
  }

  /** An int64 vector constant (axes, shapes, pads), shared between its uses. */
  integers(values: readonly number[]): Value {
    return this.#shared(`i${values}`, () =>
      this.initializer(
        BigInt64Array.from(values, (v) => BigInt(v)),
        [values.length],
      ),
    );
  }

  /** Appends one ONNX node with a single output. */
  node(
    operator: string,
    inputs: readonly (Value | null)[],
    shape: Shape,
    attributes: Attributes = {},
    options: { type?: ElementType; domain?: string; layout?: Layout } = {},
  ): Value {
    const { type = 'float32', layout } = options;
    const [value] = this.nodeWithOutputs(operator, inputs, [{ shape, type }], attributes, options);
    return layout ? { ...value, layout } : value;
  }

  /** Appends one ONNX node with several outputs. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly (Value | null)[],
    outputs: readonly { shape: Shape; type: ElementType }[],
    attributes: Attributes = {},
    options: { domain?: string } = {},
  ): Value[] {
    const values = outputs.map(({ shape, type }) => {
      const sides = requireShape(`Result of ${operator}`, shape);
      return { name: this.#newName(operator), shape: sides, type };
    });
    this.nodes.push({
      operator,
      domain: options.domain ?? '',
      inputs: inputs.map((input) => input?.name ?? ''),
      outputs: values.map((value) => value.name),
      attributes,
    });
    return values;
  }

  /** Applies a differentiable operator and remembers the call for `gradients`. */
  apply<A>(operator: Operator<A>, inputs: readonly Value[], attributes: A): Value {
    return this.call(operator, inputs, attributes).output;
  }

  /** `apply` for those who also want what the operator saved, such as the statistics of a batch norm. */
  call<A>(operator: Operator<A>, inputs: readonly Value[], attributes: A): Application {
    const saved: Record<string, Value> = {};
    const output = operator.lower(this, inputsFor(this, operator as Operator<never>, inputs), attributes, saved);
    // A list of its own: who gathers values in one may go on with it.
    const application = { operator: operator as Operator<never>, inputs: [...inputs], output, attributes, saved };
    // Who has nothing to do hands an input on: it is one value, and its gradient must not be counted twice.
    if (inputs.every(({ name }) => name !== output.name)) this.applications.push(application);
    return application;
  }

  /**
   * Makes a value an output of the graph under a name.
   * @throws LesionlabError kind `usage` for a name that another output or value has, or a value of another graph
   */
  output(name: string, value: Value): void {
    if (typeof name !== 'string' || name === '') throw unexpected('Output', 'a name', name);
    if (this.outputs.has(name)) throw unexpected(`Output "${name}"`, 'each name once', new Words('it twice'));
    if (!this.#names.has(value?.name)) throw unexpected(`Output "${name}"`, 'a value of this graph', value?.name);
    // What a node computes may keep its name; an input or a constant goes out as a copy, which needs a name of its own.
    const keeps = name === value.name && this.nodes.some(({ outputs }) => outputs.includes(name));
    if (!keeps) this.#requireFree(name);
    this.outputs.set(name, value);
  }

  #shared(key: string, make: () => Value): Value {
    let value = this.#constants.get(key);
    if (!value) {
      value = make();
      this.#constants.set(key, value);
    }
    return value;
  }

  #newName(stem: string): string {
    this.#counter += 1;
    const name = `${stem}_${this.#counter}`;
    return this.#names.has(name) || this.outputs.has(name) ? this.#newName(stem) : this.#takeName(name);
  }

  #takeName(name: string): string {
    if (typeof name !== 'string' || name === '') throw unexpected('Value', 'a name', name);
    this.#requireFree(name);
    this.#names.add(name);
    return name;
  }

  #requireFree(name: string): void {
    if (this.#names.has(name) || this.outputs.has(name))
      throw unexpected('Values of a graph', 'each name once', new Words(`"${name}" twice`));
  }
}

/** onnxruntime's operators for channels in blocks. */
export const blockedDomain = 'com.microsoft.nchwc';

/** [N, C, H, W] row by row. */
export function toPlain(graph: Graph, x: Value): Value {
  if (x.layout?.kind !== 'channels') return x;
  return graph.derive('plain', x, () =>
    graph.node('ReorderOutput', [x], x.shape, { channels: x.shape[1] }, { domain: blockedDomain }),
  );
}

/** Inputs as an operator takes them. */
export const inputsFor = (graph: Graph, { anyLayout }: Operator<never>, inputs: readonly Value[]): readonly Value[] =>
  anyLayout ? inputs : inputs.map((input) => toPlain(graph, input));

/** The element type that a typed array holds (Uint8Array stands for uint8, never bool). */
export function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof Int8Array ? 'int8' : 'uint8';
}
