import type { DataOptions } from '../../../src/data/dataset.js';
import type { DatasetProposal, ProposalTrial } from '../../../src/data/proposal/datasetProposal.js';
import { describeDataset, tryDescription, withDescription } from '../../../src/data/proposal/describeDataset.js';
import { type SeenTable, seeTables } from '../../../src/data/proposal/seenTables.js';
import { usageError } from '../../../src/errors.js';
import type { PickedFile } from '../browser/pickedFiles.js';
import { type CallContext, ownedMemory, serveCalls, Transferred } from '../browser/workerCalls.js';
import { divideData, type SplitFiles, usableData } from './divideData.js';
import type { Division } from './division.js';
import { ImagePool } from './imagePool.js';
import { looseFiles } from './looseFiles.js';
import { findNear } from './nearDuplicates.js';
import { checkImages, compareFiles, type DataPart, type OpenedData, openParts, ownMemory } from './openedData.js';
import { describeOpened, type OpenedDataset } from './openedDataset.js';
import { type PreparedForTraining, type PrepareRequest, prepareForTraining } from './prepareForTraining.js';
import { type SampledImages, type SampleRequest, sampleImages } from './sampleImages.js';
import { paintSyntheticFiles } from './syntheticFiles.js';
import { unpackFiles } from './unpackFiles.js';
import { writeZip } from './writeZip.js';

export interface SplitRequest extends Division {
  readonly seed: number;
}

/** Which of the files to open were sent: a list of a hundred thousand is sent in pieces. */
export interface SentFiles {
  /** Number of the opening. */
  readonly picking: number;
  /** Name of the folder, or words for several files. */
  readonly root: string;
  /** Whether they are another dataset beside what is open. */
  readonly beside: boolean;
}

/** Whose files are meant: those of a part that is open, or of the one that could not be opened. */
export type Subject = number | 'refused';

interface DescribedFiles {
  readonly subject: Subject;
  /** Of a dataset.yaml. */
  readonly text: string;
}

/** What is to be opened: its parts, the one that it is about, and which of their images. */
interface Wanted {
  readonly parts: readonly DataPart[];
  readonly part: number;
  readonly options: DataOptions;
}

const pool = new ImagePool();
let opened: OpenedData | undefined;
/** What could not be opened last; `places`: folders and zips that its images may be taken from, where they are there twice. */
let refused: (Wanted & { readonly places: readonly string[] }) | undefined;
let sent: { readonly picking: number; readonly files: PickedFile[] } | undefined;

function current(): OpenedData {
  if (opened) return opened;
  throw usageError('no-data', 'No data is open.', { hint: 'Open a folder, zips or synthetic images first.' });
}

const askedOf = (data: OpenedData | undefined): DataOptions => data?.dataset.asked ?? {};

function wantedOf(subject: Subject): Wanted {
  if (subject !== 'refused') return { parts: current().parts, part: subject, options: askedOf(opened) };
  if (refused) return refused;
  throw usageError('no-data', 'No files were chosen.', { hint: 'Choose a folder, files or zips first.' });
}

function partOf(subject: Subject): DataPart {
  const { parts, part } = wantedOf(subject);
  return parts[part];
}

/** Opens parts in place of what is open, which stays where that fails. */
async function open(wanted: Wanted, { signal }: CallContext): Promise<OpenedDataset> {
  const { parts, options } = wanted;
  refused = { ...wanted, places: [] };
  opened = await openParts(parts, options, signal, (part, places) => {
    refused = { parts, options, part, places };
  });
  refused = undefined;
  return describeOpened(opened);
}

/** Opens what was wanted with another part in place of the one that it is about. */
const openInstead = ({ parts, part, options }: Wanted, other: DataPart, context: CallContext) =>
  open({ parts: parts.map((one, i) => (i === part ? other : one)), part, options }, context);

