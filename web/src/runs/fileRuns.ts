import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { readSummary } from './readSummary.js';
import { type RunSource, readerError } from './runSource.js';

/** Files that hold runs, and where they are from. */
export interface RunFiles {
  /** Ids of these runs begin so. */
  readonly prefix: string;
  /** By path: the folder of a run, then the file's place in it. */
  files(): ReadonlyMap<string, File>;
  /** Name of the whole. */
  folder(): string;
  /** Address of an image; null where there is none. */
  imageUrl(imageId: string): string | null;
  /** Address of any of the files, for as long as they are held. */
  addressOf(path: string, file: File): string;
  /** What to do where a run is not there (any more). */
  readonly lost: string;
}

/** Runs in files that this page holds. */
export function fileRuns({ prefix, files, folder, imageUrl, addressOf, lost }: RunFiles): RunSource {
  /** @throws an error for people where it is not there */
  const pathOf = (id: string): string => {
    const path = id.slice(prefix.length);
    if (files().has(`${path}/config.json`)) return path;
    throw readerError(`The folder with the run ${path} is not open.`, lost);
  };
  const evaluationsOf = (run: string): string[] => {
    const start = `${run}/evaluation/`;
    const names = [...files().keys()]
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length).split('/')[0]);
    return [...new Set(names)];
  };
  const source: RunSource = {
    live: false,
    async list() {
      const paths = await runPaths(files());
      return {
        folder: folder(),
        runs: await Promise.all(paths.map((path) => source.summary(`${prefix}${path}`))),
        problems: [],
      };
    },
    summary: (id) => readSummary(source.read, id, evaluationsOf(pathOf(id))),
    async read(id, path) {
      const file = files().get(`${pathOf(id)}/${path}`);
      return file ? { text: await file.text(), tag: String(file.lastModified) } : null;
    },
    imageUrl: (_, imageId) => imageUrl(imageId),
    async records(id) {
      const splits = await source.read(id, 'splits.csv');
      if (!splits)
        throw readerError('The opened folder has no splits.csv of this run.', 'Open the whole folder of the run.');
      const rows = parseSplitsCsv(splits.text, 'splits.csv');
      return { records: rows.map((row) => ({ ...row, age: null })) };
    },
    fileUrl: () => null,
    pictureUrl(id, path) {
      const place = `${pathOf(id)}/${path}`;
      const file = files().get(place);
      return file ? addressOf(place, file) : null;
    },
  };
  return source;
}

/** Folders among files that hold a run. */
export async function runPaths(files: ReadonlyMap<string, File>): Promise<string[]> {
  const found: string[] = [];
  for (const [path, file] of files) {
    if (file.name !== 'config.json' || !path.includes('/')) continue;
    const config = await file
      .text()
      .then(JSON.parse, () => null)
      .catch(() => null);
    if (typeof config?.lesionlab === 'string') found.push(path.slice(0, -'/config.json'.length));
  }
  return found;
}
