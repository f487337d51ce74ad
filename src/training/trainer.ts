import {
  requireInteger,
  requireLabels,
  requireLength,
  requireNumber,
  requireNumbers,
  requireWeights,
} from '../checks.js';
import {
  add,
  elementCount,
  focalCrossEntropy,
  Graph,
  gradients,
  type Shape,
  softmaxCrossEntropy,
  toOnnx,
  type Value,
} from '../graph/index.js';
import type { ModelDefinition } from '../models/index.js';
import { type DropoutMask, Network, type Weights } from '../nn/index.js';
import { fillLossTargets, sumLossWeights } from '../nn/lossTargets.js';
import { Random } from '../random.js';
import type { OpenOptions, Runtime, Session, TensorLike } from '../runtime/index.js';
import { DeviceState, keptOutputs } from './optimisation/deviceState.js';
import { drawMix, mixBatch } from './optimisation/mixBatch.js';
import {
  makeOptimizer,
  type Optimizer,
  type OptimizerOptions,
  optimizerStateArrays,
  WeightAverage,
} from './optimisation/optimizers.js';
import { ParameterStore } from './optimisation/parameterStore.js';
import { batchOutputs, RunningStatistics } from './optimisation/runningStatistics.js';
import { appendUpdate } from './optimisation/updateGraph.js';

/** What is trained, and how. */
export interface TrainerOptions {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
  /** Of one input, without the batch. Default [3, S, S]; [D] where the model is a head that takes features. */
  readonly inputShape?: Shape;
  readonly batchSize: number;
  readonly optimizer: OptimizerOptions;
  /** [K], loss weights. */
  readonly classWeights: readonly number[];
  readonly labelSmoothing: number;
  /** [K], added to the logits in the loss alone: see `logitAdjustment` of a recipe. Default none; `balanceClasses` can change them, but not add any later. */
  readonly logitOffsets?: readonly number[];
  /** Focal loss's focusing, 0 for cross-entropy. Default 0. */
  readonly focusing?: number;
  /** Of the Beta distribution that the share of mixup is drawn from, [0, 1]. Default 0, no mixup. */
  readonly mixup?: number;
  /** The same of cutmix. Default 0, no cutmix. */
  readonly cutmix?: number;
  /** Decay per step of the weights' moving average, 0 for none. */
  readonly weightAveraging: number;
  /** Names of the parameters to train; the others, and the statistics of their batch norms, stay as they are. Default all. */
  readonly trainable?: (name: string) => boolean;
  /** Let dropout drop. Default true. */
  readonly dropout?: boolean;
  /** Of dropout's masks, mixup and cutmix. Default 0. */
  readonly seed?: number;
  /**
   * Keep parameters and all that belongs to them where the graph runs, updated by the graph. Default on WebGPU; on the CPU the
   * optimizer's own kernels are seven times as fast.
   */
  readonly updatesThere?: boolean;
}

/** The graph of a training step, with the network that was built into it. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly network: Network;
}

const gradientPrefix = 'gradient/';

type TrainingGraphOptions = Pick<
  TrainerOptions,
  | 'model'
  | 'classCount'
  | 'imageSize'
  | 'inputShape'
  | 'batchSize'
  | 'logitOffsets'
  | 'focusing'
  | 'trainable'
  | 'dropout'
>;

/**
 * The graph of one training step: inputs `images` [N, 3, S, S], `targets` [N, K], every parameter that is trained, running means
 * and masks of dropout; outputs `loss`, `logits` [N, K], `gradient/<parameter>`, and `batch/<running statistic>`, the batch's
 * mean and unbiased variance.
 * @param weights needed where `trainable` leaves parameters out, and where the model standardises its features
 * @param channelBlock see `Runtime.channelBlock`; parameters and gradients are then fed in their `layout`
 */
