import type { Raster } from '../../image/raster.js';
import { type Progress, silentProgress } from '../../progress.js';
import type { Dataset, ImageRecord } from '../dataset.js';
import { ham10000Codes, ham10000Info } from '../formats/ham10000.js';
import { findIdenticalImages, type Interruption, throwIfInterrupted } from '../groups/identicalImages.js';
import { mapConcurrently } from '../mapConcurrently.js';
import { holdsUnread, unreadFormatOf, unreadHint } from '../unreadFormats.js';
import type { Audit, Finding, FindingKind, ImageSizeCount } from './audit.js';
import { unusableImages } from './requireUsable.js';

/** An image that could not be decoded, and what the decoder said. */
export interface DecodeFailure {
  readonly imageId: string;
  readonly reason: string;
}

/** How thoroughly a dataset is looked over. */
export interface AuditOptions {
  /** Decode every image to find those that can't be read; takes a minute for HAM10000 as published. */
  readonly decode: boolean;
  /** Needed to decode; only the size of what it gives is looked at. */
  readonly codec?: { decode(bytes: Uint8Array): Promise<Pick<Raster, 'width' | 'height'>> };
  /** Failures and sizes that preparation has seen, instead of decoding here. */
  readonly decoded?: { readonly failures: readonly DecodeFailure[]; readonly imageSizes?: readonly ImageSizeCount[] };
  /** Sets of identical images that are known, instead of comparing files here. */
  readonly identical?: readonly (readonly string[])[];
  /** Images decoded at a time. */
  readonly concurrency?: number;
  readonly progress?: Progress;
  readonly signal?: Interruption;
}

/**
 * Looks a dataset over: images that can't be used, and what else is worth knowing before trusting results from it.
 * @throws LesionlabError kind `interrupted` once the signal is aborted; findings are returned, never thrown
 */
export async function auditDataset(dataset: Dataset, options: AuditOptions): Promise<Audit> {
  const { records, images } = dataset;
  const present = records.filter(({ imageId }) => images.has(imageId));
  const unread = new Set<string>();
  // What can't be read at all is told of where it is decoded.
  for (const { imageId } of present) if (await holdsUnread(images, imageId).catch(() => false)) unread.add(imageId);
  const isFilled = ({ imageId }: ImageRecord) => images.byteLength(imageId) > 0 && !unread.has(imageId);
  const { failures, imageSizes } = options.decode
    ? await decodeAll(dataset, present.filter(isFilled), options)
    : { failures: [], imageSizes: [], ...options.decoded };
  const identical =
    options.identical ??
    (await findIdenticalImages(
      images,
      present.map(({ imageId }) => imageId),
      options.signal,
    ));
  const findings = [
    ...unusableFindings(dataset, failures, unread),
    ...imagesWithoutMetadata(dataset),
    ...identicalFindings(dataset, identical),
    ...lesionsWithTwoDiagnoses(dataset),
    ...unknownCodes(dataset),
    ...missingValues(dataset),
    ...(dataset.notes ?? []).map(({ kind, imageIds, message }) => note(kind, imageIds, message)),
  ];
  return {
    rows: records.length,
    files: images.imageIds.length,
    decoded: options.decode || options.decoded !== undefined,
    unusable: unusableImages({ findings }).length,
    counts: countByKind(findings),
    imageSizes: [...imageSizes].sort((a, b) => b.images - a.images || a.width - b.width || a.height - b.height),
    findings,
  };
}

async function decodeAll(dataset: Dataset, records: readonly ImageRecord[], options: AuditOptions) {
  const { codec, progress = silentProgress, signal, concurrency = 4 } = options;
  if (!codec) throw new Error('auditDataset needs a codec to decode images.');
  const failures: DecodeFailure[] = [];
  const sizes = new Map<string, { width: number; height: number; images: number }>();
  const task = progress.start('Checking images', records.length);
  let done = 0;
  try {
    await mapConcurrently(records, concurrency, async ({ imageId }) => {
      throwIfInterrupted(signal, 'checking images');
      try {
        const { width, height } = await codec.decode(await dataset.images.read(imageId));
        const key = `${width}x${height}`;
        const size = sizes.get(key) ?? { width, height, images: 0 };
        size.images++;
        sizes.set(key, size);
      } catch (error) {
        failures.push({ imageId, reason: (error as Error).message });
      }
      task.update(++done);
    });
  } finally {
    task.end();
  }
  return { failures, imageSizes: [...sizes.values()] };
}

/** @param unread images of formats that are not read */
function unusableFindings(
  { records, images, metadataFile }: Dataset,
  failures: readonly DecodeFailure[],
  unread: ReadonlySet<string>,
): Finding[] {
  const reasons = new Map(failures.map(({ imageId, reason }) => [imageId, reason] as const));
  const findings: Finding[] = [];
  for (const { imageId, row, table = metadataFile } of records) {
    const add = (kind: FindingKind, message: string) =>
      findings.push({ kind, severity: 'unusable', imageIds: [imageId], message });
    if (!images.has(imageId)) {
      const place = row === undefined ? table : `${table}, row ${row}`;
      add('missing-image', `${place}: there is no file for image ${imageId}.`);
      continue;
    }
    const file = images.location(imageId);
    const format = unread.has(imageId) ? unreadFormatOf(file) : undefined;
    const reason = reasons.get(imageId);
    if (images.byteLength(imageId) === 0) add('empty-file', `${file} is empty (0 bytes).`);
    else if (format) add('unread-format', `${file} is ${format.name}. ${unreadHint(format)}`);
    else if (reason !== undefined)
      // A zip's own message names the file already.
      add('unreadable-image', reason.includes(file) ? reason : `${file} is no readable image: ${reason}`);
  }
  return findings;
}

