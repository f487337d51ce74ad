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
  classify(images: Float32Array, metadata?: Float32Array): Promise<LookAnswers>;
}

/** What a classifier says of one look at each image of a batch. */
export interface LookAnswers {
  /** [batchSize * K], softmax. */
  readonly probabilities: Float32Array;
  /** [batchSize], how far images are from those that it was trained on, where it tells that. */
  readonly outOfDistribution?: Float32Array;
  /** [batchSize * D], what its head takes, where it tells that. */
  readonly features?: Float32Array;
}

/**
 * Probabilities for one full batch: the mean over the looks of `viewSets`. With `flips`, over the image as it is, mirrored left-right, mirrored up-down,
 * and both; with `flips-and-turns`, over these and their mirror images along the diagonal, all eight ways in which a square
 * fits onto itself: a lesion has no right way up. With `scales` and `crops`, over the image and enlarged parts of it.
 * @param images [batchSize, 3, S, S], normalised; left as they are @param onLook hears what is said of each look
 * @returns [batchSize * K], each row sums to 1
 * @throws LesionlabError kind `run` where the network answers with NaN
 */
export async function classifyImages(
  classifier: BatchClassifier,
  images: Float32Array,
  { imageSize }: Pick<Preprocessing, 'imageSize'>,
  augmentation: TestTimeAugmentation,
  onLook?: LookListener,
): Promise<Float32Array> {
  const views = viewSets[augmentation];
  const sums = new Float64Array(classifier.batchSize * classifier.classCount);
  for (const [look, view] of views.entries()) {
    const answers = await classifier.classify(takeLook(images, imageSize, view));
    const { probabilities } = answers;
    requireFiniteAnswers(probabilities, classifier.source);
    await onLook?.(answers, look, views.length);
    if (views.length === 1) return probabilities;
    for (let i = 0; i < sums.length; i++) sums[i] += probabilities[i];
  }
  return Float32Array.from(sums, (sum) => sum / views.length);
}

/** Hears what a classifier says of each look; the first is at the images as they are. @param looks how many there are */
export type LookListener = (answers: LookAnswers, look: number, looks: number) => void | Promise<void>;

/** `classifyImages` with the out-of-distribution scores [batchSize] of the images as they are; undefined where the classifier gives none. */
export async function classifyAndScore(
  classifier: BatchClassifier,
  images: Float32Array,
  preprocessing: Pick<Preprocessing, 'imageSize'>,
  augmentation: TestTimeAugmentation,
): Promise<{ readonly probabilities: Float32Array; readonly scores: Float32Array | undefined }> {
  let scores: Float32Array | undefined;
  const probabilities = await classifyImages(classifier, images, preprocessing, augmentation, (answers, look) => {
    if (look === 0) scores = answers.outOfDistribution?.slice();
    if (scores) requireFiniteAnswers(scores, classifier.source);
  });
  return { probabilities, scores };
}
