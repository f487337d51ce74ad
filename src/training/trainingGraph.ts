import { gradientMemory } from '../graph/blocked/filters.js';
import { add, focalCrossEntropy, Graph, gradients, multiply, softmaxCrossEntropy, type Value } from '../graph/index.js';
import { describeNetwork } from '../models/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { Distillation } from './optimisation/distillation.js';
import { batchOutputs } from './optimisation/runningStatistics.js';
import type { TrainerOptions } from './trainerOptions.js';

/** The graph of a training step, with the network that was built into it. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly network: Network;
}

/** Before the names of outputs that hold gradients. */
export const gradientPrefix = 'gradient/';

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
  | 'dropPath'
  | 'distillation'
>;

/**
 * The graph of one training step: inputs `images` [N, 3, S, S], `targets` [N, K] (and `softTargets` [N, K] where it learns from a teacher), every parameter that is
 * trained, running means and masks of dropout; outputs `loss`, `logits` [N, K], `gradient/<parameter>`, and `batch/<running statistic>`, the batch's
 * mean and unbiased variance.
 * @param weights needed where `trainable` leaves parameters out, and where the model standardises its features
 * @param channelBlock see `Runtime.channelBlock`; parameters are then fed in their `layout`, and gradients come as memory in it, of some shape
 */
export function buildTrainingGraph(
  options: TrainingGraphOptions,
  target: 'cpu' | 'webgpu',
  weights?: Weights,
  channelBlock?: number,
): TrainingGraph {
  const { model, classCount, imageSize, inputShape, batchSize, logitOffsets, focusing = 0 } = options;
  const { trainable, dropout, dropPath = 0, distillation } = options;
  const graph = new Graph({ target, channelBlock });
  // Without `trainable` all parameters are inputs; constants that no training changes come from the weights nevertheless.
  const frozen = weights ? { weights, trainable: trainable ?? (() => true) } : {};
  const network = new Network(graph, {
    fuse: target === 'cpu',
    dropout,
    ...(dropPath > 0 && {
      dropPath: { rate: dropPath, branches: describeNetwork({ model, classCount, imageSize }).branches },
    }),
    ...frozen,
  });
  const images = graph.input('images', [batchSize, ...(inputShape ?? [3, imageSize, imageSize])]);
  const targets = graph.input('targets', [batchSize, classCount]);
  const logits = model.build(network, images, classCount);
  const answers = logitOffsets ? graph.apply(add, [logits, graph.input('logitOffsets', [classCount])], {}) : logits;
  const ofLabels =
    focusing > 0
      ? graph.apply(focalCrossEntropy, [answers, targets], { focusing })
      : graph.apply(softmaxCrossEntropy, [answers, targets], {});
  const loss = distillation ? graph.apply(add, [ofLabels, lossOfTeacher(graph, logits, distillation)], {}) : ofLabels;
  graph.output('loss', loss);
  graph.output('logits', logits);
  const names = network.trainableParameters.map(({ name }) => name);
  const values: Value[] = gradients(
    graph,
    loss,
    names.map((name) => network.parameterValues.get(name)!),
  );
  values.forEach((value, i) => {
    graph.output(`${gradientPrefix}${names[i]}`, gradientMemory(graph, value));
  });
  for (const norm of network.statistics) {
    const outputs = batchOutputs(norm);
    graph.output(outputs.mean, norm.mean);
    graph.output(outputs.variance, norm.variance);
  }
  return { graph, network };
}

/** What the softened logits are short of a teacher's answers: see `fillSoftTargets`. */
function lossOfTeacher(graph: Graph, logits: Value, { temperature }: Distillation): Value {
  const softTargets = graph.input('softTargets', logits.shape);
  const softened = graph.apply(multiply, [logits, graph.scalar(1 / temperature)], {});
  return graph.apply(softmaxCrossEntropy, [softened, softTargets], {});
}
