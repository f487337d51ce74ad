import { requireInteger, requireLabels, requireLength, requireShares, requireSome } from '../checks.js';
import type { BatchClassifier } from '../evaluation/answers/classifyImages.js';
import { enlargeField } from '../image/enlargeField.js';
import { Random } from '../random.js';
import { type Baseline, baselineImage, type Normalisation } from './baseline.js';
import type { ExplainingProgress } from './explainers/explainer.js';
import type { ClassActivationMap, HeatMap } from './heatmap.js';

/** What decides the order of places: the heat map, a random map as fine as it, or rings around the middle of the image. */
export type PlaceOrder = 'map' | 'random' | 'rings';
/** The map, and what it must be better than. */
export const placeOrders: readonly PlaceOrder[] = ['map', 'random', 'rings'];

/** Probabilities of the explained class while an image loses its places, and while it gets them back: [steps + 1], from no place to all. */
export interface FaithfulnessCurves {
  /** While the hottest places are taken away first; the lower, the more they mattered. */
  readonly deletion: readonly number[];
  /** While the hottest places are given first, on an image without evidence; the higher, the more they suffice. */
  readonly insertion: readonly number[];
}

/** The curves of one image, by what decided the order of its places. */
export type ImageFaithfulness = Readonly<Record<PlaceOrder, FaithfulnessCurves>>;

/** How places are taken away. */
export interface FaithfulnessOptions {
  /** Side of the images, pixels. */
  readonly imageSize: number;
  /** Parts in which places are taken away. Default 10. */
  readonly steps?: number;
  /** What takes the places' place in deletion. Default `mean`. */
  readonly deletedTo?: Baseline;
  /** What insertion begins with. Default `blurred`. */
  readonly insertedInto?: Baseline;
  /** Needed for the baselines `black` and `grey`. */
  readonly normalisation?: Normalisation;
  /** Of the random maps. Default 0. */
  readonly seed?: number;
}

/**
 * Deletion and insertion (Petsiuk et al. 2018): takes the places of an image away, and gives them back, in the order of its heat map, in that of a random map
 * and from the middle outwards, and follows the probability of the explained class. Lesions stand in the middle of pictures, so that a map must be better
 * than rings to say more than that.
 * @param images [N, 3, S, S], normalised, any N @param classIndices [N], classes that the maps speak for @param maps [N]
 * @returns curves of each image; null where its map is empty and puts places in no order
 * @throws LesionlabError kind `usage` where lengths or classes don't fit
 */
export async function measureFaithfulness(
  classifier: BatchClassifier,
  images: Float32Array,
  classIndices: ArrayLike<number>,
  maps: readonly ClassActivationMap[],
  options: FaithfulnessOptions,
  onProgress?: ExplainingProgress,
): Promise<(ImageFaithfulness | null)[]> {
  const { imageSize, steps = 10, deletedTo = 'mean', insertedInto = 'blurred', normalisation, seed = 0 } = options;
  const pixels = 3 * imageSize ** 2;
  const count = classIndices.length;
  requireInteger('steps', steps, { min: 1 });
  requireLength('images', images, count * pixels, `${count} images of [3, ${imageSize}, ${imageSize}]`);
  requireLabels('classIndices', classIndices, classifier.classCount);
  requireLength('maps', maps, count, 'one an image');
  const found: (ImageFaithfulness | null)[] = [];
  for (let i = 0; i < count; i++) {
    if (maps[i].empty) found.push(null);
    else {
      const image = images.subarray(i * pixels, (i + 1) * pixels);
      const asked = (baseline: Baseline) => baselineImage(image, imageSize, { baseline, normalisation });
      const orders = orderPlaces(maps[i], imageSize, new Random(seed, 'random-map', i));
      const curves = await followPlaces(classifier, classIndices[i], {
        orders,
        steps,
        ways: { deletion: [image, asked(deletedTo)], insertion: [asked(insertedInto), image] },
      });
      found.push(curves);
    }
    await onProgress?.(i + 1);
  }
  return found;
}

