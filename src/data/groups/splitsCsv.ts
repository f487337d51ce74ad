import { csvFormatRows } from 'd3-dsv';
import { dataError } from '../../errors.js';
import { countClasses } from '../classWeights.js';
import { type ClassInfo, type ImageRecord, type SplitName, splitNames } from '../dataset.js';
import { parseTable } from '../reading/metadataTable.js';
import { countLesions } from './lesionGroups.js';

/** One row of splits.csv. */
export interface SplitRow {
  readonly imageId: string;
  readonly lesionId: string;
  readonly dx: string;
  readonly split: SplitName;
}

/** The split of each image. */
export const splitsByImage = (rows: readonly SplitRow[]): Map<string, SplitName> =>
  new Map(rows.map(({ imageId, split }) => [imageId, split]));

/** Text of splits.csv: `image_id,lesion_id,dx,split`, one row a record. */
export function splitsCsv(
  records: readonly ImageRecord[],
  splits: readonly SplitName[],
  classes: readonly ClassInfo[],
): string {
  const rows = records.map(({ imageId, lesionId, label }, i) => [imageId, lesionId, classes[label].id, splits[i]]);
  return `${csvFormatRows([['image_id', 'lesion_id', 'dx', 'split'], ...rows])}\n`;
}

/** Text of folds.csv: `image_id,lesion_id,dx,fold`, folds from 0. */
export function foldsCsv(
  records: readonly ImageRecord[],
  folds: readonly number[],
  classes: readonly ClassInfo[],
): string {
  const rows = records.map(({ imageId, lesionId, label }, i) => [
    imageId,
    lesionId,
    classes[label].id,
    String(folds[i]),
  ]);
  return `${csvFormatRows([['image_id', 'lesion_id', 'dx', 'fold'], ...rows])}\n`;
}

/**
 * Reads splits.csv.
 * @param file for messages
 * @throws LesionlabError kind `data` where a column is missing, a split has another name, or an image stands twice
 */
