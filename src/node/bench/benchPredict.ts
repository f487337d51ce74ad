import { type Graph, toOnnx } from '../../graph/index.js';
import { type Classifier, classifierFromSession } from '../../models/evaluationGraph.js';
import { openForeignClassifier } from '../../models/foreign/openForeignClassifier.js';
import { buildEvaluationGraph, type EvaluationGraphOptions, initialWeights } from '../../models/index.js';
import { calibrate } from '../../models/quantise/calibrate.js';
import { quantiseGraph } from '../../models/quantise/quantiseGraph.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { Session } from '../../runtime/runtime.js';
import { isNetworkFile, openNetworkFile } from '../run/networkFile.js';
import { type BenchOptions, benchClassCount, benchModel, checkInt8, requireImageSize } from './benchOptions.js';
import { freshBatches } from './freshBatches.js';
import { type Measurement, measureSteps } from './measureSteps.js';

/** What predicts, and the session whose profile it is. */
interface Opened {
  readonly classifier: Classifier;
  readonly session: Session;
}

/**
 * Measures prediction: normalised images that were not there before to probabilities, in floats or in 8-bit integers (random weights,
 * calibrated on noise: the time doesn't depend on them). A file predicts as it is, with its own classes.
 * @throws LesionlabError kind `usage`, `run` (device, file) or `interrupted`
 */
export async function benchPredict(options: BenchOptions): Promise<Measurement> {
  const { imageSize, batchSize, seed, profilePrefix } = options;
  checkInt8('predict', options);
  const nextBatch = freshBatches({ batchSize, imageSize, classCount: benchClassCount, seed });
  const { classifier, session } = await (isNetworkFile(options.model)
    ? openFile(options)
    : openNamed(options, () => nextBatch().images));
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

/** `openClassifier` in two steps. @param draw images to calibrate on */
async function openNamed(options: BenchOptions, draw: () => Float32Array): Promise<Opened> {
  const { imageSize, batchSize, seed, threads, device, profilePrefix } = options;
  const model = await benchModel(options);
  const size = { classCount: benchClassCount, imageSize };
  const network = { model, weights: initialWeights({ model, ...size }, seed), ...size, batchSize, target: device };
  const graph = options.int8 ? await quantised(network, draw(), threads) : buildEvaluationGraph(network).graph;
  const session = await nodeRuntime.open(toOnnx(graph), { threads, device, profilePrefix });
  return { session, classifier: classifierFromSession(session, { batchSize, ...size }) };
}

/** As `lesionlab predict` opens a file: on the runtime alone. */
async function openFile({
  model: path,
  imageSize,
  batchSize,
  threads,
  device,
  profilePrefix,
}: BenchOptions): Promise<Opened> {
  const file = await openNetworkFile(path);
  requireImageSize(file.network.name, imageSize, file.input.side);
  let session: Session | undefined;
  const open: typeof nodeRuntime.open = async (bytes, options) => {
    session = await nodeRuntime.open(bytes, options);
    return session;
  };
  const size = { imageSize, batchSize, source: path };
  const runtime = { ...nodeRuntime, open };
  const classifier = await openForeignClassifier(runtime, file, file.bytes, size, { threads, device, profilePrefix });
  return { classifier, session: session! };
}

async function quantised(network: EvaluationGraphOptions, images: Float32Array, threads: number): Promise<Graph> {
  const ranges = await calibrate(nodeRuntime, network, [images], { threads });
  return quantiseGraph(buildEvaluationGraph(network).graph, ranges);
}
