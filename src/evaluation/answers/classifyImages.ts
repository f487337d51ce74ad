import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { requireFiniteAnswers } from '../../runtime/finiteAnswers.js';
import type { Recipe } from '../../training/recipe/config.js';

/** How many views of an image are averaged: it alone, it and its mirror images, or these turned by 90 degrees, too. */
export type TestTimeAugmentation = Recipe['evaluation']['testTimeAugmentation'];

/** What classifying needs of a model (`models/evaluationGraph.ts` opens one). */
export interface BatchClassifier {
  readonly batchSize: number;
  readonly classCount: number;
  /** The file that the network was read from, for messages. */
  readonly source?: string;
  /** @param images [batchSize, 3, S, S], normalised @param metadata [batchSize, width], encoded, where it takes any @returns softmax probabilities [batchSize * K] */
  classify(images: Float32Array, metadata?: Float32Array): Promise<{ readonly probabilities: Float32Array }>;
}

/**
 * Probabilities for one full batch. With `flips`, the mean over the image as it is, mirrored left-right, mirrored up-down,
 * and both; with `flips-and-turns`, over these and their mirror images along the diagonal, all eight ways in which a square
 * fits onto itself. A lesion has no right way up.
 * @param images [batchSize, 3, S, S], normalised; left as they are
 * @returns [batchSize * K], each row sums to 1
 * @throws LesionlabError kind `run` where the network answers with NaN
 */
export async function classifyImages(
  classifier: BatchClassifier,
  images: Float32Array,
  { imageSize }: Pick<Preprocessing, 'imageSize'>,
  augmentation: TestTimeAugmentation,
): Promise<Float32Array> {
  const classify = async (view: Float32Array) => {
    const { probabilities } = await classifier.classify(view);
    requireFiniteAnswers(probabilities, classifier.source);
    return probabilities;
  };
  if (augmentation === 'none') return classify(images);
  const sums = new Float64Array(classifier.batchSize * classifier.classCount);
  const add = async (view: Float32Array) => {
    const probabilities = await classify(view);
    for (let i = 0; i < sums.length; i++) sums[i] += probabilities[i];
  };
  const addFlips = async (upright: Float32Array) => {
    await add(upright);
    const flipped = upright.slice();
    flipColumns(flipped, imageSize);
    await add(flipped);
    flipRows(flipped, imageSize);
    await add(flipped);
    flipColumns(flipped, imageSize);
    await add(flipped);
  };
  await addFlips(images);
  if (augmentation === 'flips-and-turns') await addFlips(transpose(images, imageSize));
  const views = augmentation === 'flips-and-turns' ? 8 : 4;
  return Float32Array.from(sums, (sum) => sum / views);
}

/** A classifier that may also tell how far images are from those it was trained on. */
export interface ScoringClassifier extends BatchClassifier {
  classify(
    images: Float32Array,
    metadata?: Float32Array,
  ): Promise<{ readonly probabilities: Float32Array; readonly outOfDistribution?: Float32Array }>;
}

/**
 * `classifyImages` with the out-of-distribution scores [batchSize] of the images as they are, the first of the views that are
 * averaged; undefined where the classifier gives none.
 */
export async function classifyAndScore(
  classifier: ScoringClassifier,
  images: Float32Array,
  preprocessing: Pick<Preprocessing, 'imageSize'>,
  augmentation: TestTimeAugmentation,
): Promise<{ readonly probabilities: Float32Array; readonly scores: Float32Array | undefined }> {
  let scores: Float32Array | undefined;
  const recording = {
    ...classifier,
    async classify(views: Float32Array, metadata?: Float32Array) {
      const outputs = await classifier.classify(views, metadata);
      scores ??= outputs.outOfDistribution?.slice();
      if (scores) requireFiniteAnswers(scores, classifier.source);
      return outputs;
    },
  };
  const probabilities = await classifyImages(recording, images, preprocessing, augmentation);
  return { probabilities, scores };
}

/** Planes of `size` x `size` with rows and columns changed over. */
function transpose(planes: Float32Array, size: number): Float32Array {
  const result = new Float32Array(planes.length);
  for (let start = 0; start < planes.length; start += size * size) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) result[start + x * size + y] = planes[start + y * size + x];
    }
  }
  return result;
}

/** Mirrors planes of `size` x `size` left-right, in place. */
function flipColumns(planes: Float32Array, size: number): void {
  for (let start = 0; start < planes.length; start += size) planes.subarray(start, start + size).reverse();
}

/** Mirrors planes of `size` x `size` up-down, in place. */
function flipRows(planes: Float32Array, size: number): void {
  const plane = size * size;
  for (let start = 0; start < planes.length; start += plane) {
    planes.subarray(start, start + plane).reverse();
    // Reversing a whole plane turns it by 180 degrees; mirroring its rows again leaves the up-down flip.
    flipColumns(planes.subarray(start, start + plane), size);
  }
}
