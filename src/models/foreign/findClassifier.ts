import { runError } from '../../errors.js';

/** A node of a file's graph, local functions unfolded, as far as it matters here. */
export interface FileNode {
  readonly operator: string;
  readonly domain: string;
  readonly name: string;
  /** Names of tensors; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What a file computes with: nodes in an order in which they can run, and tensors that the file itself gives. */
export interface FileGraph {
  /** For messages. */
  readonly name: string;
  readonly nodes: readonly FileNode[];
  readonly initializers: ReadonlySet<string>;
}

/** Where a file's network stops to describe an image and begins to classify it. */
export interface FoundClassifier {
  /** Tensor that the last layer takes: what describes an image. */
  readonly features: string;
  /** Tensor of the classes' scores before softmax. */
  readonly logits: string;
  /** Whether the file makes probabilities of the scores itself. */
  readonly softmax: boolean;
  /** Name of the last layer's node. */
  readonly node: string;
  /** Tensors of the last layer's own: its weight, its bias. */
  readonly parameters: readonly string[];
}

/** Operators that leave numbers or their order as they are, or only scale them: between the last layer and the output. */
const passing = new Set(['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Cast', 'Dropout', 'Transpose']);
/** With one input that the file gives: a bias, a temperature. */
const withConstant = new Set(['Add', 'Sub', 'Mul', 'Div']);
/** After a last layer that is a convolution, over positions (SqueezeNet). */
const pooling = new Set(['GlobalAveragePool', 'ReduceMean', 'AveragePool', 'Relu', 'GlobalMaxPool', 'ReduceMax']);
const softmaxes = new Set(['Softmax', 'LogSoftmax']);

/**
 * Finds the last layer of a classifier: the fully connected layer, or the convolution, that gives the classes' scores, and whether a
 * softmax comes after it.
 * @param output the tensor of the classes, one of the graph's outputs
 * @throws LesionlabError kind `run` where no such layer is found, with the operator at which the search ended
 */
export function findClassifier(graph: FileGraph, output: string): FoundClassifier {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const given = tensorsOfTheFile(graph);
  let name = output;
  let logits = output;
  let softmax = false;
  let overPositions = false;
  const parameters: string[] = [];
  for (;;) {
    const node = producers.get(name);
    if (!node) throw notFound(graph, output, `the search ended at "${name}", which is no result of a layer`);
    const [first, second] = node.inputs;
    const { operator } = node;
    if (softmaxes.has(operator)) {
      // A log-softmax gives scores like those before it: softmax makes the same probabilities of them.
      softmax ||= operator === 'Softmax';
      logits = first;
      name = first;
    } else if (passing.has(operator)) name = first;
    else if (pooling.has(operator)) {
      overPositions = true;
      name = first;
    } else if (withConstant.has(operator) && [first, second].filter((input) => given.has(input)).length === 1) {
      parameters.push(...[first, second].filter((input) => given.has(input)));
      name = given.has(first) ? second : first;
    } else if (operator === 'Conv' || (!overPositions && ['Gemm', 'MatMul', 'FusedGemm'].includes(operator))) {
      if (!given.has(second))
        throw notFound(graph, output, `the weights of its last ${operator} are computed from the image`);
      parameters.unshift(...node.inputs.slice(1).filter((input) => given.has(input)));
      return { features: first, logits, softmax, node: node.name, parameters };
    } else {
      const what = node.domain ? `${node.domain}.${operator}` : operator;
      throw notFound(
        graph,
        output,
        `the search from the output backwards ended at ${what}${node.name ? ` ("${node.name}")` : ''}`,
      );
    }
  }
}

const notFound = ({ name }: FileGraph, output: string, why: string) =>
  runError('no-classifier', `${name}: the layer that gives the classes in "${output}" was not found: ${why}.`, {
    hint: {
      terminal:
        'Name the tensor that describes an image, the input of the last layer, with --cut; `lesionlab inspect` lists them.',
      page: 'Name the tensor that describes an image, the input of the last layer.',
    },
  });

/** Initializers, and all that follows from them alone. */
function tensorsOfTheFile({ nodes, initializers }: FileGraph): Set<string> {
  const given = new Set(initializers);
  for (const { inputs, outputs } of nodes)
    if (inputs.every((input) => input === '' || given.has(input))) for (const output of outputs) given.add(output);
  return given;
}
