import { unexpected } from '../checks.js';
import { runError, usageError } from '../errors.js';
import { Graph, type Shape, type Value } from '../graph/index.js';
import { Evaluation, type GivenInput } from './evaluation.js';
import type { OnnxModel, OnnxNode, OnnxPort } from './mirror/model.js';
import { neededNodes } from './mirror/neededNodes.js';
import { type Constant, isFloat, type TensorType } from './mirror/tensorTypes.js';
import { anyPort, givenInput, type NetworkInput, onScratch } from './networkInput.js';
import type { TensorMaker } from './operators/tensor.js';
import { recognisePatterns } from './patterns/index.js';
import { NodeList } from './patterns/nodeList.js';
import { gatherRefusals, type OperatorRefusal, refusalError } from './refusals.js';

/** How a network is put into a graph. */
export interface AppendOptions {
  /** What each of its inputs is given; any other tensor of the file may be given, too, and what it would be computed from is left out. */
  readonly inputs: Readonly<Record<string, NetworkInput>>;
  /** Tensors of the file that are wanted: its outputs, or any other by name (a cut). Default: its outputs. */
  readonly outputs?: readonly string[];
  /**
   * Makes the value of a weight, in any layout where its filters may have one. Default: a constant of the graph, by the file's name for it.
   */
  readonly parameter?: TensorMaker['parameter'];
}

/** A layer of a network in a graph. */
export interface NetworkLayer {
  /** Its name in the file; that of its output where it has none. */
  readonly name: string;
  /** As the file has it, or as it was recognised. */
  readonly operator: string;
  /** Name of its output in the file. */
  readonly output: string;
  readonly outputShape: Shape;
  /** Names of the weights that it computes with. */
  readonly parameters: readonly string[];
  readonly value: Value;
}

/** A network in a graph. */
export interface BuiltNetwork {
  /** What was asked for, by the file's names, as far as it depends on the inputs or a graph can hold it. */
  readonly values: ReadonlyMap<string, Value>;
  /** What was asked for and depends on no input. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** In the order in which they are computed. */
  readonly layers: readonly NetworkLayer[];
}

/** A network read from an ONNX file. */
export class ForeignNetwork {
  readonly #model: OnnxModel;

  constructor(model: OnnxModel) {
    this.#model = model;
  }

  /** Name of the file. */
  get name(): string {
    return this.#model.file;
  }

  get inputs(): readonly OnnxPort[] {
    return this.#model.graph.inputs;
  }

  get outputs(): readonly OnnxPort[] {
    return this.#model.graph.outputs;
  }

  /** Calls of operators in an order in which they can run, local functions written out. */
  get nodes(): readonly OnnxNode[] {
    return this.#model.graph.nodes;
  }

