import { dataError, usageError } from '../../errors.js';
import { canonicalImageId } from '../canonicalImageId.js';
import type { ClassInfo, Dataset, DatasetColumn, DatasetInfo, ImageRecord, LinkedImages } from '../dataset.js';
import { bothMeanings, joinClasses, type Meaning, meaningOf } from './joinClasses.js';
import { joinFiles } from './joinFiles.js';
import { type SourceTable, tabulateSources } from './sourceTable.js';

/** One of several datasets. */
export interface JoinSource {
  readonly dataset: Dataset;
  /** What its images are told by: `ImageRecord.source`. Default its `DatasetInfo.id`, with a number where that is taken. */
  readonly name?: string;
}

/** What became of a class of a source. */
export interface MappedClass {
  readonly source: string;
  /** Its id there. */
  readonly from: string;
  readonly images: number;
  /** Images by the class that they are now; several where another dataset says more of each image. */
  readonly to: Readonly<Record<string, number>>;
}

/** What became of the datasets that were joined: for readers, and for whoever opens them again. */
export interface JoinAccount {
  readonly sources: readonly {
    readonly name: string;
    /** `DatasetInfo.name`. */
    readonly title: string;
    readonly images: number;
    /** Images that an earlier dataset has as well, and which were taken from there. */
    readonly same: number;
    /** Images whose id other datasets have for other images, and which got the name of the source before it. */
    readonly renamed: number;
  }[];
  readonly classes: readonly MappedClass[];
  /** Images whose datasets contradict each other; the earlier one's diagnosis stays. */
  readonly contradictions: readonly { readonly imageId: string; readonly says: Readonly<Record<string, string>> }[];
  readonly table: SourceTable;
}

/** Several datasets as one. */
export interface JoinedDataset extends Dataset {
  readonly joined: JoinAccount;
}

export const isJoined = (dataset: Dataset): dataset is JoinedDataset => 'joined' in dataset;

/** The id of `DatasetInfo` of joined datasets. */
export const joinedId = 'joined';

interface Entry {
  readonly source: number;
  readonly record: ImageRecord;
  readonly info: ClassInfo;
  meaning: Meaning;
}

/**
 * Makes several datasets one. Images with the same id of the ISIC archive are one image, which is taken from the dataset that comes first, with what the
 * others know beside it: patient, lesion, and a finer diagnosis. Other ids that stand in several datasets get the name of their dataset in front
 * (`clinic__img_001`), in each of them. Lesions and patients are told apart by dataset, unless their ids are the archive's. Classes are mapped through the
 * taxonomy to the finest that all of them fit into. Reads no image: files that are the same are found by whoever looks for identical ones.
 * @throws LesionlabError kind `usage` for fewer than two datasets or names that are not distinct; kind `data` where fewer than two classes are left
 */
export function joinDatasets(given: readonly JoinSource[]): JoinedDataset {
  const sources = nameSources(given);
  const idOf = chooseIds(sources);
  const kept = new Map<string, Entry>();
  const same = sources.map(() => 0);
  const further: ImageRecord[] = [];
  const meanings = sources.map(({ dataset: { info } }) => info.classes.map((one) => meaningOf(one, info.id)));
  const contradictions: JoinAccount['contradictions'][number][] = [];
  for (const [source, { name, dataset }] of sources.entries())
    for (const own of dataset.records) {
      const record = localise(own, idOf(source, own.imageId), { name, dataset });
      const info = dataset.info.classes[own.label];
      const meaning = meanings[source][own.label];
      const before = kept.get(record.imageId);
      if (!before) {
        kept.set(record.imageId, { source, record, info, meaning });
        continue;
      }
      same[source]++;
      const agreed = bothMeanings(
        { meaning: before.meaning, among: meanings[before.source] },
        { meaning, among: meanings[source] },
      );
      if (!agreed)
        contradictions.push({
          imageId: record.imageId,
          says: { [sources[before.source].name]: before.info.id, [name]: info.id },
        });
      kept.set(record.imageId, {
        ...before,
        record: complete(before.record, record),
        meaning: agreed ?? before.meaning,
      });
      further.push(record);
    }
  const entries = [...kept.values()];
  const { classes, labelOf } = joinClasses(entries);
  if (classes.length < 2)
    throw dataError(
      'one-class',
      `Joined, the datasets have one class, ${classes[0]?.id ?? 'none'}: there is nothing to tell apart.`,
      {
        hint: 'Their classes overlap so that they can only be taken as one; leave out the dataset with the coarsest.',
      },
    );
  const records = entries.map(({ record, meaning }) => ({ ...record, label: labelOf(meaning) }));
  const info = describeJoined(sources, classes);
  const table = tabulateSources({ records, info });
  return {
    ...collect(sources, idOf, kept),
    info,
    records,
    links: [
      ...linkSecondGroups(records, further),
      ...sources.flatMap(({ dataset }, s) => mapLinks(dataset, (id) => idOf(s, id))),
    ],
    sources: sources.map(({ name, dataset }, s) => ({ name, images: dataset.records.length, same: same[s] })),
    joined: {
      sources: sources.map(({ name, dataset }, s) => ({
        name,
        title: dataset.info.name,
        images: dataset.records.length,
        same: same[s],
        renamed: dataset.records.filter(({ imageId }) => idOf(s, imageId).startsWith(`${name}__`)).length,
      })),
      classes: countMapped(sources, idOf, new Map(records.map((record) => [record.imageId, classes[record.label].id]))),
      contradictions,
      table,
    },
  };
}

