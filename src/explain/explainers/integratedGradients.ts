import { requireInteger, requireLabels, requireLength } from '../../checks.js';
import { Graph, gradients, toOnnx } from '../../graph/index.js';
import { requireGradients } from '../../models/foreign/frozenModel.js';
import { Network } from '../../nn/index.js';
import { baselineImage } from '../baseline.js';
import { scaleHeatMap } from '../heatmap.js';
import type { AttributionMap, Explainer, ExplainerOptions } from './explainer.js';

/** Integrated gradients: the gradient of the class's logit, summed on the way from a baseline to the image. */
export const integratedGradients: Explainer = {
  id: 'integrated-gradients',
  title: 'Integrated gradients',
  summary: 'credits each pixel with its share of the answer',
  source: 'Sundararajan et al. 2017, doi 10.48550/arXiv.1703.01365',
  looksAt: 'input',
  needsGradients: true,
  grainy: true,
  async open(runtime, options, open = {}) {
    const { classCount, imageSize, batchSize = 8, steps = 50 } = options;
    requireInteger('batchSize', batchSize, { min: 1 });
    requireInteger('steps', steps, { min: 1 });
    const session = await runtime.open(toOnnx(buildGraph({ ...options, batchSize }, open.device ?? 'cpu')), open);
    const pixels = 3 * imageSize ** 2;
    const points = [...gaussLegendre(steps), { at: 0, weight: 0 }, { at: 1, weight: 0 }];
    return {
      method: 'integrated-gradients',
      layer: 'input',
      async explain(images, classIndices, onProgress) {
        const count = classIndices.length;
        requireLength('images', images, count * pixels, `${count} images of [3, ${imageSize}, ${imageSize}]`);
        requireLabels('classIndices', classIndices, classCount);
        const sums: PathSum[] = [];
        for (let i = 0; i < count; i++) {
          const image = images.subarray(i * pixels, (i + 1) * pixels);
          sums.push({
            image,
            from: baselineImage(image, imageSize, options),
            sum: new Float64Array(pixels),
            scores: [],
          });
        }
        const all = count * points.length;
        // Points of several images share a batch, so that none runs half empty.
        for (let first = 0; first < all; first += batchSize) {
          const here = Math.min(batchSize, all - first);
          const feed = new Float32Array(batchSize * pixels);
          const seed = new Float32Array(batchSize * classCount);
          for (let row = 0; row < here; row++) {
            const i = Math.floor((first + row) / points.length);
            const { at } = points[(first + row) % points.length];
            const { image, from } = sums[i];
            for (let p = 0; p < pixels; p++) feed[row * pixels + p] = from[p] + at * (image[p] - from[p]);
            seed[row * classCount + classIndices[i]] = 1;
          }
          // What fills up the batch is an image, too: a network need not have an answer for one that is empty.
          for (let row = here; row < batchSize; row++) feed.copyWithin(row * pixels, 0, pixels);
          const outputs = await session.run({
            images: { data: feed, shape: [batchSize, 3, imageSize, imageSize] },
            classes: { data: seed, shape: [batchSize, classCount] },
          });
          const slopes = outputs.gradients.data as Float32Array;
          const logits = outputs.logits.data as Float32Array;
          for (let row = 0; row < here; row++) {
            const i = Math.floor((first + row) / points.length);
            const { weight } = points[(first + row) % points.length];
            const { sum, scores } = sums[i];
            if (weight === 0) scores.push(logits[row * classCount + classIndices[i]]);
            else for (let p = 0; p < pixels; p++) sum[p] += weight * slopes[row * pixels + p];
          }
          await onProgress?.((first + here) / points.length);
        }
        return sums.map((path) => toMap(path, imageSize));
      },
      close: () => session.close(),
    };
  },
};

/** The way from a baseline to an image. */
interface PathSum {
  readonly image: Float32Array;
  readonly from: Float32Array;
  /** [3, S, S], mean gradient on the way. */
  readonly sum: Float64Array;
  /** The class's logit at the baseline, then at the image. */
  readonly scores: number[];
}

function toMap({ image, from, sum, scores: [start, end] }: PathSum, imageSize: number): AttributionMap {
  const plane = imageSize ** 2;
  const credits = new Float64Array(plane);
  for (let p = 0; p < sum.length; p++) credits[p % plane] += sum[p] * (image[p] - from[p]);
  const attributed = credits.reduce((total, credit) => total + credit, 0);
  const map = scaleHeatMap(credits, imageSize, imageSize, 'integrated-gradients');
  return { ...map, completeness: { attributed, difference: end - start } };
}

/** Inputs `images` [N, 3, S, S] and `classes` [N, K], one-hot; outputs `logits` and the `gradients` of each image's own logit, [N, 3, S, S]. */
function buildGraph(
  { model, weights, classCount, imageSize, batchSize }: ExplainerOptions & { readonly batchSize: number },
  target: 'cpu' | 'webgpu',
): Graph {
  const graph = new Graph({ target });
  const images = graph.input('images', [batchSize, 3, imageSize, imageSize]);
  requireGradients(model, 'the image has no gradient');
  const logits = model.build(new Network(graph, { weights }), images, classCount);
  const [slopes] = gradients(graph, logits, [images], graph.input('classes', [batchSize, classCount]));
  graph.output('logits', logits);
  graph.output('gradients', slopes);
  return graph;
}

/** Points in (0, 1) and their weights, which sum to 1: polynomials up to degree 2 n - 1 are integrated exactly (Newton's steps to the roots of P_n). */
export function gaussLegendre(count: number): { readonly at: number; readonly weight: number }[] {
  return Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, value] = [1, x];
      for (let n = 2; n <= count; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      slope = (count * (before - x * value)) / (1 - x * x);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    return { at: (1 - x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}
