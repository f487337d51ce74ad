import { requireInteger, requireNumber, unexpected, Words } from '../checks.js';
import { storedShape } from '../graph/blocked/layout.js';
import { toOnnx } from '../graph/index.js';
import type { Network, Weights } from '../nn/index.js';
import type { OpenOptions, Runtime, Session, TensorLike } from '../runtime/index.js';
import { countCorrect } from './countCorrect.js';
import { DeviceState, keptOutputs } from './optimisation/deviceState.js';
import { makeOptimizer, type Optimizer, optimizerStateArrays, WeightAverage } from './optimisation/optimizers.js';
import { ParameterStore } from './optimisation/parameterStore.js';
import { RunningStatistics } from './optimisation/runningStatistics.js';
import { appendUpdate } from './optimisation/updateGraph.js';
import { type BatchOptions, StepInputs } from './stepInputs.js';
import { averages, requireTrainerOptions, type TrainerOptions } from './trainerOptions.js';
import { buildTrainingGraph, gradientPrefix } from './trainingGraph.js';

/** How a step differs from others. */
export interface StepOptions extends BatchOptions {
  /** Where `averagedTail` is asked for: the step from which on weights are averaged. */
  readonly tail?: number;
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
  /** Milliseconds that updates took here, in all. */
  updateMilliseconds = 0;
  readonly #results: Record<string, TensorLike & { readonly data: Float32Array }>;
  /** Names of all weights in PyTorch's order, and those that this training leaves alone. */
  readonly #names: readonly string[];
  readonly #frozen: Weights;
  /** Where parameters and all that belongs to them lie on a graphics card. */
  #device: DeviceState | undefined;
  #recomputed: Weights | undefined;

