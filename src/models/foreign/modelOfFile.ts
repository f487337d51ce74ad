import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import { readNetwork } from '../../onnx/index.js';
import type { NetworkFile } from '../model.js';
import { type ForeignModel, foreignModel } from './foreignModel.js';
import { findImageInput } from './imageInput.js';

/** The last characters of an id: enough to tell files, and uses of one file, apart. */
const idDigits = 8;

/**
 * The model that trainings make of a file: its network with a new last layer, under an id that follows from the file's name,
 * the hash of its bytes, and where it was cut.
 * @param file whose use says how @param preprocessing how it was trained before, where that is known
 * @throws LesionlabError as `foreignModel` does
 */
export function modelOfFile(file: NetworkFile, preprocessing?: Preprocessing): ForeignModel {
  const { name, bytes, use } = file;
  const network = readNetwork(bytes, { name });
  const input = findImageInput(network, use.layout);
  const model = foreignModel(network, { ...use, id: networkId(file), input, head: 'new' });
  return { ...model, file, preprocessing };
}

/** `net.onnx@1a2b3c4d`, with the cut and its pooling where they were named: the same for the same bytes and these. */
export function networkId({ name, sha256, use }: Pick<NetworkFile, 'name' | 'sha256' | 'use'>): string {
  const chosen = [use.cut, use.pooling].filter((value) => value !== undefined);
  return [`${name}@${sha256.slice(0, idDigits)}`, ...chosen].join(':');
}
