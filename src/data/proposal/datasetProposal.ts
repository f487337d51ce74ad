import type { DatasetDescription } from '../description/descriptionSchema.js';
import type { ColumnBelief } from './columnBeliefs.js';

/** What a folder or zip seems to be, why, and the description that follows from it. */
export interface DatasetProposal {
  /** For messages. */
  readonly root: string;
  /** The format that reads it as it is, and how well; undefined where none does. */
  readonly readAs?: { readonly id: string; readonly name: string };
  /** The known format that its table comes nearest to, where none reads it. */
  readonly nearest?: { readonly name: string; readonly missing: readonly string[]; readonly more: readonly string[] };
  /** What is believed, in the order of the description: a key, what it is to say, and one sentence with what was counted. */
  readonly beliefs: readonly Belief[];
  /** Every column of the tables, with what it is believed to be. */
  readonly columns: readonly ColumnBelief[];
  /** Columns that give the answer away. */
  readonly leaks: readonly ColumnBelief[];
  /** What only somebody who knows the data can say. */
  readonly questions: readonly string[];
  /** Undefined where nothing in the data says a diagnosis. */
  readonly description?: DatasetDescription;
  /** The description as the text of a `dataset.yaml`, its reasons as comments. */
  readonly text?: string;
  /** What reading it with the description gives. */
  readonly trial?: ProposalTrial;
}

/** One key of the description that was proposed, and why. */
export interface Belief {
  /** `label.column` */
  readonly key: string;
  readonly value: string;
  readonly because: string;
}

/** What came of reading the data as the description says. */
export type ProposalTrial =
  | {
      readonly images: number;
      /** Rows whose image is not there. */
      readonly missing: number;
      readonly classes: readonly { readonly id: string; readonly images: number }[];
      readonly patients?: number;
      readonly lesions?: number;
      readonly splits: Readonly<Record<string, number>>;
      readonly notes: readonly string[];
    }
  | { readonly problem: string; readonly hint?: string };
