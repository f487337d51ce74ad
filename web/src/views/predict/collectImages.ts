import { listImages } from '../../../../src/data/storedFile.js';
import type { PickedFile } from '../../browser/pickedFiles.js';

/** An image that the reader gave. */
export interface InputImage {
  /** File name, with its folders where it came in one. */
  readonly name: string;
  readonly file: File;
}

/** What was dropped, pasted or chosen. */
export interface Collected {
  readonly images: readonly InputImage[];
  /** ONNX files among them. */
  readonly models: readonly File[];
  /** Files in which such a model may keep its weights. */
  readonly data: readonly File[];
  /** Files beside such a model that may say how it wants its images. */
  readonly texts: readonly File[];
}

/**
 * Sorts what was given into images and models. A file that was named is taken whatever its name, so
 * that a wrong one is named as such; in folders only images count, and lesion masks don't: as in `lesionlab predict`. A folder without images
 * that holds a model is the model's.
 */
export function collectImages(picked: readonly PickedFile[]): Collected {
  const named = picked.map((given) => ({ ...given, name: given.file.name }));
  const isOfModel = (given: PickedFile) => isModel(given) || isModelData(given) || isModelText(given);
  const found = listImages(named.filter(({ folders }) => folders.length > 0));
  const inFolders = new Set([...found.images, ...found.unread]);
  const images = named
    .filter((given) => (given.folders.length === 0 ? !isOfModel(given) : inFolders.has(given)))
    .map(({ folders, file }) => ({ name: [...folders, file.name].join('/'), file }));
  const counted = picked.filter(({ folders }) => folders.length === 0 || images.length === 0);
  const files = (holds: (given: PickedFile) => boolean) => counted.filter(holds).map(({ file }) => file);
  return { images, models: files(isModel), data: files(isModelData), texts: files(isModelText) };
}

const isModel = ({ file }: PickedFile) => /\.onnx$/i.test(file.name);

/** As exporters name it: model.onnx.data, model.onnx_data, weights.bin. */
const isModelData = ({ file }: PickedFile) => /\.(data|bin|weights)$|\.onnx[._-]data/i.test(file.name);

/** As Hugging Face and timm name them; browsers number what is downloaded again. */
const isModelText = ({ file }: PickedFile) => /^(preprocessor_)?config( ?\(\d+\))?\.json$/i.test(file.name);
