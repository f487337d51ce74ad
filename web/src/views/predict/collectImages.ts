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
}

/**
 * Sorts what was given into images and models. A file that was named is taken whatever its name, so
 * that a wrong one is named as such; in folders only images count, and lesion masks don't: as in `lesionlab predict`.
 */
export function collectImages(picked: readonly PickedFile[]): Collected {
  const models = picked.filter(isModel).map(({ file }) => file);
  const data = picked.filter(isModelData).map(({ file }) => file);
  const named = picked.map((given) => ({ ...given, name: given.file.name }));
  const found = listImages(named.filter(({ folders }) => folders.length > 0));
  const inFolders = new Set([...found.images, ...found.unread]);
  const images = named
    .filter((given) => !isModel(given) && !isModelData(given) && (given.folders.length === 0 || inFolders.has(given)))
    .map(({ folders, file }) => ({ name: [...folders, file.name].join('/'), file }));
  return { images, models, data };
}

const isModel = ({ folders, file }: PickedFile) => folders.length === 0 && /\.onnx$/i.test(file.name);

/** As exporters name it: model.onnx.data, model.onnx_data, weights.bin. */
const isModelData = ({ folders, file }: PickedFile) =>
  folders.length === 0 && /\.(data|bin|weights)$|\.onnx[._-]data/i.test(file.name);
