import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LesionlabError, runError } from '../../errors.js';
import { inlineExternalData } from '../../graph/index.js';
import { findToldModel } from '../../models/architectures/findToldModel.js';
import {
  decodeSafetensors,
  describeNetwork,
  type InitialWeightsOptions,
  initialWeights,
  type ModelDefinition,
  type NetworkSize,
  readWeights,
  takeInitialWeights,
  type WeightFile,
} from '../../models/index.js';
import { looksLikeOnnx } from '../../models/weights/onnxInitializers.js';
import type { Weights } from '../../nn/index.js';
import type { RunConfig } from '../../training/recipe/config.js';
import { readExternalFiles } from '../files/externalFiles.js';
import { addNetworkOfRun } from './networkOfRun.js';
import { type RunFolder, readTrainedConfig } from './runFolder.js';

/** `best`: by the recipe's `checkpointRule`, mostly the highest balanced accuracy on validation; `last`: after the last epoch. */
export type CheckpointName = 'best' | 'last';
export const checkpointNames: readonly CheckpointName[] = ['best', 'last'];

/** A trained network out of a run folder. */
export interface Checkpoint {
  readonly name: CheckpointName;
  /** The file it was read from. */
  readonly path: string;
  readonly weights: Weights;
  readonly model: ModelDefinition;
  readonly config: RunConfig;
  /** Epochs that went into the weights, from 1; null where the file doesn't say. */
  readonly epoch: number | null;
  /** SHA-256 of the file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a checkpoint of a run and checks it against the run's configuration: model, classes, every weight's name and shape.
 * @throws LesionlabError kind `run` that names the file where it is missing, incomplete or doesn't fit
 */
export async function loadCheckpoint(folder: RunFolder, name: CheckpointName): Promise<Checkpoint> {
  const config = await readTrainedConfig(folder);
  const path = name === 'best' ? folder.bestCheckpoint : folder.lastCheckpoint;
  const network = await configuredNetwork(config, folder);
  const { bytes, weights, metadata } = await readCheckpoint(path, network, config, {
    missing: {
      message: `the run has no ${name} checkpoint`,
      hint: 'Training writes it after the first epoch: `lesionlab train <data> --run <folder> --resume` goes on with it.',
    },
    unfit: 'The file is damaged or of another run; evaluate the other checkpoint, or train again with --overwrite.',
  });
  const epoch = Number.parseInt(metadata.epoch ?? '', 10);
  return {
    name,
    path,
    weights,
    model: network.model,
    config,
    epoch: Number.isNaN(epoch) ? null : epoch,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/**
 * The weights that a run's training began with: random ones of its seed, or those that came from a file.
 * @throws LesionlabError kind `run` as `loadCheckpoint` does
 */
export async function loadWeightsBeforeTraining(folder: RunFolder): Promise<Weights> {
  const config = await readTrainedConfig(folder);
  const network = await configuredNetwork(config, folder);
  if (config.model.weightsFile === null) return initialWeights(network, config.seed);
  const hint = 'It was removed or damaged: put it back, or train again with --overwrite.';
  const missing = { message: 'the weights that the training began with are not known', hint };
  return (await readCheckpoint(folder.initialWeights, network, config, { missing, unfit: hint })).weights;
}

interface CheckpointWords {
  readonly missing: { readonly message: string; readonly hint: string };
  /** Hint where the file doesn't fit. */
  readonly unfit: string;
}

async function readCheckpoint(path: string, network: NetworkSize, config: RunConfig, words: CheckpointWords) {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const { message, hint } = words.missing;
    if (cause.code === 'ENOENT') throw runError('no-checkpoint', `${path} is missing: ${message}.`, { hint, cause });
    throw runError('checkpoint-unreadable', `Cannot read ${path}: ${cause.message}`, { cause });
  });
  const { weights, metadata } = decodeSafetensors(bytes, path);
  checkMetadata(metadata, config, path);
  checkShapes(weights, network, path, words.unfit);
  return { bytes, weights, metadata };
}

const configuredNetwork = async (config: RunConfig, folder: RunFolder): Promise<NetworkSize> => ({
  model: await configuredModel(config, folder),
  classCount: config.data.classes.length,
  imageSize: config.preprocessing.imageSize,
});

async function configuredModel(config: RunConfig, folder: RunFolder): Promise<ModelDefinition> {
  await addNetworkOfRun(folder, config);
  try {
    return findToldModel(config.model.id, config.metadata);
  } catch (cause) {
    if (!(cause instanceof LesionlabError)) throw cause;
    throw runError('unknown-model', `${folder.config} names the model "${config.model.id}", which is unknown here.`, {
      hint: `${cause.hintFor('terminal')} A newer lesionlab may have written it.`,
      cause,
    });
  }
}

function checkMetadata(metadata: Readonly<Record<string, string>>, config: RunConfig, path: string): void {
  const expected = {
    model: config.model.id,
    classes: JSON.stringify(config.data.classes.map(({ id }) => id)),
  };
  for (const [key, value] of Object.entries(expected)) {
    const found = metadata[key];
    // Weights without metadata (made elsewhere and copied here) are judged by their shapes alone.
    if (found !== undefined && found !== value)
      throw runError('checkpoint-other-run', `${path} has ${key} ${found}; config.json says ${value}.`, {
        hint: 'The checkpoint belongs to another run: put the right file back, or train again with --overwrite.',
      });
  }
}

/**
 * Reads weights to begin a training with: see `takeInitialWeights`.
 * @throws LesionlabError kind `run` that names the file where it can't be read or doesn't fit the network
 */
export async function loadInitialWeights(
  path: string,
  network: NetworkSize,
  options: InitialWeightsOptions = {},
): Promise<Weights> {
  return takeInitialWeights(await readWeightsFile(path), network, options);
}

/** What a file of weights says of itself. @throws LesionlabError kind `run` where it can't be read */
export const readWeightsMetadata = async (path: string): Promise<Readonly<Record<string, string>>> =>
  (await readWeightsFile(path)).metadata;

async function readWeightsFile(path: string): Promise<WeightFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const message = cause.code === 'ENOENT' ? `There is no file ${path}.` : `Cannot read ${path}: ${cause.message}`;
    throw runError('weights-unreadable', message, { hint: 'Give --weights a safetensors, .pth or ONNX file.', cause });
  });
  if (!looksLikeOnnx(bytes)) return readWeights(bytes, path);
  return readWeights(inlineExternalData(bytes, path, await readExternalFiles(path, bytes)), path);
}

function checkShapes(weights: Weights, network: NetworkSize, path: string, hint: string): void {
  const { model, imageSize } = network;
  const { tensors } = describeNetwork(network);
  const faults = tensors.flatMap(({ name, shape }) => {
    const found = weights.get(name);
    if (!found) return [`${name} [${shape}] is missing`];
    if (`${found.shape}` !== `${shape}`) return [`${name} has shape [${found.shape}], expected [${shape}]`];
    return areFinite(found.data) ? [] : [`${name} holds numbers that aren't finite`];
  });
  if (faults.length === 0) return;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  throw runError('checkpoint-unfit', `${path} does not fit ${model.id} at ${imageSize} px: ${faults[0]}${more}.`, {
    hint,
    details: faults,
  });
}

/** `every()` would take a tenth of a second for ResNet-18's eleven million. */
function areFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