type NamedSource = Required<JoinSource>;

function nameSources(given: readonly JoinSource[]): NamedSource[] {
  if (given.length < 2)
    throw usageError('too-few-datasets', `Expected two datasets or more to join, found ${given.length}.`);
  const taken = new Map<string, number>();
  const named = given.map(({ dataset, name = dataset.info.id }) => {
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { dataset, name: times === 1 ? name : `${name}-${times}` };
  });
  const names = named.map(({ name }) => name);
  if (new Set(names).size < names.length)
    throw usageError('same-names', `The datasets to join have the names ${names.join(', ')}.`, {
      hint: 'Give each a name of its own.',
    });
  return named;
}

/** Ids of images after joining: the archive's as it is, others with their source in front where several datasets have them. */
function chooseIds(sources: readonly NamedSource[]): (source: number, imageId: string) => string {
  const seen = new Map<string, number>();
  const several = new Set<string>();
  for (const [s, { dataset }] of sources.entries())
    for (const { imageId } of [...dataset.records, ...(dataset.outside ?? [])]) {
      const before = seen.get(imageId);
      if (before !== undefined && before !== s) several.add(imageId);
      seen.set(imageId, before ?? s);
    }
  return (source, imageId) =>
    canonicalImageId(imageId) ?? (several.has(imageId) ? `${sources[source].name}__${imageId}` : imageId);
}

/** Ids of the archive's lesions and patients, and of datasets that passed theirs on to it. */
const sharedLesion = /^(HAM|BCN|IL|MSK\d*)_\d+$/i;
const sharedPatient = /^IP_\d+$/i;

/** A record as it is among those of other datasets. */
function localise(
  { lesionId, patientId, ...record }: ImageRecord,
  imageId: string,
  { name, dataset }: Pick<NamedSource, 'name' | 'dataset'>,
): ImageRecord {
  const ownLesion = dataset.hasLesionIds && lesionId !== record.imageId;
  return {
    ...record,
    imageId,
    lesionId: !ownLesion ? imageId : sharedLesion.test(lesionId) ? lesionId : `${name}__${lesionId}`,
    ...(patientId !== undefined && { patientId: sharedPatient.test(patientId) ? patientId : `${name}__${patientId}` }),
    source: name,
    values: { ...record.values, source: name },
  };
}

/** What an image's first dataset says, and what it leaves open but another one knows. */
function complete(first: ImageRecord, other: ImageRecord): ImageRecord {
  return {
    ...other,
    ...Object.fromEntries(Object.entries(first).filter(([, value]) => value !== undefined)),
    lesionId: first.lesionId === first.imageId ? other.lesionId : first.lesionId,
    age: first.age ?? other.age,
    values: { ...other.values, ...first.values },
    label: first.label,
  } as ImageRecord;
}

/** Where two datasets put an image into lesions or patients of different names, what belongs to the other one's belongs to it too. */
function linkSecondGroups(
  records: readonly ImageRecord[],
  further: readonly Pick<ImageRecord, 'imageId' | 'lesionId' | 'patientId' | 'source'>[],
): LinkedImages[] {
  const firstOf = new Map<string, string>();
  const known = new Set<string>();
  for (const { imageId, lesionId, patientId } of records)
    for (const key of [`lesion ${lesionId}`, `patient ${patientId}`]) {
      known.add(`${imageId} ${key}`);
      if (!firstOf.has(key)) firstOf.set(key, imageId);
    }
  return further.flatMap(({ imageId, lesionId, patientId, source }) =>
    [`lesion ${lesionId}`, ...(patientId === undefined ? [] : [`patient ${patientId}`])].flatMap((key) => {
      const member = firstOf.get(key);
      if (member === undefined || known.has(`${imageId} ${key}`)) return [];
      return [{ kind: 'listed' as const, imageIds: [imageId, member], because: `${key} of ${source}` }];
    }),
  );
}

