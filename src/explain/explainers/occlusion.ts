import { requireInteger, requireLabels, requireLength } from '../../checks.js';
import type { BatchClassifier } from '../../evaluation/answers/classifyImages.js';
import { openClassifier } from '../../models/index.js';
import { type BaselineOptions, baselineImage } from '../baseline.js';
import { type ClassActivationMap, scaleHeatMap } from '../heatmap.js';
import type { Explainer, ExplainerOptions, ExplainingProgress } from './explainer.js';

/** Occlusion: how much less probable the class is with a patch over the place. */
export const occlusion: Explainer = {
  id: 'occlusion',
  title: 'Occlusion',
  summary: 'covers one part after the other',
  source: 'Zeiler and Fergus 2014, doi 10.1007/978-3-319-10590-1_53',
  looksAt: 'input',
  needsGradients: false,
  grainy: false,
  async open(runtime, options, open) {
    const { model, weights, classCount, imageSize, batchSize = 8 } = options;
    requireInteger('batchSize', batchSize, { min: 1 });
    findPatches(options);
    const classifier = await openClassifier(runtime, { model, weights, classCount, imageSize, batchSize }, open);
    return {
      method: 'occlusion',
      layer: 'input',
      explain: (images, classIndices, onProgress) =>
        occludeImages(classifier, images, classIndices, options, onProgress),
      close: () => classifier.close(),
    };
  },
};

/** The images' side, and the patch that is slid over them. */
export interface OcclusionOptions extends BaselineOptions, Pick<ExplainerOptions, 'imageSize' | 'cells' | 'patch'> {}

/**
 * Covers images with a patch, place by place, and maps how much less probable the class becomes (Zeiler and Fergus 2014): each cell has the mean
 * over the patches that cover it. Needs predictions alone, `(cells - patch + 1)²` of them an image and one more.
 * @param images [N, 3, S, S], normalised, any N @param classIndices [N], the class to explain for each image
 * @returns one map an image, [cells, cells]; `peak` is the largest mean fall in probability
 * @throws LesionlabError kind `usage` where lengths, classes or the patch don't fit; kind `run` where a probability isn't finite
 */
export async function occludeImages(
  classifier: BatchClassifier,
  images: Float32Array,
  classIndices: ArrayLike<number>,
  options: OcclusionOptions,
  onProgress?: ExplainingProgress,
): Promise<ClassActivationMap[]> {
  const { batchSize, classCount } = classifier;
  const { imageSize } = options;
  const { cells, patch, corners } = findPatches(options);
  const pixels = 3 * imageSize ** 2;
  const count = classIndices.length;
  requireLength('images', images, count * pixels, `${count} images of [3, ${imageSize}, ${imageSize}]`);
  requireLabels('classIndices', classIndices, classCount);
  const border = (cell: number) => Math.round((cell * imageSize) / cells);
  const variants = corners.length + 1; // The last is the image as it is.
  const scores = new Float64Array(count * variants);
  let covers: Float32Array | undefined;
  for (let first = 0; first < scores.length; first += batchSize) {
    const here = Math.min(batchSize, scores.length - first);
    const feed = new Float32Array(batchSize * pixels);
    for (let row = 0; row < here; row++) {
      const i = Math.floor((first + row) / variants);
      const corner = corners[(first + row) % variants];
      const image = images.subarray(i * pixels, (i + 1) * pixels);
      const target = feed.subarray(row * pixels, (row + 1) * pixels);
      target.set(image);
      if ((first + row) % variants === 0 || !covers) covers = baselineImage(image, imageSize, options);
      if (!corner) continue;
      const [left, right] = [border(corner.x), border(corner.x + patch)];
      for (let c = 0; c < 3; c++)
        for (let y = border(corner.y); y < border(corner.y + patch); y++) {
          const line = (c * imageSize + y) * imageSize;
          target.set(covers.subarray(line + left, line + right), line + left);
        }
    }
    // What fills up the batch is an image, too: a network need not have an answer for one that is empty.
    for (let row = here; row < batchSize; row++) feed.copyWithin(row * pixels, 0, pixels);
    const { probabilities } = await classifier.classify(feed);
    for (let row = 0; row < here; row++) {
      const i = Math.floor((first + row) / variants);
      scores[first + row] = probabilities[row * classCount + classIndices[i]];
    }
    await onProgress?.((first + here) / variants);
  }
  return Array.from({ length: count }, (_, i) => {
    const own = scores.subarray(i * variants, (i + 1) * variants);
    const falls = new Float64Array(cells * cells);
    const covered = new Float64Array(cells * cells);
    for (const [k, { x, y }] of corners.entries())
      for (let at = 0; at < patch * patch; at++) {
        const cell = (y + Math.floor(at / patch)) * cells + x + (at % patch);
        falls[cell] += own[corners.length] - own[k];
        covered[cell]++;
      }
    const means = falls.map((fall, cell) => fall / covered[cell]);
    return scaleHeatMap(means, cells, cells, 'occlusion');
  });
}

/** Where the patch is laid: its upper left corner, in cells. */
function findPatches({ imageSize, cells = Math.min(16, imageSize), patch = Math.min(3, cells) }: OcclusionOptions) {
  requireInteger('imageSize', imageSize, { min: 1 });
  requireInteger('cells', cells, { min: 1, max: imageSize });
  requireInteger('patch', patch, { min: 1, max: cells });
  const steps = cells - patch + 1;
  const corners = Array.from({ length: steps * steps }, (_, k) => ({ x: k % steps, y: Math.floor(k / steps) }));
  return { cells, patch, corners };
}
