import type { ZodType } from 'zod';
import { checkDocument } from '../../../src/report/files/checkDocument.js';
import type { RunList, RunRecords, RunSummary } from '../../../src/report/runSummary.js';

/** A text file of a run. */
export interface RunText {
  readonly text: string;
  /** Changes whenever the file does; undefined where nobody tells. */
  readonly tag?: string;
}

/** Where runs come from: the studio's server, the example that the page brings along, or a folder that was opened from disk. */
export interface RunSource {
  /** @throws an error for people */
  list(): Promise<RunList>;
  /** What the list says of one run, as it is now. */
  summary(id: string): Promise<RunSummary>;
  /**
   * A file of a run.
   * @param known what was read before: returned as it is where the file has not changed since
   * @returns null where the run has no such file
   */
  read(id: string, path: string, known?: RunText | null): Promise<RunText | null>;
  /**
   * Address of an image of the run's data; null where this source has it not.
   * @param external name of the evaluation whose data it is of, where that is not the run's own
   */
  imageUrl(id: string, imageId: string, external?: string): string | null;
  /** @throws an error for people where they can't be had, for example because the data was moved */
  records(id: string, external?: string): Promise<RunRecords>;
  /** Address of a file for a link, for example `report.html`; null where there is none. */
  fileUrl(id: string, path: string): string | null;
  /** Address of a picture among a run's files, for example `evaluation/test/shortcuts.png`; null where there is none. */
  pictureUrl(id: string, path: string): string | null;
  /** Whether the run may change while it is looked at. */
  readonly live: boolean;
}

/** An error with what to do about it, in the form that `Problem` shows. */
export function readerError(message: string, hint?: string, details: readonly string[] = []): Error {
  return Object.assign(new Error(message), { hint, details });
}

/** Reads a file of lines of JSON by what a line holds; a torn last line does not count. */
export const parseJsonLines =
  <T>(schema: ZodType<T>) =>
  (text: string, path: string): T[] =>
    text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .flatMap((line, i) =>
        line.trim() === '' ? [] : [checkDocument(parse(line, `${path}, line ${i + 1},`), schema, path)],
      );

/** Reads a JSON file of a run by what it holds; both throw an error for people that names the file. */
export const parseJson =
  <T>(schema: ZodType<T>) =>
  (text: string, path: string): T =>
    checkDocument(parse(text, path), schema, path);

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw readerError(
      `${path} of this run is not JSON: ${(cause as Error).message}`,
      'Run the step that writes it again.',
    );
  }
}
