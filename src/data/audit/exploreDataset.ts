import { Random } from '../../random.js';
import { classWeights, countClasses } from '../classWeights.js';
import type { Dataset, ImageRecord } from '../dataset.js';
import { countLesions } from '../groups/imageGroups.js';
import { median } from '../median.js';
import type { Audit } from './audit.js';
import type {
  AgeHistogram,
  ClassCount,
  CrossTable,
  Exploration,
  MissingValues,
  SampleRow,
  ValueCount,
} from './exploration.js';
import { unusableImages } from './requireUsable.js';

/** What `exploreDataset` counts with. */
export interface ExploreOptions {
  readonly audit: Audit;
  /** Of the sample rows and the sample images. */
  readonly seed: number;
}

const missing = 'missing';
const unknown = 'unknown';
const sampleRowCount = 10;
const samplesPerClass = 5;

/** Counts what a dataset holds; pure and deterministic. */
export function exploreDataset(dataset: Dataset, { audit, seed }: ExploreOptions): Exploration {
  const { info, records } = dataset;
  return {
    dataset: {
      id: info.id,
      name: info.name,
      synthetic: info.synthetic,
      licence: info.licence,
      citation: info.citation,
      url: info.url,
      metadataFile: dataset.metadataFile,
      hasLesionIds: dataset.hasLesionIds,
      hasMasks: dataset.masks !== undefined,
      classes: info.classes,
    },
    images: records.length,
    lesions: countLesions(records),
    seed,
    classes: countByClass(dataset),
    sex: countValues(records, 'sex'),
    localization: countValues(records, 'localization'),
    dxType: countValues(records, 'dxType'),
    age: ageHistogram(records),
    imagesPerLesion: imagesPerLesion(records),
    diagnosisByLocalization: crossTable(dataset, valuesOf(records, 'localization'), (r) => r.localization ?? missing),
    diagnosisByAge: crossTable(dataset, ageBands(records), ({ age }) => (age === null ? missing : ageBand(age))),
    diagnosisBySex: crossTable(dataset, valuesOf(records, 'sex'), (r) => r.sex ?? missing),
    diagnosisByDxType: crossTable(dataset, valuesOf(records, 'dxType'), (r) => r.dxType ?? missing),
    missingValues: countMissing(dataset),
    sampleRows: sampleRows(dataset, seed),
    sampleImages: chooseSampleImages(dataset, new Set(unusableImages(audit)), seed),
    audit,
  };
}

function countByClass({ info, records }: Dataset): ClassCount[] {
  const counts = countClasses(records, info.classes.length);
  const weights = classWeights(counts, 'median-frequency');
  return info.classes.map(({ id, name }, label) => ({
    dx: id,
    name,
    images: counts[label],
    lesions: countLesions(records.filter((record) => record.label === label)),
    share: counts[label] / records.length,
    weight: counts[label] === 0 ? null : weights[label],
  }));
}

type Attribute = 'sex' | 'localization' | 'dxType';