export function buildTrainingGraph(
  options: TrainingGraphOptions,
  target: 'cpu' | 'webgpu',
  weights?: Weights,
  channelBlock?: number,
): TrainingGraph {
  const { model, classCount, imageSize, inputShape, batchSize, logitOffsets, focusing = 0 } = options;
  const { trainable, dropout } = options;
  const graph = new Graph({ target, channelBlock });
  // Without `trainable` all parameters are inputs; constants that no training changes come from the weights nevertheless.
  const frozen = weights ? { weights, trainable: trainable ?? (() => true) } : {};
  const network = new Network(graph, { fuse: target === 'cpu', dropout, ...frozen });
  const images = graph.input('images', [batchSize, ...(inputShape ?? [3, imageSize, imageSize])]);
  const targets = graph.input('targets', [batchSize, classCount]);
  const logits = model.build(network, images, classCount);
  const answers = logitOffsets ? graph.apply(add, [logits, graph.input('logitOffsets', [classCount])], {}) : logits;
  const loss =
    focusing > 0
      ? graph.apply(focalCrossEntropy, [answers, targets], { focusing })
      : graph.apply(softmaxCrossEntropy, [answers, targets], {});
  graph.output('loss', loss);
  graph.output('logits', logits);
  const names = network.trainableParameters.map(({ name }) => name);
  const values: Value[] = gradients(
    graph,
    loss,
    names.map((name) => network.parameterValues.get(name)!),
  );
  values.forEach((value, i) => {
    graph.output(`${gradientPrefix}${names[i]}`, value);
  });
  for (const norm of network.statistics) {
    const outputs = batchOutputs(norm);
    graph.output(outputs.mean, norm.mean);
    graph.output(outputs.variance, norm.variance);
  }
  return { graph, network };
}

/** How a step differs from others. */
export interface StepOptions {
  /** Whether class weights count; else all images count alike. Default true. */
  readonly weighted?: boolean;
}

/** What one training step tells. */
export interface StepResult {
  /** Weighted mean loss of the batch, before the update. */
  readonly loss: number;
  /** Sum of the class weights of the batch's labels: what its loss counts in a mean over batches. */
  readonly weight: number;
  /** Images whose most probable class was right, before the update. */
  readonly correct: number;
}

/** Takes training steps: forward, backward, update. */
export class Trainer {
  readonly optimizer: Optimizer;
  readonly average: WeightAverage | undefined;
  /** Steps done. */
  steps = 0;
  readonly #targets: TensorLike & { readonly data: Float32Array };
  readonly #results: Record<string, TensorLike & { readonly data: Float32Array }>;
  readonly #masks: readonly { readonly mask: DropoutMask; readonly data: Float32Array }[];
  /** Names of all weights in PyTorch's order, and those that this training leaves alone. */
  readonly #names: readonly string[];
  readonly #alike: readonly number[];
  readonly #frozen: Weights;
  /** Where parameters and all that belongs to them lie on a graphics card. */
  #device: DeviceState | undefined;
  #classWeights: readonly number[];
  readonly #logitOffsets: { readonly logitOffsets?: TensorLike & { readonly data: Float32Array } };

