import { usageError } from '../errors.js';
import { elementCount, type Graph, type Shape, type Value } from '../graph/index.js';
import type { Random } from '../random.js';

/** Weights by torchvision's parameter names, float32. */
export type Weights = ReadonlyMap<string, { readonly data: Float32Array; readonly shape: Shape }>;

export interface ParameterInfo {
  /** PyTorch's name, for example `conv1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  /** Draws initial values. */
  readonly initialise: (random: Random) => Float32Array;
}

/** A line of the model's table of layers. */
export interface LayerInfo {
  readonly name: string;
  readonly type: string;
  /** Without the batch: [C, H, W] or [D]. */
  readonly outputShape: Shape;
  readonly parameters: number;
  /** Multiplications and additions for one image. */
  readonly operations: number;
}

export interface NetworkOptions {
  /** Where given, parameters become constants of the graph (evaluation, export); else they are graph inputs (training). */
  readonly weights?: Weights;
  /** Let layers use fused training operators, which have no value between convolution and pooling. */
  readonly fuse?: boolean;
}

/** A network under construction: the graph, and what the layers leave on record while they build it. */
export class Network {
  readonly parameters: ParameterInfo[] = [];
  readonly layers: LayerInfo[] = [];
  /** Output of every convolution by layer name, for Grad-CAM (not where layers are fused). */
  readonly activations = new Map<string, Value>();
  readonly fuse: boolean;
  readonly parameterValues = new Map<string, Value>();
  readonly #weights: Weights | undefined;

  constructor(
    readonly graph: Graph,
    options: NetworkOptions = {},
  ) {
    this.#weights = options.weights;
    this.fuse = options.fuse ?? false;
  }

  /** Declares a parameter. @throws LesionlabError kind `usage` where given weights lack it or don't fit */
  parameter(info: ParameterInfo): Value {
    this.parameters.push(info);
    const value = this.#weights ? this.#constant(info, this.#weights) : this.graph.input(info.name, info.shape);
    this.parameterValues.set(info.name, value);
    return value;
  }

  get parameterCount(): number {
    return this.parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  }

  #constant({ name, shape }: ParameterInfo, weights: Weights): Value {
    const found = weights.get(name);
    if (!found) throw usageError('weight-missing', `The weights have no "${name}" of shape [${shape}]`);
    if (`${found.shape}` !== `${shape}`) {
      throw usageError(
        'weight-shape',
        `"${name}" has shape [${found.shape}] in the weights; the model needs [${shape}]`,
        {
          hint: 'Weights fit one model, one image size (LeNet) and one number of classes.',
        },
      );
    }
    return this.graph.initializer(found.data, shape, name);
  }
}
