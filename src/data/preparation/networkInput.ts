import { requireInteger, requireLength } from '../../checks.js';
import type { Normalisation, Preprocessing } from './preprocessing.js';

/** Where red, green and blue stand among the channels of a network's input. */
export const channelPlaces = ({
  channelOrder,
}: Pick<Preprocessing, 'channelOrder'>): readonly [number, number, number] =>
  channelOrder === 'bgr' ? [2, 1, 0] : [0, 1, 2];

/** Mean and standard deviation in the order of the channels of the network's input. */
export function inputStatistics({ mean, std, channelOrder }: Omit<Normalisation, 'imageSize'>): {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
} {
  const [r, g, b] = channelPlaces({ channelOrder });
  return { mean: [mean[r], mean[g], mean[b]], std: [std[r], std[g], std[b]] };
}

/** Shape of a network's input for a batch of `count`, in the network's layout: [N, 3, S, S] or [N, S, S, 3]. */
export function inputShape<N extends number | string>(
  { imageSize, layout }: Pick<Preprocessing, 'imageSize' | 'layout'>,
  count: N,
): [N, number, number, number] {
  return layout === 'nhwc' ? [count, imageSize, imageSize, 3] : [count, 3, imageSize, imageSize];
}

/**
 * A batch as a network's file takes it: everything before works on [N, 3, S, S], and this is the last step.
 * @param images [count, 3, S, S] @returns with its shape; the same numbers where the layout is `nchw`
 * @throws LesionlabError kind `usage` where there are other numbers of values than the size says
 */
export function networkInput(
  images: Float32Array,
  preprocessing: Pick<Preprocessing, 'imageSize' | 'layout'>,
  count: number,
): { readonly data: Float32Array; readonly shape: readonly number[] } {
  const { imageSize, layout } = preprocessing;
  requireInteger('imageSize', imageSize, { min: 1 });
  requireInteger('count', count, { min: 1 });
  const plane = imageSize ** 2;
  requireLength('images', images, count * 3 * plane, `${count} images of [3, ${imageSize}, ${imageSize}]`);
  const shape = inputShape(preprocessing, count);
  if (layout !== 'nhwc') return { data: images, shape };
  const data = new Float32Array(images.length);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      const from = (n * 3 + c) * plane;
      for (let i = 0, to = n * 3 * plane + c; i < plane; i++, to += 3) data[to] = images[from + i];
    }
  return { data, shape };
}
