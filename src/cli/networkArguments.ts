import type { RunConfig } from '../training/recipe/config.js';
import { interpolations } from './preprocessingOptions.js';

/** What a run was told of the file that its network is out of, as options of a command that trains the same again: a recipe doesn't hold them. */
export function networkArguments({
  use,
  preprocessing,
}: Pick<NonNullable<RunConfig['model']['network']>, 'use' | 'preprocessing'>): string {
  const { cut, pooling, output, layout } = use;
  const words: Record<string, string | undefined> = { cut, pooling, output, layout };
  if (preprocessing) {
    const { imageSize, resizeTo, resize, mean, std, channelOrder = 'rgb' } = preprocessing;
    // Between two whole sides, so that rounding leaves the right one.
    if (resizeTo !== undefined) words.crop = (imageSize / (resizeTo + 0.5)).toFixed(5);
    words.interpolation = Object.entries(interpolations).find(([, method]) => method === resize)?.[0];
    Object.assign(words, { mean: mean.join(','), std: std.join(','), 'channel-order': channelOrder });
  }
  return Object.entries(words)
    .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`]))
    .join(' ');
}

const quoted = (text: string) => (/^[\w.,/:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
