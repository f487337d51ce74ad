import { runError } from '../errors.js';
import { isExportedModel } from '../evaluation/answers/exportedModel.js';
import { inlineExternalData } from '../graph/index.js';

/** Where a model comes from: an address to fetch it from, a file, or its bytes. */
export type ModelSource = string | URL | Blob | Uint8Array | ArrayBuffer;

/** What lies beside a model, and what it is called. */
export interface BesideModel {
  /** Of the file, for messages; default its address or name. */
  readonly name?: string;
  /** Of a model that keeps its weights in a second file: that file, by the name that the model has for it. */
  readonly dataFiles?: Readonly<Record<string, ModelSource>>;
}

/** A model's file, whole. */
export interface ReadSource {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether lesionlab exported it. */
  readonly exported: boolean;
}

/**
 * Reads a model's file; weights that lie in a second one are put into it.
 * @throws LesionlabError kind `run` where it can't be fetched, is no ONNX model, or a file with weights is missing
 */
export async function readModelSource(source: ModelSource, options: BesideModel): Promise<ReadSource> {
  const name = options.name ?? nameOf(source);
  const files = new Map<string, Uint8Array>();
  for (const [path, data] of Object.entries(options.dataFiles ?? {})) files.set(path, await readSource(data, path));
  const stored = await readSource(source, name);
  const exported = isExportedModel(name, stored);
  return { name, bytes: inlineExternalData(stored, name, files), exported };
}

function nameOf(source: ModelSource): string {
  if (typeof source === 'string' || source instanceof URL) return String(source);
  return (source as Partial<File>).name ?? 'The model';
}

async function readSource(source: ModelSource, name: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const answer = await fetch(source).catch((cause: Error): never => {
    throw runError('model-unreachable', `${name} can't be fetched: ${cause.message}`, { cause });
  });
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  throw runError('model-unreachable', `${name} can't be fetched: the host answers ${answer.status}.`, {
    hint: 'Put the model.onnx of a run folder, or another ONNX file, there, or give its bytes.',
  });
}
