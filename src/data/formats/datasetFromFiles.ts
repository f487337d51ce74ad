import { dataError, LesionlabError } from '../../errors.js';
import type { DataOptions, Dataset, DatasetInfo, DatasetNote } from '../dataset.js';
import { countImageTypes, ofImageTypes, withImages } from '../reading/chosenRecords.js';
import {
  describeFormat,
  type FormatCandidate,
  type FormatOptions,
  type ParsedRecords,
} from '../reading/datasetFormat.js';
import { type DatasetSource, readSource } from '../reading/datasetSource.js';
import { imageKey } from '../reading/imageIds.js';
import { imageFiles, maskedImageIdOfFile, type StoredFile } from '../storedFile.js';
import { countUnread, unreadFiles, unreadFormatOf, unreadHint } from '../unreadFormats.js';
import { namesClasses, oneClassFolder } from './classFolders.js';
import { downloadHint, noMetadata, notMetadata, otherTables } from './noFormat.js';
import { datasetFormats } from './registry.js';
import { syntheticInfo, syntheticMarker } from './syntheticMarker.js';

/** What a caller knows about the files of a dataset. */
export interface DatasetFilesOptions extends FormatOptions {
  /** Name of the one table at the root to read; whichever describes most images where left out. */
  readonly table?: string;
  /** Folder or zip to take images from, where they are in several: one of `AmbiguousImages.places`. */
  readonly imagesIn?: string;
  /** Only read a table that describes some of the images: one that was not given but lies nearby. */
  readonly mustDescribe?: boolean;
  /** Take the one folder that all images lie in for a class: where nothing else says what they are. */
  readonly oneClass?: boolean;
  /** Read what is known of the images and look for none of them: `images` is empty. */
  readonly recordsOnly?: boolean;
}

/**
 * Makes a dataset of files, wherever they lie, in one of the formats of registry.ts, with images and masks. Reads tables and no image.
 * @param root of the files, for messages @param files loose ones before those in zips, each in the order of their paths; without the zips themselves
 * @param close closes what the files are read from
 * @throws LesionlabError kind `data` that names the file, row or image at fault
 */
export async function datasetFromFiles(
  root: string,
  files: readonly StoredFile[],
  { table, imagesIn, mustDescribe, oneClass, recordsOnly, ...options }: DatasetFilesOptions,
  close: () => Promise<void>,
): Promise<Dataset> {
  if (files.length === 0) throw dataError('empty-folder', `${root} is empty.`, { hint: downloadHint });
  const source = await readSource(root, files, imagesIn);
  const chosen = mustDescribe ? await tableOfImages(source) : await chooseFormat(source, { table, oneClass });
  const parsed = await chosen.read(options).catch((error: unknown) => {
    throw chosen.table || chosen.written ? error : withTables(error, source);
  });
  const metadataFile = parsed.metadataFile ?? chosen.table?.file.location ?? root;
  if (parsed.records.length === 0) {
    throw dataError('no-rows', `${metadataFile} has a header but no rows.`, { hint: 'Download it again.' });
  }
  const byId = recordsOnly
    ? new Map<string, StoredFile>()
    : (parsed.files ?? filesOfRecords(source, parsed, metadataFile));
  const info = markSynthetic({ ...describeFormat(chosen.format.card, parsed.classes), ...parsed.about }, files);
  const imageTypes = countImageTypes(parsed.records);
  const wanted = ofImageTypes(parsed, options.imageTypes, { name: info.name, metadataFile });
  const { records, outside, absent } =
    (options.allowMissing ?? (parsed.mayLackImages && !recordsOnly))
      ? withImages(wanted, byId, metadataFile)
      : { ...wanted, absent: undefined };
  return {
    info,
    records,
    images: imageFiles(byId, close),
    masks: parsed.masks ? imageFiles(parsed.masks, async () => {}) : findMasks(source),
    metadataFile,
    hasLesionIds: parsed.hasLesionIds,
    hasPatientIds: parsed.hasPatientIds ?? records.some(({ patientId }) => patientId !== undefined),
    columns: parsed.columns,
    links: parsed.links,
    outside,
    absent,
    ...(imageTypes.length > 0 && { imageTypes }),
    ...askedFor(options),
    notes: [
      ...(parsed.notes ?? []),
      ...(table === undefined && !chosen.written ? await otherDatasets(source, chosen, parsed, metadataFile) : []),
      ...(chosen.table || chosen.written || !chosen.format.card.ownData ? [] : tableNotes(source)),
      ...unreadNotes(source, new Set([...byId.values(), ...(parsed.usedFiles ?? [])])),
    ],
  };
}

