import { adjustSharpness } from '../../../image/filters/adjustSharpness.js';
import { jitter, jitterRange } from './settingKinds.js';
import { transform } from './transform.js';

export const sharpness = transform({
  name: 'sharpness',
  title: 'Sharper or softer',
  about: 'Edges become softer or stronger, as cameras do it to their pictures.',
  source: "torchvision's adjust_sharpness, with a factor drawn as ColorJitter's are",
  settings: { sharpness: jitter('sharpness') },
  words: ({ sharpness }) => (sharpness > 0 ? ['made sharper or softer'] : []),
  draw({ sharpness }, _, random) {
    return sharpness > 0 ? { factor: random.uniform(...jitterRange(sharpness)) } : null;
  },
  strengths: [(strength, direction) => ({ factor: 1 + 0.99 * strength * direction })],
  change: ({ values, offset, size }, { factor }) => adjustSharpness(values, offset, size, factor),
});
