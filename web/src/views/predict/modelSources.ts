import type { SplitName } from '../../../../src/data/dataset.js';
import { parseSplitsCsv, splitsByImage } from '../../../../src/data/groups/splitsCsv.js';
import { canPredict, type RunSummary } from '../../../../src/report/runSummary.js';
import { findLocalServer } from '../../browser/localServer.js';
import { exampleId, exampleRuns } from '../../runs/exampleRuns.js';
import { readerError } from '../../runs/runSource.js';
import { serverRuns } from '../../runs/serverRuns.js';
import type { Collected } from './collectImages.js';

/** Where a model comes from. */
export type ModelSource = { readonly kind: 'example' } | { readonly kind: 'run'; readonly id: string } | FileSource;

/** A model of the reader's, with the files in which it may keep its weights. */
export interface FileSource {
  readonly kind: 'file';
  readonly file: File;
  readonly data: readonly File[];
  /** Beside it, which may say how it wants its images. */
  readonly texts: readonly File[];
}

/**
 * The model among files that were given. What belongs to a model and comes without it goes with the one that was opened before.
 * @returns undefined where there is no model
 */
export function sourceOf({ models, data, texts }: Collected, opened: FileSource | undefined): FileSource | undefined {
  if (models.length > 0) return { kind: 'file', file: models[0], data, texts };
  if (!opened || data.length + texts.length === 0) return undefined;
  return { ...opened, data: data.length > 0 ? data : opened.data, texts: texts.length > 0 ? texts : opened.texts };
}

/** Runs of the local server that have a model; none on other hosts, or where the list can't be had. */
export async function listRuns(): Promise<readonly RunSummary[]> {
  if (!(await findLocalServer())) return [];
  const { runs } = await serverRuns.list().catch(() => ({ runs: [] }));
  return runs.filter(canPredict);
}

/** Splits by image id of the run that a model comes from; empty where nobody knows them. */
export async function loadSplits(source: ModelSource): Promise<ReadonlyMap<string, SplitName>> {
  if (source.kind === 'file') return new Map();
  const path = 'splits.csv';
  try {
    const found = await (source.kind === 'run' ? serverRuns.read(source.id, path) : exampleRuns.read(exampleId, path));
    return splitsByImage(found ? parseSplitsCsv(found.text, path) : []);
  } catch {
    return new Map();
  }
}

/** An ONNX file, and by their names the files that were given with it. */
export interface LoadedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly dataFiles?: Readonly<Record<string, Uint8Array>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** The ONNX file of a source. @throws an error for people where it can't be had */
export async function loadModel(source: ModelSource, signal: AbortSignal): Promise<LoadedModel> {
  if (source.kind === 'file') {
    const { file, data, texts } = source;
    const read = await Promise.all(data.map(async (one) => [one.name, await readFile(one)] as const));
    return {
      name: file.name,
      bytes: await readFile(file),
      dataFiles: Object.fromEntries(read),
      texts: await readTexts(texts),
    };
  }
  const [name, address] =
    source.kind === 'example'
      ? ['the example model', './example/model.onnx']
      : [`the model of run ${source.id}`, `./api/runs/${encodeURIComponent(source.id)}/model`];
  const answer = await fetch(address, { signal }).catch((cause: Error): never => {
    if (signal.aborted) throw cause;
    throw readerError(`Cannot fetch ${name}: the host of this page does not answer.`, lostHint);
  });
  if (!answer.ok) throw await describeRefusal(answer, name);
  return { name, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

/** Contents of the files beside a model, by name. */
export async function readTexts(texts: readonly File[]): Promise<Readonly<Record<string, string>>> {
  const decoder = new TextDecoder();
  const read = texts.map(async (one) => [plainName(one), decoder.decode(await readFile(one))] as const);
  return Object.fromEntries(await Promise.all(read));
}

/** Browsers number what is downloaded again: `config (1).json`. */
const plainName = ({ name }: File) => name.replace(/ ?\(\d+\)(?=\.json$)/i, '');

const lostHint = 'Check that `lesionlab studio` still runs, and load the page again.';

async function describeRefusal(answer: Response, name: string): Promise<Error> {
  const found = (await answer.json().catch(() => null))?.error;
  if (found) return readerError(found.message, found.hint, found.details);
  return readerError(`Cannot fetch ${name}: the host answers ${answer.status}.`, lostHint);
}

/** A chosen file's bytes. @throws an error for people where it is gone, or too large for the browser's memory. */
export async function readFile(file: Blob & { readonly name?: string }): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw readerError(
      `Cannot read ${file.name ?? 'the image'}: ${(cause as Error).message}`,
      'It may have been moved or changed since it was chosen, or be too large. Choose it again.',
    );
  }
}
