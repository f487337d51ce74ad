import type { Audit } from '../../../src/data/audit/audit.js';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import type { DataOptions, Dataset } from '../../../src/data/dataset.js';
import { datasetFromFiles } from '../../../src/data/formats/datasetFromFiles.js';
import { findIdenticalImages, throwIfInterrupted } from '../../../src/data/groups/identicalImages.js';
import type { NearDuplicates } from '../../../src/data/groups/nearDuplicates.js';
import { joinDatasets } from '../../../src/data/joining/joinDatasets.js';
import { AmbiguousImages } from '../../../src/data/reading/imageIndex.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { usageError } from '../../../src/errors.js';
import type { CallContext } from '../browser/workerCalls.js';
import type { ImagePool } from './imagePool.js';

/** Files that were chosen together: one dataset, or one of several that are joined. */
export interface DataPart {
  /** Name of the folder, or words for several files. */
  readonly root: string;
  readonly files: readonly StoredFile[];
  /** Folder or zip that its images are taken from, where they are in several. */
  readonly imagesIn?: string;
}

/** The data that is open, and what is known of it so far. */
export interface OpenedData {
  readonly parts: readonly DataPart[];
  readonly dataset: Dataset;
  audit: Audit;
  /** Sets of images whose files are the same; undefined until files were compared. */
  identical?: readonly (readonly string[])[];
  /** Undefined until they were looked for. */
  near?: readonly NearDuplicates[];
  /** The comparison of files that is under way. */
  comparing?: Promise<void>;
}

/** What all parts together are called. */
export const rootOf = (parts: readonly DataPart[]): string => parts.map(({ root }) => root).join(' and ');

/**
 * Reads parts as one dataset, and looks it over as far as that needs no image: which of them are the same file isn't known yet.
 * @param ambiguous hears which part has images twice, and where they could be taken from
 * @throws LesionlabError as `datasetFromFiles` and `joinDatasets` do
 */
export async function openParts(
  parts: readonly DataPart[],
  options: DataOptions,
  signal: AbortSignal,
  ambiguous: (part: number, places: readonly string[]) => void,
): Promise<OpenedData> {
  const datasets: Dataset[] = [];
  for (const [i, part] of parts.entries()) {
    requireOther(parts.slice(0, i), part);
    throwIfInterrupted(signal, 'reading tables');
    // Each of several brings its own classes: the taxonomy finds those that all of them fit into.
    const own = { ...options, ...(parts.length > 1 && { anyDiagnosis: true }), imagesIn: part.imagesIn };
    try {
      datasets.push(await datasetFromFiles(part.root, part.files, own, async () => {}));
    } catch (error) {
      if (error instanceof AmbiguousImages) ambiguous(i, error.places);
      throw error;
    }
  }
  const dataset = parts.length > 1 ? joinParts(parts, datasets) : datasets[0];
  return { parts, dataset, audit: await auditDataset(dataset, { decode: false, identical: [], signal }) };
}

/** Each is known by the id of its format; several of a format by the names of their folders. */
function joinParts(parts: readonly DataPart[], datasets: readonly Dataset[]): Dataset {
  const ids = datasets.map(({ info }) => info.id);
  const isAlone = (id: string) => ids.indexOf(id) === ids.lastIndexOf(id);
  return joinDatasets(datasets.map((dataset, i) => ({ dataset, ...(!isAlone(ids[i]) && { name: parts[i].root }) })));
}

function requireOther(before: readonly DataPart[], { root, files }: DataPart): void {
  const marks = new Set(files.map(({ location, fingerprint }) => `${location} ${fingerprint}`));
  const same = before.some(
    (part) =>
      part.files.length === files.length &&
      part.files.every(({ location, fingerprint }) => marks.has(`${location} ${fingerprint}`)),
  );
  if (same) throw usageError('data-twice', `${root} is open already.`, { hint: 'Add another dataset.' });
}

/**
 * Finds images whose files are the same, once: those of a zip by its checksums, others by reading all whose size is that of another.
 * @throws LesionlabError kind `interrupted`
 */
export async function compareFiles(opened: OpenedData, { progress, signal }: CallContext): Promise<void> {
  while (!opened.identical) {
    const compare = async () => {
      const { dataset } = opened;
      const ids = dataset.records.map(({ imageId }) => imageId);
      const identical = await findIdenticalImages(dataset.images, ids, signal, progress);
      opened.audit = await auditDataset(dataset, { decode: false, identical, signal });
      opened.identical = identical;
    };
    opened.comparing ??= compare().finally(() => {
      opened.comparing = undefined;
    });
    // Whoever began it may have given it up.
    await opened.comparing.catch((error: unknown) => {
      throwIfInterrupted(signal, 'comparing image files');
      if ((error as { kind?: string }).kind !== 'interrupted') throw error;
    });
  }
}

/**
 * Decodes every image, to find those that can't be.
 * @throws LesionlabError kind `interrupted`
 */
export async function checkImages(opened: OpenedData, pool: ImagePool, context: CallContext): Promise<void> {
  await compareFiles(opened, context);
  const { dataset, identical } = opened;
  const codec = {
    decode: async (bytes: Uint8Array) => {
      const own = ownMemory(bytes);
      return await pool.run('measure', own, [own.buffer]);
    },
  };
  const { progress, signal } = context;
  const concurrency = pool.inFlight;
  opened.audit = await auditDataset(dataset, { codec, decode: true, identical, concurrency, progress, signal });
}

/** Memory that can be given to a worker: a view may be part of something larger. */
export const ownMemory = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
