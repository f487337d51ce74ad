import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LesionlabError, runError } from '../../errors.js';
import { inlineExternalData } from '../../graph/index.js';
import { openModelOfFile } from '../../models/foreign/frozenModel.js';
import { type NetworkChoices, networkToTrain, type RecipeImages } from '../../models/foreign/networkToTrain.js';
import { type ForeignChoices, type ForeignClassifier, readForeign } from '../../models/foreign/readForeign.js';
import { addModel } from '../../models/index.js';
import type { ModelDefinition } from '../../models/model.js';
import type { Progress } from '../../progress.js';
import { nodeRuntime } from '../../runtime/node.js';
import { readExternalFiles } from '../files/externalFiles.js';
import { readFilesBeside } from '../files/filesBesideModel.js';

/** A network's file as it was read from disk. */
export interface ReadNetworkFile extends ForeignClassifier {
  readonly path: string;
  /** Whole: weights that lay in a second file are in it. */
  readonly bytes: Uint8Array;
  /** Of these bytes, in hexadecimal. */
  readonly sha256: string;
}

/** Whether what stands in the place of a model's name is meant as a file. */
export const isNetworkFile = (model: string): boolean => /\.onnx$/i.test(model);

/**
 * Reads somebody's network from an ONNX file, with what lies beside it.
 * @throws LesionlabError kind `run` where there is no such file, or it is no classifier of images; see `readForeign`
 */
export async function openNetworkFile(path: string, choices: ForeignChoices = {}): Promise<ReadNetworkFile> {
  const stored = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const message = cause.code === 'ENOENT' ? `There is no file ${path}.` : `Cannot read ${path}: ${cause.message}`;
    throw runError('network-unreadable', message, { hint: 'Give the path of an ONNX file.', cause });
  });
  const bytes = await wholeFile(path, stored);
  const texts = await readFilesBeside(path);
  const read = readForeign({ name: basename(path), bytes, texts }, choices);
  return { ...read, path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** With the weights of a second file in it; a file that is no ONNX stays as it is, for what reads it knows others by their beginnings. */
async function wholeFile(path: string, stored: Uint8Array): Promise<Uint8Array> {
  try {
    return inlineExternalData(stored, path, await readExternalFiles(path, stored));
  } catch (error) {
    if (error instanceof LesionlabError && error.code === 'model-damaged') return stored;
    throw error;
  }
}

/**
 * Makes a file's network known as a model to train: its layers with a new last one. What nothing says of its images is the recipe's to say, which
 * `progress` hears.
 * @param recipe size and fit of the images, where nothing says how the network wants them
 */
export async function addNetworkFile(
  path: string,
  { cut, pooling, ...choices }: NetworkChoices,
  recipe: RecipeImages,
  progress: Pick<Progress, 'note'>,
): Promise<ModelDefinition> {
  const file = await openNetworkFile(path, choices);
  const { file: used, preprocessing, note } = networkToTrain(file, file, { cut, pooling }, recipe);
  if (note) progress.note(note);
  return addModel(await openModelOfFile(nodeRuntime, used, preprocessing));
}
