import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A small dataset in the exact layout of a format, and what it is and can be damaged by. */
export interface FormatExample {
  /** Files by path; text stands for its UTF-8. Contents of images are any bytes: they are not decoded. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What is read of it. */
  readonly expected: {
    readonly images: number;
    /** Class of each image by id. */
    readonly classes: Readonly<Record<string, string>>;
  };
  /** The table that describes images, comma-separated and with a header; left out for formats that have none. */
  readonly table?: {
    readonly path: string;
    /** Column with the image's id. */
    readonly image: string;
    /** Cells of the first row, by column, that say a diagnosis which is of no class, and what the message names. */
    readonly badLabel: { readonly cells: Readonly<Record<string, string>>; readonly says: RegExp };
    /** Formats as which the table is read without a column that its own requires: their ids by column. */
    readonly without?: Readonly<Record<string, string>>;
  };
}

const folder = join(import.meta.dirname, 'examples');

/** Examples by the name of the file and export of their format. */
export async function readExamples(): Promise<Map<string, FormatExample>> {
  const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  const examples = new Map<string, FormatExample>();
  for (const name of names) examples.set(name, (await import(`./examples/${name}.ts`)).example as FormatExample);
  return examples;
}

/** A table's text. */
export const csv = (header: string, ...rows: readonly string[]): string => `${[header, ...rows].join('\n')}\n`;

/** Image files of ids, each with contents of its own. */
export const imagesOf = (ids: readonly string[], path = (id: string) => `${id}.jpg`): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [path(id), `image ${id}`]));
