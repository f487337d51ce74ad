import { requireLength, requireNumber, unexpected, Words } from '../checks.js';
import { usageError } from '../errors.js';
import { elementCount, type Graph, type Layout, type Shape, type Value } from '../graph/index.js';
import type { Random } from '../random.js';

/** Weights by torchvision's parameter names, float32. */
export type Weights = ReadonlyMap<string, { readonly data: Float32Array; readonly shape: Shape }>;

/** A tensor that gradients train. */
export interface ParameterInfo {
  /** PyTorch's name, for example `conv1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  /** Draws initial values. */
  readonly initialise: (random: Random) => Float32Array;
  /** How a training graph wants it in memory; left out: in the order of its shape. */
  readonly layout?: Layout;
}

/** A tensor that belongs to the weights but isn't learned by gradients: running statistics. */
export interface BufferInfo {
  /** PyTorch's name, for example `bn1.running_mean`. */
  readonly name: string;
  readonly shape: Shape;
  /** Value of every element before training. */
  readonly initial: number;
}

/** What a batch norm of a training graph finds out about its batch, for the running statistics. */
export interface BatchStatistics {
  /** Layer, for example `bn1`. */
  readonly name: string;
  /** Share of them that a step takes into the running statistics. */
  readonly momentum: number;
  /** [C], mean. */
  readonly mean: Value;
  /** [C], unbiased variance. */
  readonly variance: Value;
}

/** A graph input that drops numbers: each element is 0 with probability `rate`, else 1 / (1 - rate). */
export interface DropoutMask {
  /** Of the graph input, `dropout/<layer>`. */
  readonly name: string;
  readonly shape: Shape;
  readonly rate: number;
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

/** What a network is built for: training, or evaluation with weights. */
export interface NetworkOptions {
  /** Where given, parameters become constants of the graph (evaluation, export); else they are graph inputs (training). */
  readonly weights?: Weights;
  /** With `weights`: names of parameters that are trained nevertheless; the others are frozen. */
  readonly trainable?: (name: string) => boolean;
  /** With `weights`: take metadata as a graph input, where the network knows any. Default: nothing is known of the images. */
  readonly takesMetadata?: boolean;
  /** Let layers use fused training operators, which have no value between convolution and pooling. */
  readonly fuse?: boolean;
  /** Let dropout drop in training. Default true. */
  readonly dropout?: boolean;
  /** Stochastic depth by another rate than the architecture's: that of the last of so many residual branches, rising to it from 0 at the first. */
  readonly dropPath?: { readonly rate: number; readonly branches: number };
}

/** A network under construction: the graph, and what the layers leave on record while they build it. */
export class Network {
  /** All that gradients could train, in PyTorch's order. */
  readonly parameters: ParameterInfo[] = [];
  readonly buffers: BufferInfo[] = [];
  /** Parameters and buffers as they follow each other in PyTorch's state dict. */
  readonly tensors: (ParameterInfo | BufferInfo)[] = [];
  readonly layers: LayerInfo[] = [];
  /**
   * Output of every convolution by layer name, and of every residual block, for Grad-CAM (not where layers are fused). Where a
   * batch norm follows, it is part of the output: in evaluation there is no value between the two.
   */
  readonly activations = new Map<string, Value>();
  readonly statistics: BatchStatistics[] = [];
  readonly masks: DropoutMask[] = [];
  readonly fuse: boolean;
  /** Values of the parameters that aren't folded into others. */
  readonly parameterValues = new Map<string, Value>();
  readonly #options: NetworkOptions;
  readonly #depthRates = new Map<string, number>();
  readonly #declared = new Set<string>();

  constructor(
    readonly graph: Graph,
    options: NetworkOptions = {},
  ) {
    this.#options = options;
    this.fuse = options.fuse ?? false;
  }

  /** Whether a parameter is trained: a graph input, not a constant. */
  isTrainable(name: string): boolean {
    const { weights, trainable } = this.#options;
    return !weights || (trainable?.(name) ?? false);
  }

  /** Parameters that are graph inputs. */
  get trainableParameters(): ParameterInfo[] {
    return this.parameters.filter(({ name }) => this.isTrainable(name));
  }

  get parameterCount(): number {
    return this.parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  }

