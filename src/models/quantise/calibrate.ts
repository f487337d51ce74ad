import { toOnnx } from '../../graph/index.js';
import type { OpenOptions, Runtime } from '../../runtime/index.js';
import { buildEvaluationGraph, type EvaluationGraphOptions } from '../evaluationGraph.js';
import { StatisticsCollector } from './activationRange.js';
import { planQuantisation, valuesToObserve } from './planQuantisation.js';
import type { Calibration } from './quantiseGraph.js';

/**
 * Runs a network in floats on images and finds out what `quantiseGraph` wants to know: how far each value reaches, and the means of its
 * channels. All that was seen is within the range: percentiles, and ranges of least squared error, did no better (docs/decisions/0008).
 * @param options of the float network; `batchSize` images a batch
 * @param batches normalised images [batchSize, 3, S, S], at least one batch
 * @throws Error where a value isn't finite or there is no batch
 */
export async function calibrate(
  runtime: Runtime,
  options: EvaluationGraphOptions,
  batches: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  open: OpenOptions = {},
): Promise<Calibration> {
  const { graph } = buildEvaluationGraph(options);
  const [images, ...inner] = valuesToObserve(planQuantisation(graph));
  const collectors = new Map([images, ...inner].map(({ name, shape }) => [name, new StatisticsCollector(shape[1])]));
  const logits = graph.outputs.get('logits')!;
  graph.outputs.clear();
  graph.output('logits', logits);
  for (const value of inner) graph.output(value.name, value);
  const session = await runtime.open(toOnnx(graph), open);
  let count = 0;
  try {
    const { batchSize, imageSize } = options;
    const shape = [batchSize, 3, imageSize, imageSize];
    for await (const batch of batches) {
      const found = await session.run({ [images.name]: { data: batch, shape } });
      collectors.get(images.name)!.add(batch, batchSize);
      for (const { name } of inner) collectors.get(name)!.add(found[name].data as Float32Array, batchSize);
      count += 1;
    }
  } finally {
    await session.close();
  }
  if (count === 0) throw new Error('calibration without images');
  return new Map([...collectors].map(([name, collector]) => [name, collector.statistics]));
}