export function parseSplitsCsv(text: string, file = 'splits.csv'): SplitRow[] {
  const table = parseTable(text, file);
  const columns = ['image_id', 'lesion_id', 'dx', 'split'].map((name) => {
    const index = table.columns.indexOf(name);
    if (index >= 0) return index;
    throw dataError('bad-splits', `${file} has no column ${name}; found ${table.columns.join(', ')}.`, {
      hint: 'Expected image_id,lesion_id,dx,split, as `lesionlab split` writes them.',
    });
  });
  const seen = new Set<string>();
  return table.rows.map(({ number, cells }) => {
    const [imageId, lesionId, dx, split] = columns.map((index) => cells[index]);
    if (!isSplitName(split)) {
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} has split "${split}".`, {
        hint: `Expected one of ${splitNames.join(', ')}.`,
      });
    }
    if (seen.has(imageId)) {
      throw dataError('bad-splits', `${file}, row ${number}: image ${imageId} stands twice.`, {
        hint: 'Every image may be in one split only.',
      });
    }
    seen.add(imageId);
    return { imageId, lesionId, dx, split };
  });
}

const isSplitName = (name: string): name is SplitName => (splitNames as readonly string[]).includes(name);

/**
 * Records of each split according to splits.csv, each in the order of its rows.
 * @throws LesionlabError kind `data` where a row's image is not among the records
 */
export function recordsBySplit(
  records: readonly ImageRecord[],
  rows: readonly SplitRow[],
  file = 'splits.csv',
): Record<SplitName, ImageRecord[]> {
  const byId = new Map(records.map((record) => [record.imageId, record] as const));
  const result: Record<SplitName, ImageRecord[]> = { train: [], validation: [], test: [] };
  const strangers: string[] = [];
  for (const { imageId, split } of rows) {
    const record = byId.get(imageId);
    if (record) result[split].push(record);
    else strangers.push(imageId);
  }
  if (strangers.length > 0) {
    throw dataError(
      'split-of-other-data',
      `${file} lists ${strangers.length} images that the dataset lacks, ${strangers[0]} first.`,
      {
        hint: 'Use the splits with the dataset that they were made from.',
        details: strangers,
      },
    );
  }
  return result;
}

/** Content of splits.json. */
export interface SplitsSummary {
  readonly seed: number;
  /** Shares asked for. */
  readonly ratios: Readonly<Record<SplitName, number>>;
  readonly images: Readonly<Record<SplitName, number>>;
  /** Shares got, of all images. */
  readonly shares: Readonly<Record<SplitName, number>>;
  readonly lesions: Readonly<Record<SplitName, number>>;
  /** Images by split and class code. */
  readonly counts: Readonly<Record<SplitName, Readonly<Record<string, number>>>>;
  /** Of splits.csv, in hexadecimal. */
  readonly sha256: string;
  /** Lesions in more than one split, and images whose byte-identical twin is in another split: counted, not assumed. */
  readonly leakage: { readonly lesions: number; readonly images: number };
  /** Sets of images that were kept together because their files are identical. */
  readonly linked: readonly (readonly string[])[];
  /** Whether lesion ids are real; without them only identical files are kept together. */
  readonly hasLesionIds: boolean;
}

/** What splits.json is made from. */
export interface SplitsSummaryInput {
  readonly records: readonly ImageRecord[];
  readonly splits: readonly SplitName[];
  readonly classes: readonly ClassInfo[];
  readonly ratios: readonly number[];
  readonly seed: number;
  readonly linked: readonly (readonly string[])[];
  readonly sha256: string;
  readonly hasLesionIds: boolean;
}

/** Counts what a split came out as. */
export function splitsJson(input: SplitsSummaryInput): SplitsSummary {
  const { records, splits, classes, linked } = input;
  const total = input.ratios.reduce((sum, ratio) => sum + ratio, 0);
  const parts = bySplit((name) => records.filter((_, i) => splits[i] === name));
  return {
    seed: input.seed,
    ratios: bySplit((name) => input.ratios[splitNames.indexOf(name)] / total),
    images: bySplit((name) => parts[name].length),
    shares: bySplit((name) => parts[name].length / records.length),
    lesions: bySplit((name) => countLesions(parts[name])),
    counts: bySplit((name) => {
      const counts = countClasses(parts[name], classes.length);
      return Object.fromEntries(classes.map(({ id }, label) => [id, counts[label]]));
    }),
    sha256: input.sha256,
    leakage: { lesions: leakedLesions(records, splits), images: leakedImages(records, splits, linked) },
    linked,
    hasLesionIds: input.hasLesionIds,
  };
}

function bySplit<T>(value: (name: SplitName) => T): Record<SplitName, T> {
  return { train: value('train'), validation: value('validation'), test: value('test') };
}

function leakedLesions(records: readonly ImageRecord[], splits: readonly SplitName[]): number {
  const seen = new Map<string, Set<SplitName>>();
  for (const [i, { lesionId }] of records.entries()) {
    seen.set(lesionId, (seen.get(lesionId) ?? new Set()).add(splits[i]));
  }
  return [...seen.values()].filter((sides) => sides.size > 1).length;
}

/** Images that stand on another side too, by id or by content. */
function leakedImages(
  records: readonly ImageRecord[],
  splits: readonly SplitName[],
  linked: readonly (readonly string[])[],
): number {
  const sidesOf = new Map<string, Set<SplitName>>();
  for (const [i, { imageId }] of records.entries()) {
    sidesOf.set(imageId, (sidesOf.get(imageId) ?? new Set()).add(splits[i]));
  }
  const leaked = new Set([...sidesOf].filter(([, sides]) => sides.size > 1).map(([imageId]) => imageId));
  for (const ids of linked) {
    const present = ids.filter((id) => sidesOf.has(id));
    const sides = new Set(present.flatMap((id) => [...sidesOf.get(id)!]));
    if (sides.size > 1) for (const id of present) leaked.add(id);
  }
  return leaked.size;
}
