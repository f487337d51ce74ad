import { Random } from '../../random.js';
import type { SampledSplit, Sampler } from './sampler.js';

/** One image a lesion. */
export const lesionFirst: Sampler = {
  title: 'One image a lesion',
  description:
    'One image of each lesion an epoch, another one each time, so that a lesion that was photographed often counts no more than others. Epochs are shorter.',
  epochSize: (split) => imagesByLesion(split).length,
  drawEpoch(split, seed, epoch) {
    const rows = imagesByLesion(split).map((images, lesion) => {
      const place = epoch % images.length;
      if (images.length === 1) return images[0];
      const round = (epoch - place) / images.length;
      return new Random(seed, 'lesion-order', lesion, round).shuffle([...images])[place];
    });
    return new Random(seed, 'order', epoch).shuffle(Int32Array.from(rows));
  },
};

/** Positions of the images of each lesion, in the order in which lesions first occur. */
function imagesByLesion({ labels, lesions }: SampledSplit): number[][] {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const lesion = lesions?.[i] ?? i;
    const images = groups.get(lesion);
    if (images) images.push(i);
    else groups.set(lesion, [i]);
  }
  return [...groups.values()];
}
