import type { z } from 'zod';

/** What a job is to do: its settings, and which of them say where something lies. */
export interface JobKind<Settings extends z.ZodType = z.ZodType> {
  /** As plans name it. */
  readonly kind: string;
  /** One sentence: what such a job does. */
  readonly description: string;
  /** Settings that a plan may give, all of them JSON. */
  readonly settings: Settings;
  /** Settings that are paths of files or folders, by their places (`split.path`; of each in a list, as of one): relative ones are read from the plan's folder, and a worker may map them. */
  readonly paths: readonly string[];
  /** Words that may stand in the place of a path, by its place. Whatever else stands there is a path, however it looks. */
  readonly words?: Readonly<Record<string, RegExp>>;
  /**
   * Whether it takes data: `needed`, `free` or not at all.
   */
  readonly data: 'needed' | 'free' | 'none';
  /**
   * Whether it makes the folder that it works in (`makes`), works in that of a run that another job made (`uses`), or in the plan's own (`plan`). One that
   * uses a run may name one that is there already instead, by its setting `source`.
   */
  readonly folder: 'makes' | 'uses' | 'plan';
}

/** Keeps the type of a kind's settings. */
export const jobKind = <Settings extends z.ZodType>(kind: JobKind<Settings>): JobKind<Settings> => kind;
