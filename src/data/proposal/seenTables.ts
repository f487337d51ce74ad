import { nearestFormats } from '../formats/noFormat.js';
import { readSource } from '../reading/datasetSource.js';
import type { StoredFile } from '../storedFile.js';

/** A table that lies among the files of a dataset, by its first row. */
export interface SeenTable {
  /** For messages. */
  readonly location: string;
  /** In lower case; empty where its first row could not be read. */
  readonly columns: readonly string[];
  /** Formats that it comes near to without being of one, the nearest first, with the columns that it lacks for each. */
  readonly nearest: readonly { readonly name: string; readonly missing: readonly string[] }[];
  /** Why its first row could not be read. */
  readonly problem?: string;
}

/** Formats that are told of a table. */
const shownFormats = 3;

/** Says which tables lie among files, with their columns and the formats that they come near to. Reads only the beginning of each. */
export async function seeTables(root: string, files: readonly StoredFile[]): Promise<SeenTable[]> {
  const { tables } = await readSource(root, files);
  return tables.map(({ file, columns, problem }) => ({
    location: file.location,
    columns,
    nearest: nearestFormats(columns)
      .slice(0, shownFormats)
      .map(({ format, missing }) => ({ name: format.card.name, missing })),
    ...(problem && { problem: problem.message }),
  }));
}