interface Ways {
  /** Places, the first to change first. */
  readonly orders: Readonly<Record<PlaceOrder, Int32Array>>;
  readonly steps: number;
  /** The image that is begun with, and what it turns into. */
  readonly ways: Readonly<Record<keyof FaithfulnessCurves, readonly [from: Float32Array, to: Float32Array]>>;
}

async function followPlaces(
  { classify, batchSize, classCount }: BatchClassifier,
  classIndex: number,
  { orders, steps, ways }: Ways,
): Promise<ImageFaithfulness> {
  const wayNames = ['deletion', 'insertion'] as const;
  const variants = placeOrders.flatMap((order) =>
    wayNames.flatMap((way) => Array.from({ length: steps + 1 }, (_, step) => ({ order, way, step }))),
  );
  const pixels = ways.deletion[0].length;
  const scores: number[] = [];
  for (let first = 0; first < variants.length; first += batchSize) {
    const here = variants.slice(first, first + batchSize);
    const feed = new Float32Array(batchSize * pixels);
    for (const [row, { order, way, step }] of here.entries()) {
      const [from, to] = ways[way];
      const target = feed.subarray(row * pixels, (row + 1) * pixels);
      target.set(from);
      const places = orders[order];
      const changed = Math.round((step / steps) * places.length);
      for (let p = 0; p < changed; p++) for (let at = places[p]; at < pixels; at += places.length) target[at] = to[at];
    }
    const { probabilities } = await classify(feed);
    for (const row of here.keys()) scores.push(probabilities[row * classCount + classIndex]);
  }
  const curveOf = (order: PlaceOrder, way: keyof FaithfulnessCurves) =>
    scores.filter((_, v) => variants[v].order === order && variants[v].way === way);
  const curves = (order: PlaceOrder): FaithfulnessCurves => ({
    deletion: curveOf(order, 'deletion'),
    insertion: curveOf(order, 'insertion'),
  });
  return { map: curves('map'), random: curves('random'), rings: curves('rings') };
}

/** Places of the image, the hottest first. Where the map has none or equal heat, the random map decides: any rule would favour some part of the image. */
function orderPlaces(map: HeatMap, imageSize: number, random: Random): Record<PlaceOrder, Int32Array> {
  const enlarge = ({ values, width, height }: HeatMap) => enlargeField(values, width, height, imageSize, imageSize);
  const [width, height] = [Math.max(2, map.width), Math.max(2, map.height)];
  // As fine as the map: taking away single pixels here and there harms a network in another way than taking away areas.
  const noise = enlarge({ width, height, values: Float32Array.from({ length: width * height }, () => random.next()) });
  const middle = (imageSize - 1) / 2;
  const rings = Float32Array.from(
    noise,
    (_, p) => -Math.hypot((p % imageSize) - middle, Math.floor(p / imageSize) - middle),
  );
  const order = (heat: Float32Array) =>
    Int32Array.from(heat.keys()).sort((a, b) => heat[b] - heat[a] || noise[b] - noise[a]);
  return { map: order(enlarge(map)), random: order(noise), rings: order(rings) };
}

/**
 * Curves of an ensemble: the weighted mean of its members', as its answer is.
 * @param members one list for each network, with the same images in the same order; null where the map is empty
 * @param weights one a network, which sum to 1
 * @throws LesionlabError kind `usage` where the weights don't, or the networks have different numbers of images
 */
export function averageFaithfulness(
  members: readonly (readonly (ImageFaithfulness | null)[])[],
  weights: readonly number[],
): (ImageFaithfulness | null)[] {
  requireSome('members', members, 'network');
  requireShares('weights', weights, members.length);
  for (const images of members) requireLength('members', images, members[0].length, 'the same images of each network');
  return members[0].map((_, i) => {
    const own = members.map((images) => images[i]);
    const first = own[0];
    if (!first || own.includes(null)) return null;
    const mean = (read: (curves: ImageFaithfulness) => readonly number[]) =>
      read(first).map((_, step) => own.reduce((sum, curves, m) => sum + weights[m] * read(curves!)[step], 0));
    const curves = (order: PlaceOrder): FaithfulnessCurves => ({
      deletion: mean((image) => image[order].deletion),
      insertion: mean((image) => image[order].insertion),
    });
    return { map: curves('map'), random: curves('random'), rings: curves('rings') };
  });
}