  private constructor(
    readonly options: TrainerOptions,
    readonly store: ParameterStore,
    readonly session: Session,
    readonly statistics: RunningStatistics,
    private readonly inputs: StepInputs,
    network: Network,
    weights: Weights,
  ) {
    this.optimizer = makeOptimizer(store, options.optimizer);
    this.average = averages(options) > 0 ? new WeightAverage(store, options.weightAveraging) : undefined;
    const { batchSize, classCount } = options;
    this.#results = {
      loss: { data: new Float32Array(1), shape: [] },
      logits: { data: new Float32Array(batchSize * classCount), shape: [batchSize, classCount] },
    };
    for (const [name, { data }] of Object.entries(store.gradients.views)) {
      // Where the update is part of the graph, none comes out.
      const output = network.graph.outputs.get(gradientPrefix + name);
      if (output) this.#results[gradientPrefix + name] = { data, shape: storedShape(output.shape, output.layout) };
    }
    Object.assign(this.#results, statistics.results);
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
    const arrays = optimizerStateArrays[options.optimizer.kind] + averages(options);
    const store = new ParameterStore(network.trainableParameters, arrays);
    store.write(store.parameters, weights);
    const statistics = new RunningStatistics(network);
    statistics.write(weights);
    // What diverges is told by the loss.
    const held = updatesThere
      ? appendUpdate(graph, network, { ...options.optimizer, averages: averages(options) > 0 })
      : [];
    const session = await runtime.open(toOnnx(graph), { ...open, kept: keptOutputs(held), mayDiverge: true });
    const inputs = new StepInputs(options, network, updatesThere ? session.upload : undefined);
    const trainer = new Trainer(options, store, session, statistics, inputs, network, weights);
    trainer.average?.begin();
    if (updatesThere) {
      const copies = { arrays: trainer.#stateArrays(), statistics };
      trainer.#device = await DeviceState.open(runtime, session, held, copies, open);
    }
    return trainer;
  }

  /** Takes other loss weights and offsets of logits for classes, [K]. @throws LesionlabError kind `usage` where there isn't one a class, or offsets come that the graph has no input for */
  balanceClasses(balance: Pick<TrainerOptions, 'classWeights' | 'logitOffsets'>): void {
    this.inputs.balanceClasses(balance);
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
    { tail, ...options }: StepOptions = {},
  ): Promise<StepResult> {
    requireNumber('learningRate', learningRate, { min: 0 });
    const { feeds, weight, unchanged, close } = this.inputs.prepare(images, labels, this.steps, options);
    const results = this.#device
      ? await this.#device
          .step(feeds, {
            step: this.steps,
            learningRate,
            averageDecay: this.average?.decayAt(this.steps, tail) ?? 0,
          })
          .finally(close)
      : await this.#stepHere(feeds as Readonly<Record<string, TensorLike>>, learningRate, tail);
    this.steps += 1;
    this.#recomputed = undefined;
    const loss = results.loss.data[0] + unchanged;
    return { loss, weight, correct: countCorrect(results.logits.data, labels, this.options.classCount) };
  }

  /** Whether `rehearse` can be asked for: what lies on a graphics card is not put back. */
  get rehearses(): boolean {
    return this.#device === undefined;
  }

  /**
   * All the work of a step, before the first, of which nothing stays: to tell how long steps take, and to have memory and kernels ready.
   * @param images [N, 3, S, S], mixed in place where the recipe mixes @param labels [N], class indices
   */
  async rehearse(images: Float32Array, labels: Int32Array): Promise<void> {
    if (!this.rehearses || this.steps > 0) throw new Error('A rehearsal comes before the first step, on the CPU');
    const { batchSize, classCount, distillation } = this.options;
    const teacher = distillation && new Float32Array(batchSize * classCount).fill(1 / classCount);
    const { feeds } = this.inputs.prepare(images, labels, 0, { teacher });
    await this.session.run(
      { ...this.store.parameters.views, ...this.statistics.feeds, ...(feeds as Readonly<Record<string, TensorLike>>) },
      this.#results,
    );
    // At gradients and a learning rate of zero no parameter moves, whatever the optimizer.
    this.store.gradients.all.fill(0);
    this.optimizer.update(0, 0);
    this.average?.update(0);
    for (const { all } of Object.values(this.optimizer.state)) all.fill(0);
    this.average?.begin();
  }

  /** Whether `sendAhead` has anything to gain: a graphics card computes while this program goes on. */
  get sendsAhead(): boolean {
    return this.inputs.sendsAhead;
  }

  /**
   * Mixes the images of a step to come, in place, and puts them on the graphics card while the one at hand is computed there. The step that gets
   * the same array takes them from there. @param images [N, 3, S, S], normalised @param step steps before it
   */
  sendAhead(images: Float32Array, step: number): void {
    this.inputs.sendAhead(images, step);
  }

  /** A step whose parameters lie in this program's memory. */
  async #stepHere(batch: Readonly<Record<string, TensorLike>>, learningRate: number, tail: number | undefined) {
    await this.session.run({ ...this.store.parameters.views, ...this.statistics.feeds, ...batch }, this.#results);
    // A loss that is no number would spoil the weights for good.
    if (Number.isFinite(this.#results.loss.data[0])) {
      const began = Date.now();
      this.optimizer.update(this.steps, learningRate);
      this.average?.update(this.steps, tail);
      this.statistics.update();
      this.updateMilliseconds += Date.now() - began;
    }
    return this.#results;
  }

  /** Fetches the weights and all that belongs to them from the graphics card, where they lie there: before they are read or saved. */
  async synchronise(): Promise<void> {
    await this.#device?.read();
  }

  /**
   * The weights to evaluate and save, with PyTorch's names: their average where there is one. Running statistics are the
   * current ones, which look back about 10 steps and belong to the weights of those, not to the average, unless `takeStatistics` got better ones.
   */
  evaluatedWeights(): Weights {
    this.#requireKnown();
    const trained = this.store.read(this.average?.array ?? this.store.parameters);
    const statistics = this.#recomputed ?? this.statistics.read();
    return new Map(
      this.#names.flatMap((name) => {
        const tensor = trained.get(name) ?? statistics.get(name) ?? this.#frozen.get(name);
        return tensor ? [[name, tensor]] : [];
      }),
    );
  }

  /**
   * Takes statistics of batch norms that were computed for the evaluated weights as they are now; the next step forgets them.
   * @param statistics by PyTorch's names @throws LesionlabError kind `usage` where one of a trained batch norm is missing
   */
  takeStatistics(statistics: Weights): void {
    const missing = [...this.statistics.read().keys()].find((name) => !statistics.has(name));
    if (missing !== undefined)
      throw unexpected('statistics', 'those of every trained batch norm', new Words(`none for "${missing}"`));
    this.#recomputed = statistics;
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
    this.#recomputed = undefined;
    this.#device?.replaceCopies();
    this.steps = steps;
  }

  /** Gives the memory back. */
  close(): Promise<void> {
    this.inputs.close();
    return this.#device?.close() ?? this.session.close();
  }

  #requireKnown(): void {
    if (this.#device?.known === false)
      throw new Error('synchronise() comes before weights are read from a graphics card');
  }

  #stateArrays() {
    return {
      parameters: this.store.parameters,
      ...this.optimizer.state,
      ...(this.average ? { average: this.average.array } : {}),
    };
  }
}