function askedFor({ imageTypes, allowMissing }: DataOptions): Pick<Dataset, 'asked'> {
  const asked = { ...(imageTypes && { imageTypes }), ...(allowMissing && { allowMissing }) };
  return Object.keys(asked).length > 0 ? { asked } : {};
}

/**
 * Where a folder holds several tables (HAM10000's and that of its test set, or a copy in another format), the one that describes most of the
 * images is read; among equals the format that comes first, then the order of the paths. Folders are only taken for classes
 * where no table describes the images, and what lesionlab wrote itself only where nothing else does.
 */
async function chooseFormat(
  source: DatasetSource,
  { table: named, oneClass }: Pick<DatasetFilesOptions, 'table' | 'oneClass'>,
): Promise<FormatCandidate> {
  const single = oneClass ? oneClassFolder(source) : undefined;
  if (single) return single;
  const candidates = datasetFormats.flatMap((format) => format.find(source));
  if (named !== undefined) {
    const isNamed = ({ folders, name }: StoredFile) => folders.length === 0 && name === named;
    const found = candidates.find(({ table, joined }) => table && !joined && isNamed(table.file));
    if (found) return found;
    const table = source.tables.find(({ file }) => isNamed(file));
    if (table) throw refusalOf({ ...source, tables: [table] }) ?? notMetadata(table);
    throw dataError('no-table', `There is no table ${named} in ${source.root}.`, {
      hint: 'Check the spelling of its name.',
    });
  }
  const written = candidates.find((candidate) => candidate.written);
  if (written) return written;
  const inTables = await describingMost(
    candidates.filter(({ table }) => table && !table.ownOutput),
    source,
  );
  // Arrays of pixels may have a table beside them whose own images are not there.
  const isKnown = candidates.some(({ table, format }) => !table && !format.card.ownData);
  if (inTables && !(isKnown && (await describesNone(inTables, source)))) return inTables;
  const refusal = isKnown ? undefined : refusalOf(source);
  if (refusal) throw refusal;
  const other = await describingMost(await withoutTable(candidates), source);
  // Splits and parts of the images are no diagnoses: the table has them.
  if (other && namesClasses(source)) return other;
  const own = await describingMost(
    candidates.filter(({ table }) => table?.ownOutput),
    source,
  );
  const last = own ?? other;
  if (last) return last;
  throw noMetadata(source, oneClassFolder(source)?.name);
}

const describesNone = async ({ imageIds }: FormatCandidate, { images }: DatasetSource): Promise<boolean> =>
  !(await imageIds()).some((id) => images.has(id));

/** What is known by its files alone: class folders only where nothing else is, since any folders may look like them. */
async function withoutTable(candidates: readonly FormatCandidate[]): Promise<FormatCandidate[]> {
  const found: FormatCandidate[] = [];
  for (const candidate of candidates.filter(({ table }) => !table)) {
    // One that can't be read may be what is meant; its own error says why.
    const imageIds = await candidate.imageIds().catch(() => undefined);
    if (imageIds === undefined || imageIds.length > 0) found.push(candidate);
  }
  const known = found.filter(({ format }) => !format.card.ownData);
  return known.length > 0 ? known : found;
}

/** @throws LesionlabError kind `data` where no table describes any of the images */
async function tableOfImages(source: DatasetSource): Promise<FormatCandidate> {
  const candidates = datasetFormats
    .flatMap((format) => format.find(source))
    .filter(({ table }) => table && !table.ownOutput);
  let best: FormatCandidate | undefined;
  let most = 0;
  for (const candidate of candidates) {
    // A table that happens to lie there may be damaged.
    const ids = await candidate.imageIds().catch((): string[] => []);
    const described = ids.filter((id) => source.images.has(id)).length;
    if (described > most) [best, most] = [candidate, described];
  }
  if (best) return best;
  throw noMetadata(source);
}

const refusalOf = (source: DatasetSource): LesionlabError | undefined =>
  datasetFormats.map(({ refuse }) => refuse?.(source)).find((error) => error !== undefined);

async function describingMost(
  candidates: readonly FormatCandidate[],
  { images }: DatasetSource,
): Promise<FormatCandidate | undefined> {
  if (candidates.length < 2) return candidates[0];
  let best: FormatCandidate | undefined;
  let most = -1;
  for (const candidate of candidates) {
    const described = (await candidate.imageIds()).filter((id) => images.has(id)).length;
    if (described > most) [best, most] = [candidate, described];
  }
  return best;
}

