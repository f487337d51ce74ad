import { normaliseImage } from '../../data/augmentation/batches.js';
import { encodeMetadata, type MetadataEncoding, type MetadataValues } from '../../data/preparation/metadataInput.js';
import { classifyAndScore } from '../../evaluation/answers/classifyImages.js';
import { averageProbabilities } from '../../evaluation/predictions/averagePredictions.js';
import { fitImage, fittingKey } from '../../image/fitImage.js';
import type { Raster } from '../../image/raster.js';
import type { OpenModel, OpenNetwork } from './openModel.js';

/** An image as each of a model's networks takes it: RGB bytes, in the networks' order. */
export type FittedImage = readonly Uint8Array[];

/** What a model says of a batch. */
export interface BatchAnswers {
  /** [batch, K]; rows beyond the images mean nothing. */
  readonly probabilities: Float32Array;
  /** [batch], of each image as it is; undefined where the model gives none. */
  readonly outOfDistribution: Float32Array | undefined;
}

/** Makes an image square as each network wants it; those that want the same share the bytes. */
export function fitForNetworks(image: Raster, networks: OpenModel['networks']): FittedImage {
  const known = new Map<string, Uint8Array>();
  return networks.map(({ preprocessing }) => {
    const key = fittingKey(preprocessing);
    const pixels = known.get(key) ?? fitImage(image, preprocessing).data;
    known.set(key, pixels);
    return pixels;
  });
}

/** All columns that a model's networks are told, one after the other's. */
export const columnsOf = ({
  networks,
}: {
  readonly networks: readonly Pick<OpenNetwork, 'metadata'>[];
}): MetadataEncoding => ({
  columns: networks.flatMap(({ metadata }) => metadata?.columns ?? []),
});

/** Asks all networks of a model about some images. @param images as many as the model was opened for, at most @param told what is known of each beside its pixels; default nothing */
export async function askNetworks(
  { networks }: Pick<OpenModel, 'networks'>,
  images: readonly FittedImage[],
  told: readonly MetadataValues[] = [],
): Promise<BatchAnswers> {
  const parts: Float32Array[] = [];
  let outOfDistribution: Float32Array | undefined;
  for (const [n, network] of networks.entries()) {
    const { probabilities, scores } = await askNetwork(
      network,
      images.map((image) => image[n]),
      told,
    );
    parts.push(probabilities);
    outOfDistribution ??= scores;
  }
  const weights = networks.map(({ weight }) => weight);
  return { probabilities: averageProbabilities(parts, weights), outOfDistribution };
}

async function askNetwork(
  { classifier, preprocessing, testTimeAugmentation, metadata }: OpenNetwork,
  images: readonly Uint8Array[],
  told: readonly MetadataValues[],
): Promise<{ probabilities: Float32Array; scores: Float32Array | undefined }> {
  const pixels = preprocessing.imageSize ** 2 * 3;
  const batch = new Float32Array(classifier.batchSize * pixels);
  images.forEach((image, i) => {
    normaliseImage(image, preprocessing, batch, i * pixels);
  });
  if (!metadata) return classifyAndScore(classifier, batch, preprocessing, testTimeAugmentation);
  const rows = Float32Array.from(
    Array.from({ length: classifier.batchSize }, (_, i) => [...encodeMetadata(metadata, told[i] ?? {})]).flat(),
  );
  const telling = { ...classifier, classify: (views: Float32Array) => classifier.classify(views, rows) };
  return classifyAndScore(telling, batch, preprocessing, testTimeAugmentation);
}