const note = (kind: FindingKind, imageIds: readonly string[], message: string): Finding => ({
  kind,
  severity: 'note',
  imageIds,
  message,
});

function imagesWithoutMetadata({ records, outside = [], images, metadataFile }: Dataset): Finding[] {
  const described = new Set<string>();
  for (const list of [records, outside]) for (const { imageId } of list) described.add(imageId);
  const strangers = images.imageIds.filter((imageId) => !described.has(imageId));
  if (strangers.length === 0) return [];
  const which = strangers.length === 1 ? 'One image has' : `${strangers.length} images have`;
  return [
    note(
      'image-without-metadata',
      strangers,
      `${which} no row among those taken from ${metadataFile}, and ${strangers.length === 1 ? 'takes' : 'take'} no part: ${some(strangers)}.`,
    ),
  ];
}

function identicalFindings({ records, info, hasLesionIds }: Dataset, sets: readonly (readonly string[])[]): Finding[] {
  const twin = new Set(sets.flat());
  const byId = new Map<string, ImageRecord>();
  for (const record of records) if (twin.has(record.imageId)) byId.set(record.imageId, record);
  return sets.flatMap((imageIds) => {
    const twins = imageIds.map((id) => byId.get(id)!);
    const diagnoses = [...new Set(twins.map(({ label }) => info.classes[label].id))];
    const lesions = [...new Set(twins.map(({ lesionId }) => lesionId))];
    const disagreement = diagnoses.length > 1 ? `, with different diagnoses (${diagnoses.join(', ')})` : '';
    const found = [
      note('identical-images', imageIds, `Images ${imageIds.join(' and ')} are the same file${disagreement}.`),
    ];
    if (hasLesionIds && lesions.length > 1) {
      const message = `The same image stands in lesions ${lesions.join(' and ')}, as ${imageIds.join(' and ')}.`;
      found.push(note('image-in-two-lesions', imageIds, message));
    }
    return found;
  });
}

function lesionsWithTwoDiagnoses({ records, info }: Dataset): Finding[] {
  // Nearly all lesions have one: only those that have more get lists of their images.
  const firstLabel = new Map<string, number>();
  const mixed = new Set<string>();
  for (const { lesionId, label } of records) {
    const first = firstLabel.get(lesionId);
    if (first === undefined) firstLabel.set(lesionId, label);
    else if (first !== label) mixed.add(lesionId);
  }
  if (mixed.size === 0) return [];
  // In the order of the lesions' first images.
  const inOrder = new Map<string, ImageRecord[]>();
  for (const record of records) {
    if (!mixed.has(record.lesionId)) continue;
    const images = inOrder.get(record.lesionId);
    if (images) images.push(record);
    else inOrder.set(record.lesionId, [record]);
  }
  return [...inOrder].map(([lesionId, images]) => {
    const diagnoses = [...new Set(images.map(({ label }) => info.classes[label].id))];
    const imageIds = images.map(({ imageId }) => imageId);
    const message = `Lesion ${lesionId} has ${diagnoses.length} diagnoses: ${diagnoses.join(', ')} (images ${some(imageIds)}).`;
    return note('lesion-with-two-diagnoses', imageIds, message);
  });
}

const columns = [
  ['dxType', 'dx_type'],
  ['sex', 'sex'],
  ['localization', 'localization'],
] as const;

function unknownCodes({ records, metadataFile, info }: Dataset): Finding[] {
  if (info.id !== ham10000Info.id) return [];
  return columns.flatMap(([key, column]) => {
    const strange = new Map<string, string[]>();
    for (const record of records) {
      const value = record[key];
      if (value === undefined || ham10000Codes[key].includes(value)) continue;
      const images = strange.get(value);
      if (images) images.push(record.imageId);
      else strange.set(value, [record.imageId]);
    }
    return [...strange].map(([value, imageIds]) => {
      const message = `${metadataFile}: ${column} "${value}" does not occur in the official HAM10000 (images ${some(imageIds)}).`;
      return note('unknown-code', imageIds, message);
    });
  });
}

function missingValues({ records, metadataFile, hasLesionIds }: Dataset): Finding[] {
  const missing: [string, (record: ImageRecord) => boolean][] = [
    ['lesion_id', ({ lesionId, imageId }) => hasLesionIds && lesionId === imageId],
    ['age', ({ age }) => age === null],
    ...columns.map(([key, column]) => [column, (record: ImageRecord) => record[key] === undefined] as [string, never]),
  ];
  return missing.flatMap(([column, isMissing]) => {
    const imageIds = records.filter(isMissing).map(({ imageId }) => imageId);
    // A column that isn't there at all is the format's business, not a finding.
    if (imageIds.length === 0 || imageIds.length === records.length) return [];
    const message = `${metadataFile}: ${column} is missing in ${imageIds.length} of ${records.length} rows.`;
    return [note('missing-value', imageIds, message)];
  });
}

function countByKind(findings: readonly Finding[]): Record<FindingKind, number> {
  const counts: Record<FindingKind, number> = {
    'missing-image': 0,
    'empty-file': 0,
    'unreadable-image': 0,
    'unread-format': 0,
    'image-without-metadata': 0,
    'identical-images': 0,
    'image-in-two-lesions': 0,
    'lesion-with-two-diagnoses': 0,
    'unknown-code': 0,
    'missing-value': 0,
    'interpreted-value': 0,
    'unread-file': 0,
  };
  for (const { kind } of findings) counts[kind]++;
  return counts;
}

/** The first few of a list of ids, for messages. */
function some(ids: readonly string[]): string {
  return ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`;
}
