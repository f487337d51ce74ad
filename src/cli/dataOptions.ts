import { InvalidArgumentError, Option } from 'commander';
import type { DataOptions } from '../data/dataset.js';
import { type DataPaths, pathsOf } from '../node/dataset/openDatasets.js';

/** What commands that open data are told about which of its images are meant. */
export interface DataCommandOptions {
  readonly imageType?: readonly string[];
  readonly allowMissingImages?: boolean;
}

/** @param of put before what the option says, where a command takes other data as well */
export const imageTypeOption = (of = ''): Option =>
  new Option(
    '--image-type <kind,...>',
    `${of}only images of these kinds, where the data tells kinds apart: dermoscopic, clinical`,
  ).argParser(parseKinds);

/** @param of as for `imageTypeOption` */
export const allowMissingOption = (of = ''): Option =>
  new Option('--allow-missing-images', `${of}leave out rows whose image is not there: data that is published in part`);

/** Where data lies now; given several times, each of the datasets that a run joined, in the order of the training. */
export const movedDataOption = (
  help = 'where the data lies now, if it has been moved; once for each dataset that was joined, or the folder that holds all',
  flags = '--data <folder>',
): Option => new Option(flags, help).argParser(collectPlaces);

const collectPlaces = (place: string, earlier?: DataPaths): DataPaths =>
  earlier === undefined ? place : [...pathsOf(earlier), place];

/** Where lesion masks lie that the data's own folder doesn't hold. */
export const masksOption = (): Option =>
  new Option('--masks <folder or zip>', 'lesion masks of the images (default: those in the data’s folder)');

/** Reads every image and mask once more: whoever doesn't need skin tones may leave it out. */
export const noSkinToneOption = (): Option =>
  new Option(
    '--no-skin-tone',
    'leave out the estimate of skin tones, which reads every image with a lesion mask once more',
  );

function parseKinds(text: string, earlier: readonly string[] = []): readonly string[] {
  const kinds = text.split(',').map((kind) => kind.trim());
  if (kinds.includes('')) throw new InvalidArgumentError('Expected one kind of image or several, with commas between.');
  return [...earlier, ...kinds];
}

/** Undefined where nothing was asked for. */
export function dataOptions({ imageType, allowMissingImages }: DataCommandOptions): DataOptions | undefined {
  if (!imageType && !allowMissingImages) return undefined;
  return { ...(imageType && { imageTypes: imageType }), ...(allowMissingImages && { allowMissing: true }) };
}
