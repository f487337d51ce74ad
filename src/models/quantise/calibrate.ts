import { toOnnx } from '../../graph/index.js';
import type { OpenOptions, Runtime } from '../../runtime/index.js';
import { buildEvaluationGraph, type EvaluationGraphOptions } from '../evaluationGraph.js';
import { ActivationHistogram } from './activationHistogram.js';
import { chooseRange, type RangeRule } from './activationRange.js';
import { planQuantisation, valuesToObserve } from './planQuantisation.js';
import type { ActivationRanges } from './quantiseGraph.js';

/**
 * Finds the ranges of a network's activations: runs it in floats on images and looks at every value that `quantiseGraph` wants to know.
 * @param options of the float network; `batchSize` images a batch
 * @param batches normalised images [batchSize, 3, S, S], at least one batch
 * @throws Error where an activation isn't finite or there is no batch
 */
export async function calibrate(
  runtime: Runtime,
  options: EvaluationGraphOptions,
  batches: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  open: OpenOptions = {},
  rule: RangeRule = 'minmax',
): Promise<ActivationRanges> {
  const { graph } = buildEvaluationGraph(options);
  const [images, ...inner] = valuesToObserve(planQuantisation(graph));
  const histograms = new Map([images, ...inner].map(({ name }) => [name, new ActivationHistogram()]));
  const look = (name: string, values: Float32Array) => {
    if (histograms.get(name)!.add(values) > 0) throw new Error(`${name} has values that aren't finite`);
  };
  const { logits } = Object.fromEntries(graph.outputs);
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
      look(images.name, batch);
      for (const { name } of inner) look(name, found[name].data as Float32Array);
      count += 1;
    }
  } finally {
    await session.close();
  }
  if (count === 0) throw new Error('calibration without images');
  return new Map([...histograms].map(([name, histogram]) => [name, chooseRange(histogram, rule)]));
}
