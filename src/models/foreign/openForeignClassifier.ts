import { requireLength } from '../../checks.js';
import { LesionlabError, runError } from '../../errors.js';
import type { OpenOptions, Runtime } from '../../runtime/index.js';
import type { Classifier } from '../evaluationGraph.js';
import { findClassifier } from './findClassifier.js';
import { openFileTensor } from './openFileTensor.js';
import type { ForeignClassifier } from './readForeign.js';

/** How much of a sum of probabilities rounding may take. */
const tolerance = 1e-3;

export interface ForeignClassifierOptions {
  /** Side of the images, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** For messages. */
  readonly source: string;
}

/**
 * Opens a file's network as it is, with its own classes, on the runtime alone: that takes every file that the runtime runs, whatever lesionlab
 * can differentiate. Whether it gives probabilities or scores before softmax is read from its last layers, else seen from its numbers.
 * @param foreign as `readForeign` gives it @param bytes the file, whole
 * @throws LesionlabError kind `run` where the runtime can't open it, or it gives something else than classes
 */
export async function openForeignClassifier(
  runtime: Runtime,
  { network, input, output }: Pick<ForeignClassifier, 'network' | 'input' | 'output'>,
  bytes: Uint8Array,
  { imageSize, batchSize, source }: ForeignClassifierOptions,
  open: OpenOptions = {},
): Promise<Classifier> {
  refuseSigmoid(network, output, source);
  const file = await openFileTensor(
    runtime,
    { network, bytes, input, tensor: output, imageSize, batchSize, source },
    open,
  );
  const pixels = 3 * imageSize ** 2;
  try {
    // Images that differ say how many classes there are, and what kind of numbers they get: not by chance is every row of shares of 1.
    const tried = await file.compute(
      Float32Array.from({ length: batchSize * pixels }, (_, i) => Math.sin(0.37 * i) * (1 + (i % 7))),
    );
    const classCount = tried.length / batchSize;
    if (!Number.isInteger(classCount) || classCount < 2)
      throw runError(
        'no-classes',
        `${source} gives ${tried.length} numbers for ${batchSize} images in "${output}"; expected one for each of at least two classes.`,
        {
          hint: 'Name the output with the classes, or give a classifier of whole images.',
        },
      );
    const gives = softmaxAtEnd(network, output) ?? areProbabilities(tried, classCount);
    return {
      batchSize,
      classCount,
      source,
      async classify(images) {
        requireLength('images', images, batchSize * pixels, `${batchSize} images of [3, ${imageSize}, ${imageSize}]`);
        const numbers = await file.compute(images);
        return gives
          ? { probabilities: numbers, logits: numbers.map((value) => Math.log(Math.max(value, 1e-37))) }
          : { probabilities: softmaxRows(numbers, classCount), logits: numbers };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @throws LesionlabError kind `run` where every class is decided for itself: several may be true then, and probabilities don't sum to 1 */
function refuseSigmoid({ nodes }: ForeignClassifier['network'], output: string, source: string): void {
  let last = nodes.find(({ outputs }) => outputs.includes(output));
  while (last && ['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Cast'].includes(last.operator)) {
    const [from] = last.inputs;
    last = nodes.find(({ outputs }) => outputs.includes(from));
  }
  if (last?.operator !== 'Sigmoid') return;
  throw runError(
    'several-labels',
    `${source} decides about every class by itself (its output "${output}" is a sigmoid's); expected classes of which one is true.`,
    {
      hint: {
        terminal: 'A new head can be trained on what it sees: name the tensor that describes an image with --cut.',
        page: 'A new head can be trained on what it sees: name the tensor that describes an image.',
      },
    },
  );
}

/** Whether the file makes probabilities; undefined where its last layers don't tell. */
function softmaxAtEnd(network: ForeignClassifier['network'], output: string): boolean | undefined {
  try {
    const graph = { name: network.name, nodes: network.nodes, initializers: network.initializerNames };
    return findClassifier(graph, output).softmax;
  } catch (error) {
    if (error instanceof LesionlabError) return undefined;
    throw error;
  }
}

/** Whether every row holds shares of 1. */
function areProbabilities(numbers: Float32Array, classCount: number): boolean {
  for (let row = 0; row < numbers.length; row += classCount) {
    const own = numbers.subarray(row, row + classCount);
    if (own.some((value) => value < 0) || Math.abs(own.reduce((sum, value) => sum + value, 0) - 1) > tolerance)
      return false;
  }
  return true;
}

function softmaxRows(logits: Float32Array, classCount: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += classCount) {
    const own = logits.subarray(row, row + classCount);
    const highest = own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const shares = own.map((value) => Math.exp(value - highest));
    const total = shares.reduce((sum, value) => sum + value, 0);
    probabilities.set(
      shares.map((value) => value / total),
      row,
    );
  }
  return probabilities;
}
