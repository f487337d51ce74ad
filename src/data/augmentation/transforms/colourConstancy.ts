import { shadesOfGrayGains } from '../../../image/filters/shadesOfGray.js';
import { probability } from './settingKinds.js';
import { type Planes, transform } from './transform.js';

export const colourConstancy = transform({
  name: 'colourConstancy',
  title: 'Colour of the light',
  about:
    'The colour of the light is estimated, and a part of it, drawn at random, is taken away: an image is seen in its own light, under white light, or in between. ' +
    'For images that were all taken under one light, and will be predicted under another.',
  source:
    'Shades of Gray, Finlayson and Trezzi 2004; for dermoscopic images: Barata et al. 2015, doi 10.1109/JBHI.2014.2336473; as augmentation: Galdran et al. 2017, arXiv 1703.03702',
  settings: {
    colourConstancy: probability
      .default(0)
      .describe('Probability that the colour of the light is taken away, all of it or a part; 0: never.'),
  },
  words: ({ colourConstancy }) => (colourConstancy > 0 ? ['seen under whiter light'] : []),
  draw({ colourConstancy }, _, random) {
    const isChanged = random.next() < colourConstancy;
    const share = random.next();
    return isChanged ? { share } : null;
  },
  strengths: [(share) => ({ share })],
  change(picture, { share }: { readonly share: number }) {
    const { values, offset, size } = picture;
    const plane = size * size;
    shadesOfGrayGains(countValues(picture)).forEach((whole, c) => {
      const gain = whole ** share;
      for (let i = offset + c * plane; i < offset + (c + 1) * plane; i++) values[i] = Math.min(1, values[i] * gain);
    });
  },
});

function countValues({ values, offset, size }: Planes): Uint32Array {
  const counts = new Uint32Array(768);
  const plane = size * size;
  for (let c = 0; c < 3; c++)
    for (let i = offset + c * plane; i < offset + (c + 1) * plane; i++)
      counts[256 * c + ((values[i] * 255 + 0.5) | 0)]++;
  return counts;
}
