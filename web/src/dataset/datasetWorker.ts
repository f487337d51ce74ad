import type { Audit } from '../../../src/data/audit/audit.js';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import type { Exploration } from '../../../src/data/audit/exploration.js';
import { exploreDataset } from '../../../src/data/audit/exploreDataset.js';
import { linksOf, unusableImages } from '../../../src/data/audit/requireUsable.js';
import type { DataOptions, Dataset } from '../../../src/data/dataset.js';
import { datasetFromFiles } from '../../../src/data/formats/datasetFromFiles.js';
import { splitDataset } from '../../../src/data/groups/split.js';
import { splitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { type SplitsSummary, splitsJson } from '../../../src/data/groups/splitsJson.js';
import type { DatasetProposal, ProposalTrial } from '../../../src/data/proposal/datasetProposal.js';
import { describeDataset, tryDescription, withDescription } from '../../../src/data/proposal/describeDataset.js';
import { AmbiguousImages } from '../../../src/data/reading/imageIndex.js';
import type { StoredFile } from '../../../src/data/storedFile.js';
import { dataError, usageError } from '../../../src/errors.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import type { PickedFiles } from '../browser/pickedFiles.js';
import { type CallContext, ownedMemory, serveCalls, Transferred } from '../browser/workerCalls.js';
import { ImagePool } from './imagePool.js';
import { listPicked } from './listPicked.js';
import { type PreparedForTraining, type PrepareRequest, prepareForTraining } from './prepareForTraining.js';
import { sha256 } from './sha256.js';
import { paintSyntheticFiles } from './syntheticFiles.js';
import { writeZip } from './writeZip.js';

/** What the page shows of a dataset; plain data. */
export interface OpenedDataset {
  readonly root: string;
  readonly metadataFile: string;
  /** Includes the audit. */
  readonly exploration: Exploration;
}

export interface SplitRequest {
  readonly seed: number;
  /** Shares of train, validation and test. */
  readonly ratios: readonly [number, number, number];
}

export interface SplitFiles {
  /** Of splits.csv, as `lesionlab split` writes it. */
  readonly csv: string;
  readonly summary: SplitsSummary;
}

interface Opened {
  readonly root: string;
  readonly dataset: Dataset;
  readonly files: readonly StoredFile[];
  audit: Audit;
}

const pool = new ImagePool();
let opened: Opened | undefined;
/** Files that were not opened, since images are there twice and it is to be said which are meant. */
let undecided:
  | {
      readonly root: string;
      readonly files: readonly StoredFile[];
      readonly places: readonly string[];
      readonly options?: DataOptions;
    }
  | undefined;

/** The files that were chosen last, whether they could be opened or not. */
let chosen: { readonly root: string; readonly files: readonly StoredFile[] } | undefined;

function chosenFiles(): NonNullable<typeof chosen> {
  if (chosen) return chosen;
  throw usageError('no-data', 'No files were chosen.', { hint: 'Choose a folder, files or zips first.' });
}

function current(): Opened {
  if (opened) return opened;
  throw usageError('no-data', 'No data is open.', { hint: 'Open a folder, zips or synthetic images first.' });
}

async function open(
  root: string,
  files: readonly StoredFile[],
  { signal }: CallContext,
  { imagesIn, options }: { readonly imagesIn?: string; readonly options?: DataOptions } = {},
): Promise<OpenedDataset> {
  undecided = undefined;
  chosen = { root, files };
  const dataset = await datasetFromFiles(root, files, { imagesIn, ...options }, async () => {}).catch(
    (error: unknown) => {
      if (error instanceof AmbiguousImages) undecided = { root, files, places: error.places, options };
      throw error;
    },
  );
  const audit = await auditDataset(dataset, { decode: false, signal });
  opened = { root, dataset, files, audit };
  return describe(opened);
}

const describe = ({ root, dataset, audit }: Opened): OpenedDataset => ({
  root,
  metadataFile: dataset.metadataFile,
  exploration: exploreDataset(dataset, { audit, seed: 0 }),
});

const functions = {
  /** What the files that were chosen last seem to be; they need not have been opened. */
  async propose(): Promise<DatasetProposal> {
    const { root, files } = chosenFiles();
    return await describeDataset(root, files);
  },
  /** What reading them with a description gives, or why they can't be read with it. */
  async tryDescription(text: string): Promise<ProposalTrial> {
    const { root, files } = chosenFiles();
    return await tryDescription(root, files, text);
  },
  /** Opens them as a description says. */
  async openDescribed(text: string, context: CallContext): Promise<OpenedDataset> {
    const { root, files } = chosenFiles();
    return await open(root, withDescription(files, text), context);
  },
  async openFiles(picked: PickedFiles, context: CallContext): Promise<OpenedDataset> {
    const files = await listPicked(picked, context);
    return await open(picked.root, files, context, { options: picked.options });
  },
  /** Folders and zips to choose from where images were there twice. */
  async imagePlaces(): Promise<readonly string[]> {
    return undecided?.places ?? [];
  },
  /** The files that could not be opened, with the images of one of `imagePlaces`. */
  async openPlace(place: string, context: CallContext): Promise<OpenedDataset> {
    if (!undecided) throw usageError('no-data', 'No data waits to be opened.', { hint: 'Choose the files again.' });
    const { root, files, options } = undecided;
    return await open(root, files, context, { imagesIn: place, options });
  },
  async openSynthetic(
    { images, seed }: { images: number; seed: number },
    context: CallContext,
  ): Promise<OpenedDataset> {
    return await open('synthetic images', await paintSyntheticFiles({ images, seed }, pool, context), context);
  },
  /** Decodes every image, to find those that can't be. */
  async checkImages(_: undefined, { progress, signal }: CallContext): Promise<OpenedDataset> {
    const open = current();
    const codec = {
      decode: async (bytes: Uint8Array) => {
        const own = ownMemory(bytes);
        return await pool.run('measure', own, [own.buffer]);
      },
    };
    open.audit = await auditDataset(open.dataset, {
      codec,
      decode: true,
      concurrency: pool.inFlight,
      progress,
      signal,
    });
    return describe(open);
  },
  /** As `lesionlab split --exclude-unusable` does; unusable images are those that are known so far. */
  async split({ seed, ratios }: SplitRequest): Promise<SplitFiles> {
    const { dataset, audit } = current();
    const unusable = new Set(unusableImages(audit));
    const records = dataset.records.filter(({ imageId }) => !unusable.has(imageId));
    if (records.length === 0) throw dataError('no-usable-images', 'None of the images can be used.');
    const { info, hasLesionIds, metadataFile } = dataset;
    const { classes } = info;
    const links = linksOf(dataset, audit);
    const splits = splitDataset(records, classes, { ratios, seed, links, file: metadataFile });
    const csv = splitsCsv(records, splits, classes);
    const hash = await sha256(toUtf8(csv));
    const summary = splitsJson({ records, splits, classes, ratios, seed, links, sha256: hash, hasLesionIds });
    return { csv, summary };
  },
  /** Ids of a class's images, in the order of the table. */
  async listImages({ label, first, count }: { label: number; first: number; count: number }): Promise<string[]> {
    const { dataset } = current();
    const own = dataset.records.filter((record) => record.label === label);
    return own.slice(first, first + count).map(({ imageId }) => imageId);
  },
  async thumbnail({ imageId, size }: { imageId: string; size: number }): Promise<Blob> {
    const bytes = ownMemory(await current().dataset.images.read(imageId));
    return await pool.run('thumbnail', { bytes, fitting: { imageSize: size, fit: 'crop' } }, [bytes.buffer]);
  },
  async prepare(request: PrepareRequest, context: CallContext): Promise<Transferred<PreparedForTraining>> {
    const { root, dataset, audit } = current();
    const prepared = await prepareForTraining({ root, dataset, audit }, request, pool, context);
    return new Transferred(prepared, ownedMemory(prepared.pixels));
  },
  /** Synthetic images as a zip of the folder that the command line opens. */
  async saveImages(_: undefined, { progress, signal }: CallContext): Promise<Blob> {
    const { dataset, files } = current();
    if (!dataset.info.synthetic) throw usageError('not-synthetic', 'These images are on your disk already.');
    return await writeZip(
      files.map((file) => ({ path: [...file.folders, file.name].join('/'), read: () => file.read() })),
      { progress, signal },
    );
  },
};
export type DatasetFunctions = typeof functions;

/** Memory that can be given to a worker: a view may be part of something larger. */
const ownMemory = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.byteLength === bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();

serveCalls(functions);