function countMapped(
  sources: readonly NamedSource[],
  idOf: (source: number, imageId: string) => string,
  classOf: ReadonlyMap<string, string>,
): MappedClass[] {
  return sources.flatMap(({ name, dataset }, s) =>
    dataset.info.classes.map(({ id }, label): MappedClass => {
      const own = dataset.records.filter((record) => record.label === label);
      const to: Record<string, number> = {};
      for (const { imageId } of own) {
        const target = classOf.get(idOf(s, imageId))!;
        to[target] = (to[target] ?? 0) + 1;
      }
      return { source: name, from: id, images: own.length, to };
    }),
  );
}

function describeJoined(sources: readonly NamedSource[], classes: readonly ClassInfo[]): DatasetInfo {
  const each = (of: (info: DatasetInfo) => string | undefined) => {
    const said = sources.flatMap(({ dataset: { info } }) => (of(info) ? [`${info.name}: ${of(info)}`] : []));
    return said.length > 0 ? said.join('; ') : undefined;
  };
  return {
    id: joinedId,
    name: sources.map(({ dataset }) => dataset.info.name).join(' + '),
    classes,
    licence: each(({ licence }) => licence),
    citation: each(({ citation }) => citation),
    synthetic: sources.some(({ dataset }) => dataset.info.synthetic),
  };
}

const mapLinks = ({ links = [] }: Dataset, idOf: (imageId: string) => string): LinkedImages[] =>
  links.map((link) => ({ ...link, imageIds: link.imageIds.map(idOf) }));

/** All that is simply put together. */
function collect(
  sources: readonly NamedSource[],
  idOf: (source: number, imageId: string) => string,
  kept: ReadonlyMap<string, Entry>,
): Pick<
  Dataset,
  | 'images'
  | 'masks'
  | 'metadataFile'
  | 'hasLesionIds'
  | 'hasPatientIds'
  | 'notes'
  | 'columns'
  | 'outside'
  | 'absent'
  | 'asked'
  | 'imageTypes'
> {
  const mapIds = (s: number, ids: readonly string[]) => ids.map((id) => idOf(s, id));
  const datasets = sources.map(({ dataset }) => dataset);
  const close = async () => {
    await Promise.all(datasets.map(({ images }) => images.close()));
  };
  const masked = datasets.flatMap(({ masks }, s) =>
    masks ? [{ files: masks, idOf: (id: string) => idOf(s, id) }] : [],
  );
  const outside = sources.flatMap(({ name, dataset }, s) =>
    (dataset.outside ?? []).map((record) => localise(record, idOf(s, record.imageId), { name, dataset })),
  );
  return {
    // Of an image that several have, the file of the dataset whose record was taken.
    images: joinFiles(
      datasets.map(({ images }, s) => ({
        files: images,
        idOf: (id) => idOf(s, id),
        takes: (id) => (kept.get(id)?.source ?? s) === s,
      })),
      close,
    ),
    ...(masked.length > 0 && { masks: joinFiles(masked, close) }),
    metadataFile: datasets.map(({ metadataFile }) => metadataFile).join(' and '),
    hasLesionIds: datasets.some(({ hasLesionIds }) => hasLesionIds),
    hasPatientIds: datasets.some(({ hasPatientIds }) => hasPatientIds),
    notes: datasets.flatMap(({ notes = [] }, s) =>
      notes.map((note) => ({ ...note, imageIds: mapIds(s, note.imageIds) })),
    ),
    columns: joinColumns(datasets.flatMap(({ columns = [] }) => columns)),
    outside: outside.filter(({ imageId }) => !kept.has(imageId)),
    ...joinImageTypes(datasets),
    // All are opened with the same.
    asked: datasets[0].asked,
    absent: datasets.flatMap(({ absent = [] }, s) => mapIds(s, absent)),
  };
}

function joinImageTypes(datasets: readonly Dataset[]): Pick<Dataset, 'imageTypes'> {
  const counts = new Map<string, number>();
  for (const { type, images } of datasets.flatMap(({ imageTypes = [] }) => imageTypes))
    counts.set(type, (counts.get(type) ?? 0) + images);
  return counts.size > 0 ? { imageTypes: [...counts].map(([type, images]) => ({ type, images })) } : {};
}

const strictness: readonly DatasetColumn['role'][] = ['input', 'subgroup', 'never'];

/** Columns of all datasets, and which dataset an image is of; where datasets disagree about one, the careful reading counts. */
function joinColumns(columns: readonly DatasetColumn[]): DatasetColumn[] {
  const byName = new Map<string, DatasetColumn>();
  for (const column of columns) {
    const before = byName.get(column.name) ?? column;
    byName.set(column.name, {
      name: column.name,
      kind: before.kind === column.kind ? column.kind : 'text',
      role: strictness[Math.max(strictness.indexOf(before.role), strictness.indexOf(column.role))],
      // Numbers that mean different things in each of them are no bands of one scale.
      ...(column.bands && JSON.stringify(before.bands) === JSON.stringify(column.bands) && { bands: column.bands }),
    });
  }
  return [...byName.values(), { name: 'source', kind: 'text', role: 'subgroup' }];
}
