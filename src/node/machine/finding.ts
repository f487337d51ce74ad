/** `ok` works; `missing` is optional and not there; `problem` keeps lesionlab from working (well). */
export type FindingStatus = 'ok' | 'missing' | 'problem';

/** One thing that the doctor looked at. */
export interface Finding {
  /** Stable name for programs, for example `webgpu`. */
  readonly id: string;
  readonly label: string;
  readonly status: FindingStatus;
  /** What was found, for people. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}
