import { z } from 'zod';
import { cropMap, type Part } from '../../../image/homography.js';
import type { Random } from '../../../random.js';
import { transform } from './transform.js';

const share = z.number().positive().max(1);

export const crop = transform({
  name: 'crop',
  title: 'Random crop, enlarged',
  about:
    'A part of the picture, of any size and place and a little wider or higher, fills it: lesions are seen near and far, whole and in part. ' +
    'Objects look larger by it than they are in prediction, so that it goes well with a smaller trainingImageSize.',
  source: "torchvision's RandomResizedCrop; Szegedy et al. 2015, arXiv 1409.4842",
  settings: {
    crop: z
      .tuple([share, share])
      .default([1, 1])
      .describe(
        'Smallest and largest share of the area that is cut out at random and fills the picture; [1, 1]: the whole picture.',
      ),
    cropRatio: z
      .tuple([z.number().positive(), z.number().positive()])
      .default([0.75, 1.3333])
      .describe('Smallest and largest width by height of what is cut out at random.'),
  },
  ranges: ['crop', 'cropRatio'],
  words: ({ crop: [smallest] }) =>
    smallest < 1 ? [`cut out at random (${Math.round(100 * smallest)}% of the area or more)`] : [],
  draw({ crop: scale, cropRatio }, { size }, random): Part | null {
    return scale[0] < 1 ? drawPart(size, scale, cropRatio, random) : null;
  },
  map: cropMap,
});

/** RandomResizedCrop's draw: ten tries, then the middle. */
function drawPart(
  size: number,
  [smallest, largest]: readonly [number, number],
  [low, high]: readonly [number, number],
  random: Random,
): Part {
  for (let i = 0; i < 10; i++) {
    const area = size * size * random.uniform(smallest, largest);
    const ratio = Math.exp(random.uniform(Math.log(low), Math.log(high)));
    const [width, height] = [Math.round(Math.sqrt(area * ratio)), Math.round(Math.sqrt(area / ratio))];
    if (width < 1 || height < 1 || width > size || height > size) continue;
    return { top: random.integer(size - height + 1), left: random.integer(size - width + 1), width, height };
  }
  const width = low > 1 ? size : high < 1 ? Math.round(size * high) : size;
  const height = low > 1 ? Math.round(size / low) : size;
  return { left: (size - width) >> 1, top: (size - height) >> 1, width, height };
}
