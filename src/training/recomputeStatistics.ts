import { requireInteger, requireLength } from '../checks.js';
import { elementCount, Graph, toOnnx } from '../graph/index.js';
import type { ModelDefinition } from '../models/index.js';
import { Network, type Weights } from '../nn/index.js';
import type { OpenOptions, Runtime } from '../runtime/index.js';
import { batchOutputs } from './optimisation/runningStatistics.js';

/** What the statistics of a network's batch norms are computed of. */
export interface StatisticsOptions {
  readonly model: ModelDefinition;
  readonly classCount: number;
  readonly imageSize: number;
  readonly batchSize: number;
  /** Names of the parameters that are trained: the batch norms of the others keep their statistics. Default all. */
  readonly trainable?: (name: string) => boolean;
  /** Of all of the network. */
  readonly weights: Weights;
  /** Batches to be looked at, from 1. */
  readonly batches: number;
  /** Images of a batch, from 0: [N, 3, S, S], normalised. */
  readonly batchAt: (batch: number) => Float32Array;
}

/**
 * Means and variances of the trained batch norms for weights as they are, the mean over batches of each batch's mean and unbiased variance, as torch.optim.swa_utils.update_bn has
 * it (Izmailov et al. 2018, arXiv 1803.05407); nothing is dropped out meanwhile.
 * @returns running means, variances and counts by PyTorch's names
 * @throws LesionlabError kind `usage` for no batches, or images of another size
 */
export async function recomputeStatistics(
  runtime: Runtime,
  { model, classCount, imageSize, batchSize, trainable, weights, batches, batchAt }: StatisticsOptions,
  open: OpenOptions = {},
): Promise<Weights> {
  requireInteger('batches', batches, { min: 1 });
  const graph = new Graph({ target: open.device ?? 'cpu' });
  const network = new Network(graph, { weights, trainable: trainable ?? (() => true), dropout: false });
  const shape = [batchSize, 3, imageSize, imageSize];
  model.build(network, graph.input('images', shape), classCount);
  const results = new Map<string, { readonly data: Float32Array; readonly shape: readonly number[] }>();
  for (const norm of network.statistics) {
    const { mean, variance } = batchOutputs(norm);
    graph.output(mean, norm.mean);
    graph.output(variance, norm.variance);
    for (const name of [mean, variance])
      results.set(name, { data: new Float32Array(norm.mean.shape[0]), shape: norm.mean.shape });
  }
  if (results.size === 0) return new Map();
  const session = await runtime.open(toOnnx(graph), { ...open, mayDiverge: true });
  const sums = new Map([...results].map(([name, { data }]) => [name, new Float64Array(data.length)]));
  const parameters = Object.fromEntries([...weights].filter(([name]) => session.inputNames.includes(name)));
  // The head isn't looked at, and what it is told doesn't matter.
  const unknown = graph.inputs.find(({ name }) => name === 'metadata');
  const metadata = unknown && {
    metadata: { data: new Float32Array(elementCount(unknown.shape)), shape: unknown.shape },
  };
  try {
    for (let batch = 0; batch < batches; batch++) {
      const images = batchAt(batch);
      requireLength('images', images, elementCount(shape), `${batchSize} images of [${shape.slice(1).join(', ')}]`);
      await session.run({ ...parameters, images: { data: images, shape }, ...metadata }, Object.fromEntries(results));
      for (const [name, { data }] of results) {
        const sum = sums.get(name)!;
        for (let i = 0; i < data.length; i++) sum[i] += data[i];
      }
    }
  } finally {
    await session.close();
  }
  return new Map(
    network.statistics.flatMap((norm): [string, { data: Float32Array; shape: readonly number[] }][] => {
      const outputs = batchOutputs(norm);
      const of = (name: string) => ({
        data: Float32Array.from(sums.get(name)!, (sum) => sum / batches),
        shape: norm.mean.shape,
      });
      return [
        [`${norm.name}.running_mean`, of(outputs.mean)],
        [`${norm.name}.running_var`, of(outputs.variance)],
        [`${norm.name}.num_batches_tracked`, { data: Float32Array.of(batches), shape: [] }],
      ];
    }),
  );
}
