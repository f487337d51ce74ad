import { type Graph, toOnnx } from '../../graph/index.js';
import { classifierFromSession } from '../../models/evaluationGraph.js';
import { buildEvaluationGraph, type EvaluationGraphOptions, initialWeights } from '../../models/index.js';
import { calibrate } from '../../models/quantise/calibrate.js';
import { quantiseGraph } from '../../models/quantise/quantiseGraph.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type BenchOptions, benchClassCount, benchModel, checkInt8 } from './benchOptions.js';
import { freshBatches } from './freshBatches.js';
import { type Measurement, measureSteps } from './measureSteps.js';

/**
 * Measures prediction: normalised images that were not there before to probabilities, in floats or in 8-bit integers (random weights,
 * calibrated on noise: the time doesn't depend on them).
 * @throws LesionlabError kind `usage`, `run` (device) or `interrupted`
 */
export async function benchPredict(options: BenchOptions): Promise<Measurement> {
  const { imageSize, batchSize, seed, threads, device, profilePrefix } = options;
  checkInt8('predict', options);
  const model = benchModel(options);
  const classCount = benchClassCount;
  const weights = initialWeights({ model, classCount, imageSize }, seed);
  // `openClassifier` in two steps, since the profile is the session's.
  const network = { model, weights, classCount, imageSize, batchSize, target: device };
  const nextBatch = freshBatches({ batchSize, imageSize, classCount, seed });
  const graph = options.int8
    ? await quantised(network, nextBatch().images, threads)
    : buildEvaluationGraph(network).graph;
  const session = await nodeRuntime.open(toOnnx(graph), { threads, device, profilePrefix });
  const classifier = classifierFromSession(session, { batchSize, imageSize, classCount });
  try {
    return await measureSteps(async () => {
      const { probabilities } = await classifier.classify(nextBatch().images);
      if (!(probabilities[0] >= 0)) throw new Error(`A probability came out as ${probabilities[0]}`);
    }, options);
  } finally {
    if (profilePrefix !== undefined) session.endProfile();
    await classifier.close();
  }
}

async function quantised(network: EvaluationGraphOptions, images: Float32Array, threads: number): Promise<Graph> {
  const ranges = await calibrate(nodeRuntime, network, [images], { threads });
  return quantiseGraph(buildEvaluationGraph(network).graph, ranges);
}
