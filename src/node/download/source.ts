import type { FormatCard } from '../../data/reading/datasetFormat.js';

/** How a file's content is known before it is fetched. */
export interface Checksum {
  readonly algorithm: 'md5' | 'sha256';
  /** Hexadecimal; of a SHA-256, its beginning is enough: some files have it in their name. */
  readonly value: string;
}

/** One file at its official home. */
export interface RemoteFile {
  /** Under which it is kept, and known where there is a mirror. */
  readonly name: string;
  /** Where it is, the official home first; another of the same content is asked where that has it no more. */
  readonly urls: readonly string[];
  /** Where it is published. */
  readonly bytes?: number;
  /** As published. Of a zip without one, the checksums of all its entries are checked instead. */
  readonly checksum?: Checksum;
}

/** What `lesionlab download` can fetch under one name. */
export interface DownloadSource {
  readonly id: string;
  readonly name: string;
  readonly licence: string;
  /** What the licence asks for, in a sentence. */
  readonly terms: string;
  /** What whoever publishes results has to cite. */
  readonly citation: string;
  /** The page that people are shown. */
  readonly url: string;
  /** Bytes of all files, about, where not each is published. */
  readonly aboutBytes: number;
  readonly files: readonly RemoteFile[];
}

/** What a dataset's card says of its licence and of whom to cite: each that can be downloaded has both. */
export function fromCard({
  name,
  licence = '',
  citation = '',
}: FormatCard): Pick<DownloadSource, 'name' | 'licence' | 'citation'> {
  return { name, licence, citation };
}
