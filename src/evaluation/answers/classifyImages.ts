import { type TestTimeAugmentation, takeLook, viewSets } from '../../data/augmentation/views.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { requireFiniteAnswers } from '../../runtime/finiteAnswers.js';

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
 * Probabilities for one full batch: the mean over the looks of `viewSets`. With `flips`, over the image as it is, mirrored left-right, mirrored up-down,
 * and both; with `flips-and-turns`, over these and their mirror images along the diagonal, all eight ways in which a square
 * fits onto itself: a lesion has no right way up. With `scales` and `crops`, over the image and enlarged parts of it.
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
  const views = viewSets[augmentation];
  const sums = new Float64Array(classifier.batchSize * classifier.classCount);
  for (const view of views) {
    const { probabilities } = await classifier.classify(takeLook(images, imageSize, view));
    requireFiniteAnswers(probabilities, classifier.source);
    if (views.length === 1) return probabilities;
    for (let i = 0; i < sums.length; i++) sums[i] += probabilities[i];
  }
  return Float32Array.from(sums, (sum) => sum / views.length);
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
