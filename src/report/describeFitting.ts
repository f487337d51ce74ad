import { type Fit, type Fitting, viewZoom } from '../image/index.js';

const ways: Readonly<Record<Fit, string>> = {
  squash: 'both sides scaled',
  crop: 'short side scaled, middle cut out',
  pad: 'long side scaled, borders added',
};

/** How an image becomes what a network sees, for readers: `both sides scaled`. */
export function describeFitting(fitting: Pick<Fitting, 'imageSize' | 'fit' | 'resizeTo' | 'border' | 'light'>): string {
  return [
    fitting.border === 'removed' ? 'dark border cut off' : '',
    describeSquare(fitting),
    fitting.light === 'shades-of-gray' ? 'colour of the light taken away (Shades of Gray)' : '',
  ]
    .filter(Boolean)
    .join('; ');
}

function describeSquare(fitting: Pick<Fitting, 'imageSize' | 'fit' | 'resizeTo'>): string {
  const { fit, resizeTo } = fitting;
  if (viewZoom(fitting) === 1) return ways[fit];
  const scaled = ways[fit].replace('scaled', `scaled to ${resizeTo} pixels`);
  return fit === 'squash' ? `${scaled}, middle cut out` : scaled;
}
