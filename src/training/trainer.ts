import { Graph, gradients, softmaxCrossEntropy, toOnnx, type Value } from '../graph/index.js';
import type { ModelDefinition } from '../models/index.js';
import { fillLossTargets, Network, type Weights } from '../nn/index.js';
import type { OpenOptions, Runtime, Session, TensorLike } from '../runtime/index.js';
import {
  makeOptimizer,
  type Optimizer,
  type OptimizerOptions,
  optimizerStateArrays,
  WeightAverage,
} from './optimizers.js';
import { ParameterStore } from './parameterStore.js';

export interface TrainerOptions {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerOptions;
  /** [K], loss weights. */
  readonly classWeights: readonly number[];
  readonly labelSmoothing: number;
  /** Decay per step of the weights' moving average, 0 for none. */
  readonly weightAveraging: number;
}

export interface TrainingGraph {
  readonly graph: Graph;
  readonly network: Network;
}

const gradientPrefix = 'gradient/';

/**
 * The graph of one training step: inputs `images` [N, 3, S, S], `targets` [N, K] and every parameter; outputs `loss`,
 * `logits` [N, K] and `gradient/<parameter>`.
 */
export function buildTrainingGraph(
  { model, classCount, imageSize, batchSize }: Pick<TrainerOptions, 'model' | 'classCount' | 'imageSize' | 'batchSize'>,
  target: 'cpu' | 'webgpu',
): TrainingGraph {
  const graph = new Graph({ target });
  const network = new Network(graph, { fuse: target === 'cpu' });
  const images = graph.input('images', [batchSize, 3, imageSize, imageSize]);
  const targets = graph.input('targets', [batchSize, classCount]);
  const logits = model.build(network, images, classCount);
  const loss = graph.apply(softmaxCrossEntropy, [logits, targets], {});
  graph.output('loss', loss);
  graph.output('logits', logits);
  const names = [...network.parameterValues.keys()];
  const values: Value[] = gradients(graph, loss, [...network.parameterValues.values()]);
  values.forEach((value, i) => {
    graph.output(`${gradientPrefix}${names[i]}`, value);
  });
  return { graph, network };
}

export interface StepResult {
  /** Weighted mean loss of the batch, before the update. */
  readonly loss: number;
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

  private constructor(
    readonly options: TrainerOptions,
    readonly store: ParameterStore,
    readonly session: Session,
  ) {
    this.optimizer = makeOptimizer(store, options.optimizer);
    this.average = options.weightAveraging > 0 ? new WeightAverage(store, options.weightAveraging) : undefined;
    const { batchSize, classCount } = options;
    const table = [batchSize, classCount];
    this.#targets = { data: new Float32Array(batchSize * classCount), shape: table };
    this.#results = {
      loss: { data: new Float32Array(1), shape: [] },
      logits: { data: new Float32Array(batchSize * classCount), shape: table },
    };
    for (const [name, view] of Object.entries(store.gradients.views)) this.#results[gradientPrefix + name] = view;
  }

  /** @param weights to begin with @throws LesionlabError where they don't fit the model */
  static async open(
    runtime: Runtime,
    options: TrainerOptions,
    weights: Weights,
    open: OpenOptions = {},
  ): Promise<Trainer> {
    const { graph, network } = buildTrainingGraph(options, open.device ?? 'cpu');
    const averages = options.weightAveraging > 0 ? 1 : 0;
    const store = new ParameterStore(network.parameters, optimizerStateArrays[options.optimizer.kind] + averages);
    store.write(store.parameters, weights);
    const trainer = new Trainer(options, store, await runtime.open(toOnnx(graph), open));
    trainer.average?.begin(weights);
    return trainer;
  }

  /**
   * One step.
   * @param images [N, 3, S, S], normalised @param labels [N]
   */
  async step(images: Float32Array, labels: Int32Array, learningRate: number): Promise<StepResult> {
    const { batchSize, imageSize, classCount, classWeights, labelSmoothing } = this.options;
    fillLossTargets(labels, classWeights, labelSmoothing, this.#targets.data);
    const feeds = {
      ...this.store.parameters.views,
      images: { data: images, shape: [batchSize, 3, imageSize, imageSize] },
      targets: this.#targets,
    };
    await this.session.run(feeds, this.#results);
    const loss = this.#results.loss.data[0];
    // A loss that is no number would spoil the weights for good.
    if (Number.isFinite(loss)) {
      this.optimizer.update(this.steps, learningRate);
      this.average?.update(this.steps);
    }
    this.steps += 1;
    return { loss, correct: countCorrect(this.#results.logits.data, labels, classCount) };
  }

  /** The weights to evaluate and save: their moving average where there is one. */
  evaluatedWeights(): Weights {
    return this.store.read(this.average?.array ?? this.store.parameters);
  }

  /** Everything that `restoreState` needs, as named tensors. */
  readState(): Weights {
    const state = new Map<string, { data: Float32Array; shape: readonly number[] }>();
    for (const [part, array] of Object.entries(this.#stateArrays())) {
      for (const [name, view] of Object.entries(array.views)) state.set(`${part}/${name}`, view);
    }
    return state;
  }

  /** @throws LesionlabError kind `run` where the state belongs to another model or optimizer */
  restoreState(state: Weights, steps: number): void {
    for (const [part, array] of Object.entries(this.#stateArrays())) {
      const own = new Map([...state].filter(([name]) => name.startsWith(`${part}/`)));
      this.store.write(array, new Map([...own].map(([name, value]) => [name.slice(part.length + 1), value])));
    }
    this.steps = steps;
  }

  close(): Promise<void> {
    return this.session.close();
  }

  #stateArrays() {
    return {
      parameters: this.store.parameters,
      ...this.optimizer.state,
      ...(this.average ? { average: this.average.array } : {}),
    };
  }
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