  /**
   * Declares a parameter. @param layout how it is fed where it is trained
   * @throws LesionlabError kind `usage` where given weights lack it or don't fit
   */
  parameter(info: ParameterInfo, layout?: Layout): Value {
    this.#declare(this.parameters, layout ? { ...info, layout } : info);
    const { name, shape } = info;
    const value = this.isTrainable(name)
      ? this.graph.input(name, shape, 'float32', layout)
      : this.graph.initializer(this.#given(info), shape, name);
    this.parameterValues.set(name, value);
    return value;
  }

  /** Declares a frozen parameter and gives its numbers, for layers that fold them into others. @throws as `parameter` */
  frozenParameter(info: ParameterInfo): Float32Array {
    this.#declare(this.parameters, info);
    return this.#given(info);
  }

  /** Declares a buffer that a training graph reads: a graph input. */
  buffer(info: BufferInfo): Value {
    this.#declare(this.buffers, info);
    return this.graph.input(info.name, info.shape);
  }

  /** Declares a buffer that a training graph only has outputs for. */
  updatedBuffer(info: BufferInfo): void {
    this.#declare(this.buffers, info);
  }

  /** Declares a frozen buffer and gives its numbers. @throws as `parameter` */
  frozenBuffer(info: BufferInfo): Float32Array {
    this.#declare(this.buffers, info);
    return this.#given(info);
  }

  /** Declares a buffer that no training changes and gives its numbers: its initial value where there are no weights. @throws as `parameter` */
  constantBuffer(info: BufferInfo): Float32Array {
    if (this.#options.weights) return this.frozenBuffer(info);
    this.#declare(this.buffers, info);
    return new Float32Array(elementCount(info.shape)).fill(info.initial);
  }

  /** Residual branches so far. */
  get branches(): number {
    return this.#depthRates.size;
  }

  /** The probability that training leaves out a residual branch, [0, 1). @param name of the branch @param own the architecture's probability */
  depthRate(name: string, own = 0): number {
    const known = this.#depthRates.get(name);
    if (known !== undefined) return known;
    const { dropPath } = this.#options;
    const rate = dropPath ? (dropPath.rate * this.branches) / Math.max(1, dropPath.branches - 1) : own;
    this.#depthRates.set(name, rate);
    return rate;
  }

  /**
   * What is known of the images beside their pixels: a graph input `metadata` [images, width] in training and where it is asked for, else [1, width] for images of which
   * nothing is known. @param unknown [width], what stands for that
   */
  metadata(images: number, unknown: Float32Array): Value {
    if (this.#training || this.#options.takesMetadata) return this.graph.input('metadata', [images, unknown.length]);
    return this.graph.initializer(unknown, [1, unknown.length]);
  }

  get #training(): boolean {
    const { weights, trainable } = this.#options;
    return !weights || trainable !== undefined;
  }

  /** Whether a layer that drops at a rate drops anything here. */
  drops(rate = 0): boolean {
    const { dropout = true } = this.#options;
    return this.#training && dropout && rate > 0;
  }

  /** The mask of a dropout layer, a graph input; undefined where nothing is to be dropped. */
  dropoutMask(layer: string, shape: Shape, rate: number): Value | undefined {
    requireNumber(`${layer}, dropout rate`, rate, { min: 0, below: 1 });
    if (!this.drops(rate)) return undefined;
    const mask = { name: `dropout/${layer}`, shape, rate };
    this.masks.push(mask);
    return this.graph.input(mask.name, shape);
  }

  #declare<T extends ParameterInfo | BufferInfo>(list: T[], info: T): void {
    if (this.#declared.has(info.name))
      throw unexpected('Parameters of a network', 'each name once', new Words(`"${info.name}" twice`));
    this.#declared.add(info.name);
    list.push(info);
    this.tensors.push(info);
  }

  #given({ name, shape }: ParameterInfo | BufferInfo): Float32Array {
    const found = this.#options.weights?.get(name);
    if (!found) {
      throw usageError(
        'weight-missing',
        `Expected weights with "${name}" of shape [${shape}], found none of that name`,
      );
    }
    if (`${found.shape}` !== `${shape}`) {
      throw usageError('weight-shape', `"${name}": expected weights of shape [${shape}], found [${found.shape}]`, {
        hint: 'Weights fit one model, one image size (LeNet) and one number of classes.',
      });
    }
    requireLength(`Weights "${name}"`, found.data, elementCount(shape), `as shape [${shape.join(', ')}] has`);
    return found.data;
  }
}