  private constructor(
    readonly options: TrainerOptions,
    readonly store: ParameterStore,
    readonly session: Session,
    readonly statistics: RunningStatistics,
    network: Network,
    weights: Weights,
  ) {
    this.optimizer = makeOptimizer(store, options.optimizer);
    this.#classWeights = options.classWeights;
    this.average = options.weightAveraging > 0 ? new WeightAverage(store, options.weightAveraging) : undefined;
    const { batchSize, classCount } = options;
    const table = [batchSize, classCount];
    this.#alike = new Array<number>(classCount).fill(1);
    const { logitOffsets } = options;
    this.#logitOffsets = logitOffsets
      ? { logitOffsets: { data: Float32Array.from(logitOffsets), shape: [classCount] } }
      : {};
    this.#targets = { data: new Float32Array(batchSize * classCount), shape: table };
    this.#results = {
      loss: { data: new Float32Array(1), shape: [] },
      logits: { data: new Float32Array(batchSize * classCount), shape: table },
    };
    for (const [name, view] of Object.entries(store.gradients.views)) this.#results[gradientPrefix + name] = view;
    Object.assign(this.#results, statistics.results);
    this.#masks = network.masks.map((mask) => ({ mask, data: new Float32Array(elementCount(mask.shape)) }));
    this.#names = network.tensors.flatMap(({ name }) =>
      name.endsWith('.running_var') ? [name, name.replace(/running_var$/, 'num_batches_tracked')] : [name],
    );
    const own = new Set([...Object.keys(store.parameters.views), ...statistics.read().keys()]);
    this.#frozen = new Map([...weights].filter(([name]) => this.#names.includes(name) && !own.has(name)));
  }

  /** @param weights to begin with @throws LesionlabError where they don't fit the model, or an option is out of its range */
  static async open(
    runtime: Runtime,
    options: TrainerOptions,
    weights: Weights,
    open: OpenOptions = {},
  ): Promise<Trainer> {
    requireTrainerOptions(options);
    const device = open.device ?? 'cpu';
    const updatesThere = options.updatesThere ?? device === 'webgpu';
    const channelBlock = device === 'cpu' && !updatesThere ? await runtime.channelBlock() : undefined;
    const { graph, network } = buildTrainingGraph(options, device, weights, channelBlock);
    const averages = options.weightAveraging > 0 ? 1 : 0;
    const arrays = optimizerStateArrays[options.optimizer.kind] + averages;
    const store = new ParameterStore(network.trainableParameters, arrays);
    store.write(store.parameters, weights);
    const statistics = new RunningStatistics(network);
    statistics.write(weights);
    // What diverges is told by the loss.
    const held = updatesThere ? appendUpdate(graph, network, { ...options.optimizer, averages: averages > 0 }) : [];
    const session = await runtime.open(toOnnx(graph), { ...open, kept: keptOutputs(held), mayDiverge: true });
    const trainer = new Trainer(options, store, session, statistics, network, weights);
    trainer.average?.begin(weights);
    if (updatesThere) {
      const copies = { arrays: trainer.#stateArrays(), statistics };
      trainer.#device = await DeviceState.open(runtime, session, held, copies, open);
    }
    return trainer;
  }

  /** Takes other loss weights and offsets of logits for classes, [K]. @throws LesionlabError kind `usage` where there isn't one a class, or offsets come that the graph has no input for */
  balanceClasses({ classWeights, logitOffsets }: Pick<TrainerOptions, 'classWeights' | 'logitOffsets'>): void {
    requireWeights('classWeights', classWeights, this.options.classCount, 'one a class');
    this.#classWeights = classWeights;
    const offsets = this.#logitOffsets.logitOffsets;
    if (!logitOffsets && !offsets) return;
    requireLength(
      'logitOffsets',
      logitOffsets ?? [],
      offsets?.data.length ?? 0,
      'one a class where the graph has such an input, else none',
    );
    offsets!.data.set(logitOffsets!);
  }

  /**
   * One step.
   * @param images [N, 3, S, S], normalised; with mixup or cutmix they are mixed in place @param labels [N], class indices
   * @param learningRate from 0
   * @throws LesionlabError kind `usage` where lengths, a label or the learning rate don't fit; nothing is learned then
   */
  async step(
    images: Float32Array,
    labels: Int32Array,
    learningRate: number,
    { weighted = true }: StepOptions = {},
  ): Promise<StepResult> {
    const { batchSize, imageSize, inputShape, classCount, labelSmoothing, seed = 0 } = this.options;
    const classWeights = weighted ? this.#classWeights : this.#alike;
    const shape = [batchSize, ...(inputShape ?? [3, imageSize, imageSize])];
    requireLength('images', images, elementCount(shape), `${batchSize} images of [${shape.slice(1).join(', ')}]`);
    requireLength('labels', labels, batchSize, `one for each of ${batchSize} images`);
    requireLabels('labels', labels, classCount);
    requireNumber('learningRate', learningRate, { min: 0 });
    fillLossTargets(labels, classWeights, labelSmoothing, this.#targets.data);
    const mix = drawMix(this.options, { seed, step: this.steps, imageSize });
    if (mix) mixBatch(images, this.#targets.data, batchSize, mix);
    const batch = {
      ...this.#drawMasks(),
      images: { data: images, shape },
      targets: this.#targets,
      ...this.#logitOffsets,
    };
    const results = this.#device
      ? await this.#device.step(batch, {
          step: this.steps,
          learningRate,
          averageDecay: this.average?.decayAt(this.steps) ?? 0,
        })
      : await this.#stepHere(batch, learningRate);
    this.steps += 1;
    const weight = sumLossWeights(labels, classWeights);
    return { loss: results.loss.data[0], weight, correct: countCorrect(results.logits.data, labels, classCount) };
  }

  /** A step whose parameters lie in this program's memory. */
  async #stepHere(batch: Readonly<Record<string, TensorLike>>, learningRate: number) {
    await this.session.run({ ...this.store.parameters.views, ...this.statistics.feeds, ...batch }, this.#results);
    // A loss that is no number would spoil the weights for good.
    if (Number.isFinite(this.#results.loss.data[0])) {
      this.optimizer.update(this.steps, learningRate);
      this.average?.update(this.steps);
      this.statistics.update();
    }
    return this.#results;
  }

  /** Fetches the weights and all that belongs to them from the graphics card, where they lie there: before they are read or saved. */
  async synchronise(): Promise<void> {
    await this.#device?.read();
  }

  /**
   * The weights to evaluate and save, with PyTorch's names: their moving average where there is one. Running statistics are the
   * current ones in any case, which look back about 10 steps and belong to the weights of those, not to the average.
   */
  evaluatedWeights(): Weights {
    this.#requireKnown();
    const trained = this.store.read(this.average?.array ?? this.store.parameters);
    const statistics = this.statistics.read();
    return new Map(
      this.#names.flatMap((name) => {
        const tensor = trained.get(name) ?? statistics.get(name) ?? this.#frozen.get(name);
        return tensor ? [[name, tensor]] : [];
      }),
    );
  }

  /** Everything that `restoreState` needs, as named tensors. */
  readState(): Weights {
    this.#requireKnown();
    const state = new Map<string, { data: Float32Array; shape: readonly number[] }>();
    for (const [part, array] of Object.entries(this.#stateArrays())) {
      for (const [name, tensor] of this.store.read(array)) state.set(`${part}/${name}`, tensor);
    }
    for (const [name, tensor] of this.statistics.read()) state.set(`statistics/${name}`, tensor);
    return state;
  }

  /** @param steps done so far @throws LesionlabError kind `run` where the state belongs to another model or optimizer */
  restoreState(state: Weights, steps: number): void {
    requireInteger('steps', steps, { min: 0 });
    const part = (name: string): Weights =>
      new Map(
        [...state].flatMap(([key, value]) => (key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), value]] : [])),
      );
    for (const [name, array] of Object.entries(this.#stateArrays())) this.store.write(array, part(name));
    this.statistics.write(part('statistics'));
    this.#device?.replaceCopies();
    this.steps = steps;
  }

  /** Gives the memory back. */
  close(): Promise<void> {
    return this.#device?.close() ?? this.session.close();
  }

  #requireKnown(): void {
    if (this.#device?.known === false)
      throw new Error('synchronise() comes before weights are read from a graphics card');
  }

  /** Masks of this step: they follow from the seed and the step, so that a resumed training draws the same. */
  #drawMasks(): Record<string, TensorLike> {
    const feeds: Record<string, TensorLike> = {};
    for (const { mask, data } of this.#masks) {
      const random = new Random(this.options.seed ?? 0, mask.name, this.steps);
      for (let i = 0; i < data.length; i++) data[i] = random.next() < mask.rate ? 0 : 1 / (1 - mask.rate);
      feeds[mask.name] = { data, shape: mask.shape };
    }
    return feeds;
  }

  #stateArrays() {
    return {
      parameters: this.store.parameters,
      ...this.optimizer.state,
      ...(this.average ? { average: this.average.array } : {}),
    };
  }
}