function filesOfRecords(
  { root, images, files }: DatasetSource,
  { records, named }: ParsedRecords,
  metadataFile: string,
) {
  if (images.images.length === 0) {
    const [unread, hint] = unreadFiles(files);
    throw dataError(
      'no-images',
      `There is no image in ${root} or in its zips, but ${metadataFile} lists ${records.length} images.${unread}`,
      { hint: hint ?? 'Put the images, or the zips that they came in, into the same folder as the metadata.' },
    );
  }
  return images.match(named ?? records.map(({ imageId }) => ({ imageId, folders: [] })));
}

function findMasks({ files }: DatasetSource) {
  const byId = new Map<string, StoredFile>();
  for (const file of files) {
    const imageId = maskedImageIdOfFile(file);
    if (imageId !== undefined && !byId.has(imageId)) byId.set(imageId, file);
  }
  return byId.size > 0 ? imageFiles(byId, async () => {}) : undefined;
}

const markSynthetic = (info: DatasetInfo, files: readonly StoredFile[]): DatasetInfo =>
  files.some(({ name }) => name === syntheticMarker) ? syntheticInfo(info) : info;

/** What a folder of images was refused for, with the table that may have been meant. */
function withTables(error: unknown, source: DatasetSource): unknown {
  const tables = otherTables(source);
  if (!(error instanceof LesionlabError) || tables === undefined) return error;
  const { kind, code, message, hint, details } = error;
  return new LesionlabError(kind, code, `${message} ${tables}`, { hint, details, cause: error });
}

/**
 * Says which tables of datasets lie there beside the one that was read and have images that it lacks: a copy in another format is no news, another
 * dataset is.
 */
async function otherDatasets(
  source: DatasetSource,
  { table, tables = table ? [table] : [] }: FormatCandidate,
  { records, outside = [] }: ParsedRecords,
  metadataFile: string,
): Promise<DatasetNote[]> {
  if (table === undefined) return [];
  const looked = new Set(tables);
  let known: ReadonlySet<string> | undefined;
  const notes: DatasetNote[] = [];
  for (const { table: other, format, imageIds } of datasetFormats.flatMap((one) => one.find(source))) {
    if (!other || other.ownOutput || other.problem || looked.has(other)) continue;
    looked.add(other);
    // A table that happens to lie there may be damaged.
    const ids = await imageIds().catch((): readonly string[] => []);
    known ??= new Set([...records, ...outside].map(({ imageId }) => imageKey(imageId)));
    const further = ids.filter((id) => id !== '' && !known!.has(imageKey(id)));
    if (further.length === 0) continue;
    const there = further.filter((id) => source.images.has(id)).length;
    notes.push({
      kind: 'unread-file',
      imageIds: [],
      message: `${other.file.location} was left out: it is of ${format.card.name}, ${further.length} of its ${ids.length} images are none of ${metadataFile}, and ${there === 0 ? 'none' : there} of these ${there === 1 ? 'is' : 'are'} there. Name the table in place of the folder to read it, or both tables to have them as one dataset.`,
    });
  }
  return notes;
}

function tableNotes(source: DatasetSource): DatasetNote[] {
  const tables = otherTables(source);
  return tables === undefined
    ? []
    : [{ kind: 'unread-file', imageIds: [], message: `Diagnoses were taken from folders. ${tables}` }];
}

/** Names what lies there and takes no part, since nobody would look for it otherwise. @param used files of images that have a record */
function unreadNotes({ files, images, root }: DatasetSource, used: ReadonlySet<StoredFile>): DatasetNote[] {
  const others = files.filter(({ name }) => (unreadFormatOf(name)?.holds ?? 'image') !== 'image');
  const unused = [...images.unread, ...others].filter((file) => !used.has(file));
  return (['image', 'archive', 'table'] as const).flatMap((holds) => {
    const some = unused.filter(({ name }) => unreadFormatOf(name)!.holds === holds);
    if (some.length === 0) return [];
    const count = countUnread(some.map(({ name }) => name));
    const message = `${root} holds ${count} that ${some.length === 1 ? 'is' : 'are'} not read, ${some[0].location} first. ${unreadHint(unreadFormatOf(some[0].name)!)}`;
    return [{ kind: 'unread-file', imageIds: [], message }];
  });
}
