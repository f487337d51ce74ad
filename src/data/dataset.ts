/** What a dataset is to the rest of lesionlab: its classes as data, its image records, and a way to read image files. */

/** A diagnosis that a dataset tells apart from others. */
export interface ClassInfo {
  /** Short code as it stands in the metadata, for example `mel`; also the class folder's name. */
  readonly id: string;
  /** Name for readers, for example `Melanoma`. */
  readonly name: string;
  /** One plain sentence for readers who are no dermatologists. */
  readonly description?: string;
  readonly malignant?: boolean;
  /** What a question with two answers is about, where somebody said so: whether the class means yes. */
  readonly positive?: boolean;
}

/** One record about a dataset as a whole. */
export interface DatasetInfo {
  /** `ham10000`, `isic2018`, `image-folder`, ... */
  readonly id: string;
  readonly name: string;
  readonly classes: readonly ClassInfo[];
  readonly licence?: string;
  readonly citation?: string;
  readonly url?: string;
  /** True for images that lesionlab drew itself: every page about them says so. */
  readonly synthetic: boolean;
}

/** One image with its metadata. */
export interface ImageRecord {
  readonly imageId: string;
  /** Images of one lesion share it. Equal to `imageId` where the dataset has no lesion ids. */
  readonly lesionId: string;
  /** Class index into `DatasetInfo.classes`. */
  readonly label: number;
  /** How the diagnosis was made (histo, consensus, follow_up, confocal). Leaks the answer: never an input. */
  readonly dxType?: string;
  /** Years; null where missing. */
  readonly age: number | null;
  readonly sex?: string;
  readonly localization?: string;
  /** Row of the metadata file, the header being row 1, for messages; undefined where the dataset has no table. */
  readonly row?: number;
  /** The file that `row` counts in, where that is not `Dataset.metadataFile`. */
  readonly table?: string;
  /** Lesions of one person share it; undefined where it isn't known. */
  readonly patientId?: string;
  /** The split that the dataset's makers put it into; undefined where they made none. */
  readonly officialSplit?: SplitName;
  /** Weight in the dataset's official score, 1 where undefined, 0 for images that don't count there. */
  readonly scoreWeight?: number;
  /** What the dataset's further columns say, by `DatasetColumn.name`; null where missing. */
  readonly values?: Readonly<Record<string, string | number | null>>;
  /** `DatasetInfo.id` of the dataset that it came from, where several were joined. */
  readonly source?: string;
}

/** Values of a column of numbers that belong together. */
export interface ValueBand {
  /** For readers. */
  readonly name: string;
  /** The largest value in it; undefined of a last band without an end. */
  readonly upTo?: number;
}

/** A column of a dataset beyond those that every record has, and what it may be used for. */
export interface DatasetColumn {
  /** As in the table, in lower case. */
  readonly name: string;
  readonly kind: 'number' | 'text';
  /** `never`: it names the answer or the source (how a diagnosis was made, a licence, a model's output), so no network may be given it. */
  readonly role: 'input' | 'subgroup' | 'never';
  /** Of a column of numbers: the groups that its values form, in their order; each value stands for itself where undefined. */
  readonly bands?: readonly ValueBand[];
}

/** Images that belong together for another reason than the ids of lesion and patient. */
export interface LinkedImages {
  /** `listed`: in the dataset's own list of duplicates; `identical`: byte by byte; `near`: alike, found by lesionlab. */
  readonly kind: 'listed' | 'identical' | 'near';
  /** Two or more. */
  readonly imageIds: readonly string[];
  /** What says so, for messages: a file, or a measure of likeness. */
  readonly because?: string;
}

/** Image files by image id, in folders or still inside zips. */
export interface ImageFiles {
  readonly imageIds: readonly string[];
  /** Whether there is a file of this image. */
  has(imageId: string): boolean;
  /** For messages: path, or `archive.zip: entry`. */
  location(imageId: string): string;
  /** Size of the encoded file in bytes, known without reading it. */
  byteLength(imageId: string): number;
  /** Cheap mark of the content (CRC-32 in a zip; size and time of change of a file), for cache keys. */
  fingerprint(imageId: string): string;
  /** The encoded file, in one of `imageFormats`. @throws LesionlabError kind `data` where it can't be read */
  read(imageId: string): Promise<Uint8Array>;
  /** At least the first `bytes` bytes, where they can be had without the rest. */
  readHead?(imageId: string, bytes: number): Promise<Uint8Array>;
  /** Closes what is open, zips for example; nothing can be read any more. */
  close(): Promise<void>;
}

/** Something about how a dataset was read that is worth knowing and stops nothing; the audit lists it. */
export interface DatasetNote {
  /** A file of a format that is not read, or words and marks that had to be interpreted. */
  readonly kind: 'unread-file' | 'interpreted-value';
  readonly imageIds: readonly string[];
  /** One sentence that names the file. */
  readonly message: string;
}

/** How many images are of a kind that `DataOptions.imageTypes` can name. */
export interface ImageTypeCount {
  /** In lower case: `dermoscopic`, `clinical: close-up`. */
  readonly type: string;
  readonly images: number;
}

/** Which of a dataset's images are meant. */
export interface DataOptions {
  /** Images of these kinds only (`dermoscopic`, `clinical`), where the dataset tells kinds apart; all where undefined. */
  readonly imageTypes?: readonly string[];
  /** Rows whose image is missing are left out and listed as `Dataset.absent`: data that is published in part. */
  readonly allowMissing?: boolean;
}

/** A dataset that is open: records, and the image files that belong to them. */
export interface Dataset {
  readonly info: DatasetInfo;
  readonly records: readonly ImageRecord[];
  readonly images: ImageFiles;
  /** Lesion masks by image id (white inside the lesion), where the folder holds them. */
  readonly masks?: ImageFiles;
  /** Which file the metadata came from, for messages and reports. */
  readonly metadataFile: string;
  /** Whether lesion ids are real; false where each image stands as its own lesion. */
  readonly hasLesionIds: boolean;
  /** Whether patients are known; false where undefined. */
  readonly hasPatientIds?: boolean;
  readonly notes?: readonly DatasetNote[];
  /** Columns beyond those that every record has; `ImageRecord.values` holds what they say. */
  readonly columns?: readonly DatasetColumn[];
  /** Images that the dataset itself says belong together. */
  readonly links?: readonly LinkedImages[];
  /** Images that are of none of the classes by the truth itself (ISIC 2019's UNK): no part of training, kept for questions about strange images. Their `label` is -1. */
  readonly outside?: readonly ImageRecord[];
  /** Ids in the table that have no image on purpose (licences, dead links), where the reader was told to expect that. */
  readonly absent?: readonly string[];
  /** Kinds of images that the data tells apart, before any were chosen: the most frequent first; left out where it tells none. */
  readonly imageTypes?: readonly ImageTypeCount[];
  /** What was asked for as it was opened; undefined where nothing was. Opened with these again, it has the same images. */
  readonly asked?: DataOptions;
  /** The datasets that it was joined of, in their order; undefined for one alone. */
  readonly sources?: readonly JoinedSource[];
}

/** One of several joined datasets, by what its images are told by: `ImageRecord.source`. */
export interface JoinedSource {
  readonly name: string;
  readonly images: number;
  /** Images that a dataset before it has as well, and which are counted there. */
  readonly same: number;
}

/** Which part of the data an image is in. */
export type SplitName = 'train' | 'validation' | 'test';
/** The splits, in the order of their use. */
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];
