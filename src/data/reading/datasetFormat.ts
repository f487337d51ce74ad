import type { LesionlabError } from '../../errors.js';
import type {
  ClassInfo,
  DataOptions,
  DatasetColumn,
  DatasetInfo,
  DatasetNote,
  ImageRecord,
  LinkedImages,
} from '../dataset.js';
import type { StoredFile } from '../storedFile.js';
import type { DatasetSource, SourceTable } from './datasetSource.js';
import type { NamedImage } from './imageIds.js';

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

/** What a caller knows about a dataset: its classes, and which of its images are meant. */
export interface FormatOptions extends DataOptions {
  /** Classes to use instead of those that the format or the class folders imply. */
  readonly classes?: readonly ClassInfo[];
  /** Take whatever diagnoses stand in a table as classes, where no `classes` are given: data that another network is to be tested on. */
  readonly anyDiagnosis?: boolean;
}

/** A dataset's records, before files are found for them. */
export interface ParsedRecords {
  readonly classes: readonly ClassInfo[];
  readonly records: readonly ImageRecord[];
  readonly hasLesionIds: boolean;
  /** The table that they were read from, where it is not the candidate's own. */
  readonly metadataFile?: string;
  /** How the table names each record's image; left out where its id says all. */
  readonly named?: readonly NamedImage[];
  /** Files by image id, where the format itself knows which they are. */
  readonly files?: ReadonlyMap<string, StoredFile>;
  /** Lesion masks by image id, where their names don't tell them as those of others do. */
  readonly masks?: ReadonlyMap<string, StoredFile>;
  readonly notes?: readonly DatasetNote[];
  readonly hasPatientIds?: boolean;
  readonly columns?: readonly DatasetColumn[];
  readonly links?: readonly LinkedImages[];
  readonly outside?: readonly ImageRecord[];
  /** Files that records and images were read from, besides tables and images themselves. */
  readonly usedFiles?: readonly StoredFile[];
  /** What the data itself says about the whole, in place of the format's card. */
  readonly about?: Partial<Pick<DatasetInfo, 'name' | 'licence' | 'citation' | 'url'>>;
  /** Images are missing on purpose, so that `FormatOptions.allowMissing` need not be asked for. */
  readonly mayLackImages?: boolean;
}

/** A dataset of some format that seems to lie in a folder. */
export interface FormatCandidate {
  readonly format: DatasetFormat;
  /** The table that describes the images, or the first of several that do; undefined for formats that have none. */
  readonly table?: SourceTable;
  /** Whether somebody wrote for these files how they are to be read: it goes before whatever else they look like. */
  readonly written?: boolean;
  /** Whether several tables (training, validation, test) are read as one. */
  readonly joined?: boolean;
  /** All tables that it is made of, or looked at and left out; `table` alone where left out. */
  readonly tables?: readonly SourceTable[];
  /** Ids of the images described: the candidate that describes most of those that are there is read. */
  imageIds(): Promise<readonly string[]>;
  /** @throws LesionlabError kind `data` that names every row or image at fault */
  read(options: FormatOptions): Promise<ParsedRecords>;
}

/** A way in which datasets are stored: one file in data/formats/, and a line in registry.ts. */
export interface DatasetFormat {
  readonly card: FormatCard;
  /**
   * Columns (in lower case) that its table must have, whatever others it has; empty where no table makes it. Formats near to an unknown
   * table are found by these.
   */
  readonly columns: readonly string[];
  /** Further columns of which it must have one of each list. */
  readonly oneOf?: readonly (readonly string[])[];
  /** @throws LesionlabError kind `data` where it lies there in a way that can only be a mistake */
  find(source: DatasetSource): readonly FormatCandidate[];
  /**
   * Why a table of this dataset can't be read, where nothing else in the folder has diagnoses: one without them, such as that of a test
   * set whose truth is kept back.
   */
  refuse?(source: DatasetSource): LesionlabError | undefined;
}

/** Columns that a table lacks for a format; alternatives as one, `target or malignant`. */
export const missingColumns = (
  { columns, oneOf = [] }: Pick<DatasetFormat, 'columns' | 'oneOf'>,
  there: readonly string[],
): string[] => [
  ...columns.filter((name) => !there.includes(name)),
  ...oneOf.filter((names) => !names.some((name) => there.includes(name))).map((names) => names.join(' or ')),
];

/** The record of a dataset of this format. */
export function describeFormat(
  { id, name, licence, citation, url }: FormatCard,
  classes: readonly ClassInfo[],
): DatasetInfo {
  return { id, name, classes, licence, citation, url, synthetic: false };
}