const functions = {
  /** Takes some of the files that are to be opened. */
  receiveFiles({ picking, files }: { readonly picking: number; readonly files: readonly PickedFile[] }): void {
    if (sent?.picking !== picking) sent = { picking, files: [] };
    for (const file of files) sent.files.push(file);
  },
  async openFiles({ picking, root, beside }: SentFiles, context: CallContext): Promise<OpenedDataset> {
    const files = sent?.picking === picking ? sent.files : [];
    sent = undefined;
    const part = { root, files: await unpackFiles(looseFiles({ root, files }), context) };
    const before = beside ? current().parts : [];
    // Which images are meant is asked of other data anew.
    const options = beside ? askedOf(opened) : {};
    return await open({ parts: [...before, part], part: before.length, options }, context);
  },
  async openSynthetic(
    { images, seed }: { images: number; seed: number },
    context: CallContext,
  ): Promise<OpenedDataset> {
    const files = await paintSyntheticFiles({ images, seed }, pool, context);
    return await open({ parts: [{ root: 'synthetic images', files }], part: 0, options: {} }, context);
  },
  /** Takes one of several datasets out again. */
  async removePart(part: number, context: CallContext): Promise<OpenedDataset> {
    const parts = current().parts.filter((_, i) => i !== part);
    return await open({ parts, part: 0, options: askedOf(opened) }, context);
  },
  /** The same data with other images of it: kinds of them, or without rows whose image is missing. */
  async openAsked(options: DataOptions, context: CallContext): Promise<OpenedDataset> {
    return await open({ parts: current().parts, part: 0, options }, context);
  },
  /** Folders and zips to choose from where images of what could not be opened are there twice. */
  async imagePlaces(): Promise<readonly string[]> {
    return refused?.places ?? [];
  },
  /** What could not be opened, with the images of one of `imagePlaces`. */
  async openPlace(imagesIn: string, context: CallContext): Promise<OpenedDataset> {
    return await openInstead(wantedOf('refused'), { ...partOf('refused'), imagesIn }, context);
  },
  /** Which tables lie among files. */
  async seeTables(subject: Subject): Promise<SeenTable[]> {
    const { root, files } = partOf(subject);
    return await seeTables(root, files);
  },
  /** What files seem to be. */
  async propose(subject: Subject): Promise<DatasetProposal> {
    const { root, files } = partOf(subject);
    return await describeDataset(root, files, 'page');
  },
  /** What reading them with a description gives, or why they can't be read with it. */
  async tryDescription({ subject, text }: DescribedFiles): Promise<ProposalTrial> {
    const { root, files } = partOf(subject);
    return await tryDescription(root, files, text, 'page');
  },
  /** Opens them as a description says. */
  async openDescribed({ subject, text }: DescribedFiles, context: CallContext): Promise<OpenedDataset> {
    const part = partOf(subject);
    return await openInstead(wantedOf(subject), { ...part, files: withDescription(part.files, text) }, context);
  },
  /** Finds images whose files are the same. */
  async compareFiles(_: undefined, context: CallContext): Promise<OpenedDataset> {
    const data = current();
    await compareFiles(data, context);
    return describeOpened(data);
  },
  /** Decodes every image, to find those that can't be. */
  async checkImages(_: undefined, context: CallContext): Promise<OpenedDataset> {
    const data = current();
    await checkImages(data, pool, context);
    return describeOpened(data);
  },
  /** Looks for images that are nearly the same. */
  async findNear(_: undefined, context: CallContext): Promise<OpenedDataset> {
    const data = current();
    await findNear(data, pool, context);
    return describeOpened(data);
  },
  /** As `lesionlab split --exclude-unusable` does; unusable images are those that are known so far. */
  async split(
    request: SplitRequest,
    context: CallContext,
  ): Promise<{ readonly files: SplitFiles; readonly dataset: OpenedDataset }> {
    const data = current();
    await compareFiles(data, context);
    const { csv, summary } = await divideData(data, { ...request, dataset: usableData(data) }, pool, context);
    return { files: { csv, summary }, dataset: describeOpened(data) };
  },
  /** Ids of a class's images, in the order of the table. */
  async listImages({ label, first, count }: { label: number; first: number; count: number }): Promise<string[]> {
    const { dataset } = current();
    const own = dataset.records.filter((record) => record.label === label);
    return own.slice(first, first + count).map(({ imageId }) => imageId);
  },
  /** What the table says of images: `melanoma, lesion HAM_0000118`. */
  async describeImages(imageIds: readonly string[]): Promise<Record<string, string>> {
    const { info, records, hasLesionIds } = current().dataset;
    const asked = new Set(imageIds);
    const words = records
      .filter(({ imageId }) => asked.has(imageId))
      .map(({ imageId, label, lesionId, patientId, source }): [string, string] => [
        imageId,
        [
          info.classes[label].name,
          ...(hasLesionIds && lesionId !== imageId ? [`lesion ${lesionId}`] : []),
          ...(patientId === undefined ? [] : [`patient ${patientId}`]),
          ...(source === undefined ? [] : [`of ${source}`]),
        ].join(', '),
      ]);
    return Object.fromEntries(words);
  },
  async thumbnail({ imageId, size }: { imageId: string; size: number }): Promise<Blob> {
    const bytes = ownMemory(await current().dataset.images.read(imageId));
    return await pool.run('thumbnail', { bytes, fitting: { imageSize: size, fit: 'crop' } }, [bytes.buffer]);
  },
  /** Some images as a recipe fits them, for a preview. */
  async sampleImages(request: SampleRequest): Promise<SampledImages> {
    return await sampleImages(current(), request, pool);
  },
  async prepare(request: PrepareRequest, context: CallContext): Promise<Transferred<PreparedForTraining>> {
    const prepared = await prepareForTraining(current(), request, pool, context);
    return new Transferred(prepared, ownedMemory(prepared.pixels));
  },
  /** Synthetic images as a zip of the folder that the command line opens. */
  async saveImages(_: undefined, { progress, signal }: CallContext): Promise<Blob> {
    const { dataset, parts } = current();
    if (!dataset.info.synthetic || parts.length > 1)
      throw usageError('not-synthetic', 'These images are on your disk already.');
    return await writeZip(
      parts[0].files.map((file) => ({ path: [...file.folders, file.name].join('/'), read: () => file.read() })),
      { progress, signal },
    );
  },
};
export type DatasetFunctions = typeof functions;

serveCalls(functions);
