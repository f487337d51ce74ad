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

/**
 * How a training uses somebody's file. What nothing says of its images is the recipe's to say, which the note tells.
 * @param read as `readForeign` gives it @param whole the file with all its weights, and its SHA-256 in hexadecimal
 * @param size side of the images, pixels, where the file leaves it open
 */
export function networkToTrain(
  { network, input, output, preprocessing: said }: ForeignClassifier,
  { bytes, sha256 }: Pick<NetworkFile, 'bytes' | 'sha256'>,
  { cut, pooling }: Pick<NetworkUse, 'cut' | 'pooling'>,
  size: number,
): NetworkToTrain {
  const imageSize = input.side ?? said.preprocessing.imageSize ?? size;
  const use = { imageSize, layout: input.layout, output, ...(cut && { cut }), ...(pooling && { pooling }) };
  const file = { name: network.name, bytes, sha256, use };
  const missing = said.missing.filter((field) => field !== 'imageSize');
  if (missing.length > 0) {
    const note = `Nothing says the ${missingNames({ missing }).join(', ')} that ${said.model} was trained with: the recipe's own are used, red first.`;
    return { file, note };
  }
  const known = { ...said, preprocessing: { ...said.preprocessing, imageSize }, missing: [] };
  return { file, preprocessing: requireComplete(known) };
}
