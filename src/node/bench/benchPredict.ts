import { toOnnx } from '../../graph/index.js';
import { buildEvaluationGraph, classifierFromSession, initialWeights } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import { type BenchOptions, benchClassCount, benchModel } from './benchOptions.js';
import { freshBatches } from './freshBatches.js';
import { type Measurement, measureSteps } from './measureSteps.js';

/**
 * Measures prediction: normalised images that were not there before to probabilities.
 * @throws LesionlabError kind `usage`, `run` (device) or `interrupted`
 */
export async function benchPredict(options: BenchOptions): Promise<Measurement> {
  const { imageSize, batchSize, seed, threads, device, profilePrefix } = options;
  const model = benchModel(options);
  const classCount = benchClassCount;
  const weights = initialWeights({ model, classCount, imageSize }, seed);
  // `openClassifier` in two steps, since the profile is the session's.
  const { graph } = buildEvaluationGraph({ model, weights, classCount, imageSize, batchSize, target: device });
  const session = await nodeRuntime.open(toOnnx(graph), { threads, device, profilePrefix });
  const classifier = classifierFromSession(session, { batchSize, imageSize, classCount });
  try {
    const nextBatch = freshBatches({ batchSize, imageSize, classCount, seed });
    return await measureSteps(async () => {
      const { probabilities } = await classifier.classify(nextBatch().images);
      if (!(probabilities[0] >= 0)) throw new Error(`A probability came out as ${probabilities[0]}`);
    }, options);
  } finally {
    if (profilePrefix !== undefined) session.endProfile();
    await classifier.close();
  }
}