function requireTrainerOptions(options: TrainerOptions): void {
  const {
    classCount,
    imageSize,
    batchSize,
    classWeights,
    labelSmoothing,
    mixup = 0,
    cutmix = 0,
    weightAveraging,
    seed = 0,
  } = options;
  requireInteger('classCount', classCount, { min: 2 });
  requireInteger('imageSize', imageSize, { min: 1 });
  requireInteger('batchSize', batchSize, { min: 1 });
  requireWeights('classWeights', classWeights, classCount, 'one a class');
  requireNumber('labelSmoothing', labelSmoothing, { min: 0, below: 1 });
  if (options.logitOffsets) {
    requireLength('logitOffsets', options.logitOffsets, classCount, 'one a class');
    requireNumbers('logitOffsets', options.logitOffsets);
  }
  requireNumber('focusing', options.focusing ?? 0, { min: 0 });
  requireNumber('mixup', mixup, { min: 0, max: 1 });
  requireNumber('cutmix', cutmix, { min: 0, max: 1 });
  requireNumber('weightAveraging', weightAveraging, { min: 0, below: 1 });
  requireInteger('seed', seed);
}

function countCorrect(logits: Float32Array, labels: Int32Array, classCount: number): number {
  let correct = 0;
  for (let n = 0; n < labels.length; n++) {
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if (logits[n * classCount + k] > logits[n * classCount + best]) best = k;
    }
    if (best === labels[n]) correct += 1;
  }
  return correct;
}
