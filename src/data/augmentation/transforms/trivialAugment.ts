import { probability } from './settingKinds.js';
import type { Drawn } from './transform.js';
import { transform } from './transform.js';
import { variations } from './variations.js';

/** Every way, with its transform; the first does nothing. */
const ways = [
  null,
  ...variations.flatMap((variation) =>
    (variation.strengths ?? []).map((strength) => ({ name: variation.name, strength })),
  ),
];
/** Strengths are drawn from as many steps as torchvision's num_magnitude_bins. */
const steps = 31;

export const trivialAugment = transform({
  name: 'trivialAugment',
  title: 'TrivialAugment',
  about:
    'One way out of all, drawn at random for each image, in a strength drawn at random: nothing has to be tuned. Slanted, shifted, turned, brightness, contrast, saturation, ' +
    "sharpness (each up to torchvision's limits), blur, noise, JPEG, the colour of the light, or nothing.",
  source:
    "torchvision's TrivialAugmentWide; Müller and Hutter 2021, arXiv 2103.10158; slants are about the middle, shifts in shares of the picture",
  settings: {
    trivialAugment: probability
      .default(0)
      .describe(
        'Probability that one more way, out of all, is drawn for an image, in a strength drawn at random (TrivialAugment); 0: never.',
      ),
  },
  words: ({ trivialAugment }) => (trivialAugment > 0 ? ['changed in one way out of many (TrivialAugment)'] : []),
  /** What is done is another transform's to do. */
  draw({ trivialAugment }, frame, random): Drawn | null {
    const isChanged = random.next() < trivialAugment;
    const way = ways[random.integer(ways.length)];
    const strength = random.integer(steps) / (steps - 1);
    const direction = random.next() < 0.5 ? -1 : 1;
    if (!isChanged || !way) return null;
    const seed = random.uint32();
    return { name: way.name, parameters: way.strength(strength, direction, frame, seed) };
  },
});