  /** Names of the tensors that the file gives numbers of. */
  get initializerNames(): ReadonlySet<string> {
    return new Set(this.#model.graph.initializers.keys());
  }

  /** Key-value pairs of the file. */
  get metadata(): Readonly<Record<string, string>> {
    return this.#model.metadata;
  }

  /** What wrote the file: `pytorch` 2.4.0. */
  get producer(): { readonly name: string; readonly version: string } {
    return this.#model.producer;
  }

  /** Version of ONNX's operators that it uses. */
  get opset(): number {
    return this.#model.opset;
  }

  get irVersion(): number {
    return this.#model.irVersion;
  }

  /** Operators of the file (local functions written out) with their counts, the most frequent first. */
  get operators(): readonly { readonly operator: string; readonly domain: string; readonly count: number }[] {
    const counts = new Map<string, { operator: string; domain: string; count: number }>();
    for (const { operator, domain } of this.#model.graph.nodes) {
      const key = `${domain}:${operator}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { operator, domain, count });
    }
    return [...counts.values()].sort((a, b) => b.count - a.count);
  }

  /**
   * Puts the network into a graph as differentiable operators: sizes are those of the inputs given, arithmetic on sizes is done on the way,
   * and only what the asked tensors need is built.
   * @throws LesionlabError kind `usage` where an input isn't given or a tensor isn't there; kind `run` where operators can't be taken over,
   *   all of them at once, or a weight holds numbers that are none
   */
  append(graph: Graph, options: AppendOptions): BuiltNetwork {
    const asked = options.outputs ?? this.outputs.map(({ name }) => name);
    const given = this.#given(options.inputs, asked);
    const { list, constants, refusals, declared } = this.#survey(graph, given, asked);
    if (refusals.length > 0) throw refusalError(this.name, refusals);
    const evaluation = new Evaluation(this.#model, this.#makerFor(graph, options), given, declared);
    evaluation.adopt(constants);
    evaluation.run(
      list.nodes,
      asked.map((name) => list.resolve(name)),
    );
    if (evaluation.refusals.length > 0) throw refusalError(this.name, gatherRefusals(evaluation.refusals));
    const tensors = asked.map((name) => [name, evaluation.find(list.resolve(name))] as const);
    return {
      values: new Map(
        tensors.flatMap(([name, tensor]) => (tensor?.isComputed ? [[name, tensor.value('operand')] as const] : [])),
      ),
      constants: new Map(
        tensors.flatMap(([name, tensor]) =>
          tensor?.constant && !tensor.isComputed ? [[name, tensor.constant] as const] : [],
        ),
      ),
      layers: evaluation.built
        .filter(({ node }) => !evaluation.find(node.outputs[0])?.isOfWeights)
        .map(({ node, value, parameters }) => ({
          name: node.name || node.outputs[0],
          operator: node.operator,
          output: node.outputs[0],
          outputShape: value.shape,
          parameters,
          value,
        })),
    };
  }

  /**
   * What of the network can't be put into a graph, for inputs of these shapes; none where all can.
   * @param options shapes by input; tensors that are wanted, default the outputs
   */
  refusals(options: {
    readonly inputs: Readonly<Record<string, Shape>>;
    readonly outputs?: readonly string[];
  }): readonly OperatorRefusal[] {
    const graph = new Graph();
    const inputs = Object.fromEntries(
      Object.entries(options.inputs).map(([name, shape]) => {
        const type = this.inputs.find((port) => port.name === name)?.type ?? 'float32';
        return [name, graph.input(name, shape, isFloat(type as TensorType) ? 'float32' : (type as Value['type']))];
      }),
    );
    const asked = options.outputs ?? this.outputs.map(({ name }) => name);
    return this.#survey(graph, this.#given(inputs, asked), asked).refusals;
  }

  /** A first walk on a graph that nobody sees: every size, all that is constant, and the nodes that remain, with patterns recognised. */
  #survey(graph: Graph, given: ReadonlyMap<string, GivenInput>, asked: readonly string[]) {
    const scratch = new Graph({ target: graph.target });
    const inputs = new Map([...given].map(([name, input]) => [name, onScratch(scratch, name, input)]));
    const needed = this.#needed(asked, (name) => given.has(name));
    const declared = this.#atDeclaredBatch(given, needed, asked);
    const evaluation = new Evaluation(this.#model, this.#makerFor(scratch, {}), inputs, declared);
    evaluation.run(needed, asked);
    const refusals = gatherRefusals(evaluation.refusals);
    if (refusals.length === 0) this.#requireTensors(asked, evaluation);
    const isComputed = (name: string) => evaluation.find(name)?.isComputed ?? false;
    const live = needed.filter(({ outputs }) => outputs.some(isComputed));
    const list = new NodeList(neededNodes(live, asked, isComputed), asked, (name) => evaluation.find(name));
    if (refusals.length === 0) recognisePatterns(list);
    list.keepNeeded(asked);
    const { initializers } = this.#model.graph;
    const constants = new Map<string, Constant>();
    for (const [name, tensor] of evaluation.tensors)
      if (!tensor.isComputed && !initializers.has(name) && !given.has(name) && tensor.constant)
        constants.set(name, tensor.constant);
    return { list, constants, refusals, declared };
  }

  /** Nodes that the asked tensors need, those aside that make what is given. */
  #needed(asked: readonly string[], isGiven: (name: string) => boolean): OnnxNode[] {
    const { nodes } = this.#model.graph;
    return neededNodes(
      nodes,
      asked.filter((name) => !isGiven(name)),
      (name) => !isGiven(name),
    );
  }

  /** The walk at the batch that the file was exported for, where it fixes one and another is given: targets of reshapes hold it. */
  #atDeclaredBatch(given: ReadonlyMap<string, GivenInput>, nodes: readonly OnnxNode[], asked: readonly string[]) {
    const [batch] = this.inputs.flatMap(({ shape }) => (typeof shape?.[0] === 'number' ? [shape[0]] : []));
    const graph = new Graph();
    const declared = new Map<string, GivenInput>();
    let differs = false;
    for (const [name, input] of given) {
      const port = this.inputs.find((found) => found.name === name);
      const side = port ? port.shape?.[0] : batch;
      if ('constant' in input || typeof side !== 'number' || input.value.shape.length === 0) {
        declared.set(name, 'constant' in input ? input : onScratch(graph, name, input));
        continue;
      }
      differs ||= side !== input.value.shape[0];
      declared.set(name, { value: graph.input(name, [side, ...input.value.shape.slice(1)], input.value.type) });
    }
    if (!differs || batch === undefined) return undefined;
    const evaluation = new Evaluation(this.#model, this.#makerFor(graph, {}), declared);
    evaluation.run(nodes, asked);
    return { batch, evaluation };
  }

  #requireTensors(asked: readonly string[], evaluation: Evaluation): void {
    for (const name of asked) {
      if (evaluation.find(name)) continue;
      const names = this.outputs.map((port) => port.name).join(', ');
      throw unexpected('outputs', `names of tensors in ${this.name}`, name, `Its outputs are ${names}.`);
    }
  }

  #given(inputs: AppendOptions['inputs'], asked: readonly string[]): ReadonlyMap<string, GivenInput> {
    const ports = new Map(this.inputs.map((port) => [port.name, port]));
    const { nodes, initializers } = this.#model.graph;
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    for (const name of Object.keys(inputs))
      if (!ports.has(name) && !initializers.has(name) && !made.has(name))
        throw unexpected('inputs', `tensors of ${this.name} (its inputs are ${[...ports.keys()].join(', ')})`, name);
    const used = new Set(this.#needed(asked, (name) => name in inputs).flatMap((node) => node.inputs));
    for (const name of asked) used.add(name);
    for (const [name, port] of ports) {
      if (!used.has(name) || name in inputs) continue;
      const sides = port.shape?.map((side) => side ?? '?').join(', ') ?? 'unknown shape';
      throw usageError(
        'input-missing',
        `${this.name} takes an input "${name}" (${port.type} [${sides}]), which isn't given.`,
        {
          hint: `lesionlab takes networks with one input, an image; this one has ${ports.size}: ${[...ports.keys()].join(', ')}.`,
        },
      );
    }
    return new Map(
      Object.entries(inputs).map(([name, input]) => [name, givenInput(name, input, ports.get(name) ?? anyPort)]),
    );
  }

  #makerFor(graph: Graph, { parameter }: Pick<AppendOptions, 'parameter'>): TensorMaker {
    return {
      graph,
      parameter: (tensor) => {
        requireNumbers(this.name, tensor);
        if (parameter) return parameter(tensor);
        let { name } = tensor;
        while (!graph.isFree(name)) name += '_';
        return graph.initializer(tensor.data, tensor.shape, name);
      },
    };
  }
}

/** Weights that are numbers. */
function requireNumbers(file: string, { name, data }: { readonly name: string; readonly data: Float32Array }): void {
  for (let i = 0; i < data.length; i++) {
    // An infinity minus itself is no number either.
    if (data[i] - data[i] === 0) continue;
    throw runError('weights-not-finite', `${file} has a weight "${name}" with ${data[i]} at place ${i}.`, {
      hint: 'The network was saved after its training went wrong, or the file is damaged: take another.',
    });
  }
}
