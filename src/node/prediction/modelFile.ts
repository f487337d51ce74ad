import { readFile } from 'node:fs/promises';
import { LesionlabError, runError } from '../../errors.js';
import {
  type ExportedModel,
  exportHint,
  isExportedModel,
  readExportedModel,
} from '../../evaluation/answers/exportedModel.js';
import { readExternalFiles } from '../files/externalFiles.js';

/** An exported model as a file of this machine. */
export interface ModelFile extends ExportedModel {
  readonly path: string;
}

/**
 * Reads an exported model and what its metadata says; weights in a second file are put into it.
 * @throws LesionlabError kind `run` that names the file where it is missing, no ONNX model, or not one of lesionlab's
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT')
      throw runError('no-model-file', `There is no file ${path}.`, { hint: exportHint, cause });
    throw runError('model-unreadable', `Cannot read ${path}: ${cause.message}`, { hint: exportHint, cause });
  });
  return { path, ...readExportedModel(path, bytes, await readExternalFiles(path, bytes)) };
}

/** Whether a file is an exported model of lesionlab's, or none that can be read, which `readModelFile` explains; false for a model of somebody else. */
export async function isExported(path: string): Promise<boolean> {
  try {
    return isExportedModel(path, await readFile(path));
  } catch (error) {
    if (error instanceof LesionlabError || (error as NodeJS.ErrnoException).syscall !== undefined) return true;
    throw error;
  }
}
