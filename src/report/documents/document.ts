import type { TableColumn } from '../pageParts.js';
import { cellText, type ResultTable } from '../tables/resultTable.js';

/**
 * A document about a run, as data: written once, shown as Markdown and in a page. Every text is plain, without markup of
 * either kind; what shows it has to escape it.
 */
export interface RunDocument {
  readonly title: string;
  /** Paragraphs under the title. */
  readonly lead: readonly string[];
  readonly sections: readonly DocumentSection[];
}

/** A section of a document, under a heading. */
export interface DocumentSection {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A part of a document. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Terms with what is to be said about them. */
  | { readonly kind: 'facts'; readonly pairs: readonly Fact[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly string[])[];
    }
  /** A line for a terminal. */
  | { readonly kind: 'command'; readonly text: string }
  | ({ readonly kind: 'item' } & ChecklistItem);

export type Fact = readonly [term: string, value: string];

/** One item of a checklist. */
export interface ChecklistItem {
  /** As whoever made the checklist numbers it. */
  readonly number: number | string;
  readonly title: string;
  /** What the item wants to know. */
  readonly asks: string;
  /** What the run's files say about it; empty where they say nothing. */
  readonly known: readonly string[];
  /** What only a person can add; null where the run's files answer it all. */
  readonly person: string | null;
  /** False where it is about another kind of study; `known` then says so. */
  readonly applies?: boolean;
}

/** How far an item is filled. */
export const itemStates = ['filled from files', 'partly filled', 'left to the author', 'not applicable'] as const;
/** How far an item is filled. */
export type ItemState = (typeof itemStates)[number];

/** How far the run's files answer an item. */
export function stateOf({
  known,
  person,
  applies = true,
}: Pick<ChecklistItem, 'known' | 'person' | 'applies'>): ItemState {
  if (!applies) return 'not applicable';
  if (person === null) return 'filled from files';
  return known.length > 0 ? 'partly filled' : 'left to the author';
}

/** An item before its place in the checklist is known. */
export type UnnumberedItem = Omit<ChecklistItem, 'number'>;

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });
export const facts = (pairs: readonly Fact[]): Block => ({ kind: 'facts', pairs });
export const command = (text: string): Block => ({ kind: 'command', text });
export const table = (
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): Block => ({ kind: 'table', caption, columns, rows });
/** A table of results, with its notes below. */
export const results = ({ caption, columns, rows, notes = [] }: ResultTable): Block[] => [
  table(
    caption,
    columns,
    rows.map((row) => row.map(cellText)),
  ),
  ...notes.map(paragraph),
];

/** What stands before everything that the run's files can't answer. */
export const personMustSay = 'A person must say:';