/** Empty where no record has a value: the dataset lacks the column. */
function countValues(records: readonly ImageRecord[], key: Attribute): ValueCount[] {
  if (records.every((record) => record[key] === undefined)) return [];
  const counts = new Map<string, number>();
  for (const record of records) {
    const value = record[key] ?? missing;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const rank = (value: string) => (value === missing ? 2 : value === unknown ? 1 : 0);
  return [...counts]
    .sort(([a, m], [b, n]) => rank(a) - rank(b) || n - m || (a < b ? -1 : 1))
    .map(([value, images]) => ({ value, images, share: images / records.length }));
}

const valuesOf = (records: readonly ImageRecord[], key: Attribute) =>
  countValues(records, key).map(({ value }) => value);

function ageHistogram(records: readonly ImageRecord[]): AgeHistogram | null {
  const ages = records.flatMap(({ age }) => age ?? []);
  if (ages.length === 0) return null;
  const width = 5;
  const bins: { from: number; to: number; images: number }[] = [];
  const lowest = Math.floor(ages.reduce((low, age) => Math.min(low, age)) / width);
  const highest = Math.floor(ages.reduce((high, age) => Math.max(high, age)) / width);
  for (let bin = lowest; bin <= highest; bin++) bins.push({ from: bin * width, to: (bin + 1) * width, images: 0 });
  for (const age of ages) bins[Math.floor(age / width) - lowest].images++;
  const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length;
  const squares = ages.reduce((sum, age) => sum + (age - mean) ** 2, 0);
  return {
    binYears: width,
    bins,
    images: ages.length,
    missing: records.length - ages.length,
    normal: ages.length < 2 ? null : { mean, standardDeviation: Math.sqrt(squares / (ages.length - 1)) },
    median: median(ages),
  };
}

const decade = (age: number) => Math.floor(age / 10);
const bandName = (band: number) => `${band * 10}-${band * 10 + 9}`;
const ageBand = (age: number) => bandName(decade(age));

/** Every decade from the youngest to the oldest, so that a gap shows. */
function ageBands(records: readonly ImageRecord[]): string[] {
  const decades = records.flatMap(({ age }) => (age === null ? [] : decade(age)));
  if (decades.length === 0) return [];
  const lowest = decades.reduce((low, band) => Math.min(low, band));
  const highest = decades.reduce((high, band) => Math.max(high, band));
  const bands = Array.from({ length: highest - lowest + 1 }, (_, i) => bandName(lowest + i));
  return decades.length < records.length ? [...bands, missing] : bands;
}

function crossTable(
  { info, records }: Dataset,
  values: readonly string[],
  attribute: (record: ImageRecord) => string,
): CrossTable {
  const row = new Map(values.map((value, i) => [value, i] as const));
  const counts = values.map(() => new Array<number>(info.classes.length).fill(0));
  for (const record of values.length === 0 ? [] : records) counts[row.get(attribute(record))!][record.label]++;
  return { values, classes: info.classes.map(({ id }) => id), counts };
}

function imagesPerLesion(records: readonly ImageRecord[]): { images: number; lesions: number }[] {
  const perLesion = new Map<string, number>();
  for (const { lesionId } of records) perLesion.set(lesionId, (perLesion.get(lesionId) ?? 0) + 1);
  const lesions = new Map<number, number>();
  for (const images of perLesion.values()) lesions.set(images, (lesions.get(images) ?? 0) + 1);
  return [...lesions].sort(([a], [b]) => a - b).map(([images, count]) => ({ images, lesions: count }));
}

function countMissing({ records, hasLesionIds }: Dataset): MissingValues[] {
  const count = (holds: (record: ImageRecord) => boolean) => records.filter(holds).length;
  const column = (name: MissingValues['column'], absent: number, unsure: number): MissingValues => ({
    column: name,
    missing: absent,
    unknown: unsure,
    share: (absent + unsure) / records.length,
  });
  const attribute = (name: MissingValues['column'], key: Attribute) =>
    column(
      name,
      count((record) => record[key] === undefined),
      count((record) => record[key] === unknown),
    );
  return [
    column('lesion_id', hasLesionIds ? count((r) => r.lesionId === r.imageId) : records.length, 0),
    attribute('dx_type', 'dxType'),
    column(
      'age',
      count(({ age }) => age === null),
      0,
    ),
    attribute('sex', 'sex'),
    attribute('localization', 'localization'),
  ];
}

function sampleRows({ info, records }: Dataset, seed: number): SampleRow[] {
  const order = new Random(seed, 'sample rows').shuffle(records.map((_, i) => i));
  return order.slice(0, sampleRowCount).map((i) => {
    const { lesionId, imageId, label, dxType, age, sex, localization } = records[i];
    return {
      lesion_id: lesionId,
      image_id: imageId,
      dx: info.classes[label].id,
      dx_type: dxType ?? null,
      age,
      sex: sex ?? null,
      localization: localization ?? null,
    };
  });
}

/**
 * Images of each class to be shown: of different lesions, as far as a class has them.
 * @param unusable images that can't be
 */
export function chooseSampleImages(
  { info, records }: Pick<Dataset, 'info' | 'records'>,
  unusable: ReadonlySet<string>,
  seed: number,
): { dx: string; imageIds: string[] }[] {
  return info.classes.map(({ id }, label) => {
    const own = records.filter((record) => record.label === label && !unusable.has(record.imageId));
    const shuffled = new Random(seed, 'sample images', label).shuffle([...own]);
    const seen = new Set<string>();
    const firsts = shuffled.filter(({ lesionId }) => !seen.has(lesionId) && seen.add(lesionId));
    const others = firsts.length >= samplesPerClass ? [] : shuffled.filter((record) => !firsts.includes(record));
    return { dx: id, imageIds: [...firsts, ...others].slice(0, samplesPerClass).map(({ imageId }) => imageId) };
  });
}
