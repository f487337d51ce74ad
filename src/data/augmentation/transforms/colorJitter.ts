import { z } from 'zod';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from '../../../image/adjustColor.js';
import { jitter, jitterRange } from './settingKinds.js';
import { transform } from './transform.js';

const adjustments = {
  brightness: adjustBrightness,
  contrast: adjustContrast,
  saturation: adjustSaturation,
  hue: adjustHue,
} as const;

/** In the order in which they are applied. */
export type ColorAdjustments = readonly (readonly [adjustment: keyof typeof adjustments, amount: number])[];

export const colorJitter = transform({
  name: 'colorJitter',
  title: 'Light and colour',
  about:
    'Brightness, contrast, saturation and hue change a little, in an order that changes, too: cameras and lamps differ.',
  source: "torchvision's ColorJitter",
  settings: {
    brightness: jitter('brightness'),
    contrast: jitter('contrast'),
    saturation: jitter('saturation'),
    hue: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Largest shift of hue to either side, in turns of the colour circle.'),
  },
  words: ({ brightness, contrast, saturation, hue }) =>
    brightness + contrast + saturation + hue > 0 ? ['changed in light and colour'] : [],
  sharesStream: true,
  draw(settings, _, random): ColorAdjustments | null {
    const order = random.shuffle(['brightness', 'contrast', 'saturation', 'hue'] as const satisfies string[]);
    const amounts = new Map<string, number>();
    for (const name of ['brightness', 'contrast', 'saturation'] as const)
      amounts.set(name, random.uniform(...jitterRange(settings[name])));
    amounts.set('hue', random.uniform(-settings.hue, settings.hue));
    const drawn = order.filter((name) => settings[name] > 0).map((name) => [name, amounts.get(name)!] as const);
    return drawn.length > 0 ? drawn : null;
  },
  strengths: (['brightness', 'contrast', 'saturation'] as const).map(
    (name) => (strength: number, direction: number) => [[name, 1 + 0.99 * strength * direction]] as const,
  ),
  change({ values, offset, size }, adjusted) {
    for (const [name, amount] of adjusted) adjustments[name](values, offset, size * size, amount);
  },
});
