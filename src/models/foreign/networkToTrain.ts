import { missingNames, requireComplete } from '../../data/preparation/foreignPreprocessing.js';
import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import type { NetworkFile, NetworkUse } from '../model.js';
import type { ForeignChoices, ForeignClassifier } from './readForeign.js';

/** What a training says of a file's network. */
export interface NetworkChoices extends ForeignChoices, Pick<NetworkUse, 'cut' | 'pooling'> {}

/** A file as a training uses it: what `openModelOfFile` takes. */
export interface NetworkToTrain {
  readonly file: NetworkFile;
  /** How the network was trained before, where all of that is known. */
  readonly preprocessing?: Preprocessing;
  /** For the reader, where it isn't: what the recipe says instead. */
  readonly note?: string;
}

/** What is taken from a reader together with all else, or not at all. */
const ofNoUseAlone = ['resizeTo', 'resize', 'mean', 'std', 'channelOrder'] as const;

/** What a training says of images by itself: it stands where nothing says how the network wants them. */
export type RecipeImages = Pick<Preprocessing, 'imageSize' | 'fit'>;

/**
 * How a training uses somebody's file. What nothing says of its images is the recipe's to say, which the note tells.
 * @param read as `readForeign` gives it @param whole the file with all its weights, and its SHA-256 in hexadecimal
 * @throws LesionlabError kind `usage` where a part is given of what is of use as a whole alone, and would be ignored
 */
export function networkToTrain(
  { network, input, output, preprocessing: said }: ForeignClassifier,
  { bytes, sha256 }: Pick<NetworkFile, 'bytes' | 'sha256'>,
  { cut, pooling }: Pick<NetworkUse, 'cut' | 'pooling'>,
  recipe: RecipeImages,
): NetworkToTrain {
  const imageSize = input.side ?? said.preprocessing.imageSize ?? recipe.imageSize;
  const use = { imageSize, layout: input.layout, output, ...(cut && { cut }), ...(pooling && { pooling }) };
  const file = { name: network.name, bytes, sha256, use };
  const missing = said.missing.filter((field) => field !== 'imageSize' && field !== 'fit');
  if (missing.length > 0) {
    if (ofNoUseAlone.some((field) => said.sources[field] === 'given')) requireComplete({ ...said, missing });
    const note = `Nothing says the ${missingNames({ missing }).join(', ')} that ${said.model} was trained with: the recipe's own are used, red first.`;
    return { file, note };
  }
  const known = { ...said, preprocessing: { fit: recipe.fit, ...said.preprocessing, imageSize }, missing: [] };
  return { file, preprocessing: requireComplete(known) };
}
