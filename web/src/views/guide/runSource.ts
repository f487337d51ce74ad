import { findLocalServer } from '../../browser/localServer.js';
import { exampleId } from '../../runs/exampleRuns.js';
import { folderRuns } from '../../runs/folderRuns.js';
import { readerError } from '../../runs/runSource.js';
import { runName, sourceOf } from '../../runs/runSources.js';
import { serverRuns } from '../../runs/serverRuns.js';

/** A run whose files the guide's figures read, under the names of the run folder. */
export interface GuideRun {
  readonly id: string;
  readonly title: string;
}

/** The run that the page brings along: a LeNet, trained on synthetic images. */
export const exampleRun: GuideRun = { id: exampleId, title: 'the example on synthetic images' };

/** The reader's own runs: those that the studio's server offers, and those that were opened from disk in the view of runs. */
export async function listOwnRuns(): Promise<GuideRun[]> {
  const lists = [(await findLocalServer()) ? await serverRuns.list() : null, await folderRuns.list()];
  return lists.flatMap((list) => (list?.runs ?? []).map(({ id }) => ({ id, title: runName(id) })));
}

/** Address of a picture of a run; null where its source has none. */
export const pictureOf = ({ id }: GuideRun, path: string): string | null => sourceOf(id).fileUrl(id, path);

/** Everything that was read, so that a figure that is drawn again does not wait. */
const readings = new Map<string, Promise<unknown>>();

/**
 * A file of a run, read once; a promise for React's `use`.
 * @param parse the same function each time
 * @throws an error for people where the run has no such file
 */
export function readRunFile<T>({ id }: GuideRun, path: string, parse: (text: string) => T): Promise<T> {
  const key = `${id} ${path}`;
  const known = readings.get(key) as Promise<T> | undefined;
  if (known) return known;
  const reading = sourceOf(id)
    .read(id, path)
    .then((file) => {
      if (file) return parse(file.text);
      throw readerError(
        `The run has no ${path}.`,
        'The step that writes it may not have been run yet. Choose another run above the chapter, or the example.',
      );
    });
  // What failed may work the next time.
  reading.catch(() => readings.delete(key));
  readings.set(key, reading);
  return reading;
}

export const parseJson = (text: string): unknown => JSON.parse(text);
