import type { ClassInfo, DatasetColumn, DatasetInfo, DatasetNote, ImageRecord, LinkedImages } from '../dataset.js';
import type { StoredFile } from '../storedFile.js';
import type { DatasetSource, SourceTable } from './datasetSource.js';
import { type NamedImage, nameImages } from './imageIds.js';

/** What readers are told about a format. */
export interface FormatCard {
  /** `ham10000`, `image-folder`, ...: `DatasetInfo.id`. */
  readonly id: string;
  readonly name: string;
  /** Files and columns by which it is known, in one sentence. */
  readonly layout: string;
  /** The classes, in order; null where they are what stands in the data. */
  readonly classes: readonly ClassInfo[] | null;
  /** What of the images belongs together, and what is not known about that. */
  readonly groups: string;
  /** Splits that its makers published, in one sentence. */
  readonly officialSplits?: string;
  /** How its diagnoses were confirmed, with shares where they are published. */
  readonly confirmation?: string;
  /** Faults that are known: duplicates, wrong labels, leaks of published splits. */
  readonly knownFaults?: readonly string[];
  /** True for data of one's own: it has neither licence nor citation that could be told here. */
  readonly ownData?: boolean;
  readonly licence?: string;
  readonly citation?: string;
  readonly url?: string;
}

/** What a caller knows about the classes of a dataset. */
export interface FormatOptions {
  /** Classes to use instead of those that the format or the class folders imply. */
  readonly classes?: readonly ClassInfo[];
  /** Take whatever diagnoses stand in a table as classes, where no `classes` are given: data that another network is to be tested on. */
  readonly anyDiagnosis?: boolean;
  /** Take images of these kinds only (`dermoscopic`, `clinical`), where the dataset tells kinds apart; all where undefined. */
  readonly imageTypes?: readonly string[];
  /** Rows whose image is missing are left out and listed as `Dataset.absent`: data that is published in part. */
  readonly allowMissing?: boolean;
}

/** A dataset's records, before files are found for them. */
export interface ParsedRecords {
  readonly classes: readonly ClassInfo[];
  readonly records: readonly ImageRecord[];
  readonly hasLesionIds: boolean;
  /** How the table names each record's image; left out where its id says all. */
  readonly named?: readonly NamedImage[];
  /** Files by image id, where the format itself knows which they are. */
  readonly files?: ReadonlyMap<string, StoredFile>;
  readonly notes?: readonly DatasetNote[];
  readonly hasPatientIds?: boolean;
  readonly columns?: readonly DatasetColumn[];
  readonly links?: readonly LinkedImages[];
  readonly outside?: readonly ImageRecord[];
}

/** A dataset of some format that seems to lie in a folder. */
export interface FormatCandidate {
  readonly format: DatasetFormat;
  /** The table that describes the images; undefined for formats that have none. */
  readonly table?: SourceTable;
  /** Ids of the images described: the candidate that describes most of those that are there is read. */
  imageIds(): Promise<readonly string[]>;
  /** @throws LesionlabError kind `data` that names every row or image at fault */
  read(options: FormatOptions): Promise<ParsedRecords>;
}

/** A way in which datasets are stored: one file of this folder, and a line in registry.ts. */
export interface DatasetFormat {
  readonly card: FormatCard;
  /** Columns (in lower case) that its table must have, whatever others it has; empty where no table makes it. Formats near to an unknown table are found by these. */
  readonly columns: readonly string[];
  /** @throws LesionlabError kind `data` where it lies there in a way that can only be a mistake */
  find(source: DatasetSource): readonly FormatCandidate[];
}

/** What a table format is made of: all but how its table is found. */
export interface TableFormat {
  readonly card: FormatCard;
  readonly columns: readonly string[];
  /** The column that names images. */
  readonly image: string;
  read(
    table: Awaited<ReturnType<SourceTable['read']>>,
    source: DatasetSource,
    options: FormatOptions,
  ): Promise<ParsedRecords>;
}

/** A format whose datasets are told by a table's columns. */
export function tableFormat({ card, columns, image, read }: TableFormat): DatasetFormat {
  const format: DatasetFormat = {
    card,
    columns,
    find: (source) =>
      source.tables
        .filter((table) => columns.every((name) => table.columns.includes(name)))
        .map((table) => ({
          format,
          table,
          async imageIds() {
            const { rows, columns: found } = await table.read();
            const index = found.indexOf(image);
            return nameImages(rows.map(({ cells }) => cells[index])).map(({ imageId }) => imageId);
          },
          async read(options) {
            const whole = await table.read();
            const parsed = await read(whole, source, options);
            return { ...parsed, notes: [...whole.notes, ...(parsed.notes ?? [])] };
          },
        })),
  };
  return format;
}

/** The record of a dataset of this format. */
export function describeFormat(
  { id, name, licence, citation, url }: FormatCard,
  classes: readonly ClassInfo[],
): DatasetInfo {
  return { id, name, classes, licence, citation, url, synthetic: false };
}
