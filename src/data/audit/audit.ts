/** What an audit can find. */
export type FindingKind =
  // Unusable: the image can be neither shown nor learnt from.
  | 'missing-image'
  | 'empty-file'
  | 'unreadable-image'
  | 'unread-format'
  // Notes: worth knowing, no reason to stop.
  | 'image-without-metadata'
  | 'identical-images'
  | 'image-in-two-lesions'
  | 'lesion-with-two-diagnoses'
  | 'unknown-code'
  | 'missing-value'
  | 'interpreted-value'
  | 'unread-file';

/** One thing that the audit found. */
export interface Finding {
  readonly kind: FindingKind;
  /** `unusable`: the images can't be used; `note`: they can. */
  readonly severity: 'unusable' | 'note';
  /** Images concerned (all images of the lesion or group). */
  readonly imageIds: readonly string[];
  /** One sentence for readers that names the file, row or image. */
  readonly message: string;
}

/** Pixel size of decoded images and how many have it. */
export interface ImageSizeCount {
  readonly width: number;
  readonly height: number;
  readonly images: number;
}

/** The audit in short, as it stands in exploration.json and in the report. */
export interface AuditSummary {
  /** Rows of metadata. */
  readonly rows: number;
  /** Image files found. */
  readonly files: number;
  /** Whether every image was decoded; else `unreadable-image` only covers those that were. */
  readonly decoded: boolean;
  /** Images that can't be used. */
  readonly unusable: number;
  /** Findings by kind; kinds without a finding are 0. */
  readonly counts: Readonly<Record<FindingKind, number>>;
  /** Most frequent first; empty unless decoded. */
  readonly imageSizes: readonly ImageSizeCount[];
  readonly findings: readonly Finding[];
}

/** All that `auditDataset` found; the summary holds every finding. */
export type Audit = AuditSummary;
