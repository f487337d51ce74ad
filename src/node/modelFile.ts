import { readFile } from 'node:fs/promises';
import { runError } from '../errors.js';
import {
  type Calibration,
  type ExportedModel,
  exportHint,
  type OutOfDistributionMetadata,
  readExportedModel,
} from '../evaluation/index.js';
import * as encode from '../explain/encodeModel.js';
import type { Graph } from '../graph/index.js';
import type { Checkpoint } from './checkpointFile.js';
import { packageInfo } from './packageInfo.js';

export { type EncodeModelOptions, purposeNotice } from '../explain/encodeModel.js';

/** An exported model as a file of this machine. */
export interface ModelFile extends ExportedModel {
  readonly path: string;
}

const { version } = packageInfo;

/** See `encodeModel`. */
export const encodeModelFile = (checkpoint: Checkpoint, options?: encode.EncodeModelOptions): Uint8Array =>
  encode.encodeModel({ ...checkpoint, version }, options);

/** See `encodeInt8Model`. */
export const encodeInt8ModelFile = (
  checkpoint: Checkpoint,
  graph: Graph,
  calibration: Readonly<Record<string, unknown>>,
  certainty?: Calibration | null,
): Uint8Array => encode.encodeInt8Model({ ...checkpoint, version }, graph, calibration, certainty);

/** The metadata of model.onnx. */
export const modelMetadata = (
  checkpoint: Checkpoint,
  certainty?: Calibration | null,
  outOfDistribution?: OutOfDistributionMetadata | null,
): Record<string, string> => encode.modelMetadata({ ...checkpoint, version }, certainty, outOfDistribution);

/** The metadata of model.int8.onnx. */
export const int8Metadata = (
  checkpoint: Checkpoint,
  calibration: Readonly<Record<string, unknown>>,
  certainty?: Calibration | null,
): Record<string, string> => encode.int8Metadata({ ...checkpoint, version }, calibration, certainty);

/**
 * Reads an exported model and what its metadata says.
 * @throws LesionlabError kind `run` that names the file where it is missing, no ONNX model, or not one of lesionlab's
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw runError('no-model-file', `There is no file ${path}.`, { hint: exportHint, cause });
    throw runError('model-unreadable', `Cannot read ${path}: ${cause.message}`, { hint: exportHint, cause });
  });
  return { path, ...readExportedModel(path, bytes) };
}
