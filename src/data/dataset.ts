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
  /** The encoded file (JPEG or PNG). @throws LesionlabError kind `data` where it can't be read */
  read(imageId: string): Promise<Uint8Array>;
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

/** A dataset that is open: records, and the image files that belong to them. */
export interface Dataset {
  readonly info: DatasetInfo;
  readonly records: readonly ImageRecord[];
  readonly images: ImageFiles;
  /** Lesion masks by image id (PNG, white inside the lesion), where the folder holds them. */
  readonly masks?: ImageFiles;
  /** Which file the metadata came from, for messages and reports. */
  readonly metadataFile: string;
  /** Whether lesion ids are real; false where each image stands as its own lesion. */
  readonly hasLesionIds: boolean;
  readonly notes?: readonly DatasetNote[];
}

/** Which part of the data an image is in. */
export type SplitName = 'train' | 'validation' | 'test';
/** The splits, in the order of their use. */
export const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];
