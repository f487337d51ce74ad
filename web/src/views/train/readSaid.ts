import type { NetworkChoices } from '../../../../src/models/foreign/networkToTrain.js';
import { type ForeignFields, readPreprocessing } from '../predict/foreignFields.js';

/** What a network's file may not say: as it is typed, empty where nobody says it. */
export type Said = Readonly<Record<'cut' | 'pooling' | Exclude<keyof ForeignFields, 'classNames' | 'fit'>, string>>;

/** Of a file of which nothing is said. */
export const nothingSaid: Said = {
  imageSize: '',
  layout: '',
  output: '',
  cut: '',
  pooling: '',
  crop: '',
  resize: '',
  mean: '',
  std: '',
  channelOrder: '',
};

/** @throws LesionlabError kind `usage` naming what is no value of its field */
export function readSaid({ cut, pooling, output, ...images }: Said): NetworkChoices {
  const said = Object.entries({ cut, pooling, output }).filter(([, value]) => value !== '');
  return { ...(Object.fromEntries(said) as NetworkChoices), ...readPreprocessing(images) };
}
