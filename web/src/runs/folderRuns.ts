import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { imageIdOf } from '../../../src/data/storedFile.js';
import type { ImageFormat } from '../../../src/image/formats/imageFormat.js';
import { imageFormats } from '../../../src/image/formats/registry.js';
import { readSummary } from './readSummary.js';
import { type RunSource, readerError } from './runSource.js';

/** Ids of runs out of a folder that the reader opened begin so. */
export const folderPrefix = '~disk/';

/** Images that a browser shows as they are. */
const shown = new RegExp(
  `\\.(${Object.values<ImageFormat>(imageFormats)
    .flatMap(({ endings, shownAs }) => (shownAs ? endings : []))
    .join('|')})$`,
  'i',
);

/** Files by path, beginning with the name of the opened folder. */
let opened: ReadonlyMap<string, File> = new Map();
/** Images anywhere in it, by id. */
let images: ReadonlyMap<string, File> = new Map();
const addresses = new Map<string, string>();

/** Takes the files of a folder that the reader chose; they are read where they are, and nothing is sent anywhere. @returns runs found */
export async function openRunsOnDisk(files: Iterable<File>): Promise<number> {
  const all = [...files];
  opened = new Map(all.map((file) => [file.webkitRelativePath || file.name, file]));
  images = new Map(
    all.flatMap((file) => {
      const imageId = shown.test(file.name) ? imageIdOf(file.name) : undefined;
      return imageId === undefined ? [] : [[imageId, file] as const];
    }),
  );
  for (const address of addresses.values()) URL.revokeObjectURL(address);
  addresses.clear();
  return (await runPaths()).length;
}

/** Runs of the folder that was opened last. */
export const folderRuns: RunSource = {
  live: false,
  async list() {
    const paths = await runPaths();
    const runs = await Promise.all(paths.map((path) => folderRuns.summary(`${folderPrefix}${path}`)));
    return { folder: [...opened.keys()][0]?.split('/')[0] ?? '', runs, problems: [] };
  },
  summary: (id) => readSummary(folderRuns.read, id, evaluationsOf(pathOf(id))),
  async read(id, path) {
    const file = opened.get(`${pathOf(id)}/${path}`);
    return file ? { text: await file.text(), tag: String(file.lastModified) } : null;
  },
  imageUrl(_, imageId) {
    const file = images.get(imageId);
    if (!file) return null;
    const address = addresses.get(imageId) ?? URL.createObjectURL(file);
    addresses.set(imageId, address);
    return address;
  },
  async records(id) {
    const splits = await folderRuns.read(id, 'splits.csv');
    if (!splits)
      throw readerError('The opened folder has no splits.csv of this run.', 'Open the whole folder of the run.');
    const rows = parseSplitsCsv(splits.text, 'splits.csv');
    return { records: rows.map((row) => ({ ...row, age: null })) };
  },
  fileUrl: () => null,
};

/** @throws an error for people where the folder is not open (any more) */
function pathOf(id: string): string {
  const path = id.slice(folderPrefix.length);
  if (!opened.has(`${path}/config.json`))
    throw readerError(
      `The folder with the run ${path} is not open.`,
      'Open it again from the list of runs: a page forgets it when it is loaded anew.',
    );
  return path;
}

async function runPaths(): Promise<string[]> {
  const found: string[] = [];
  for (const [path, file] of opened) {
    if (file.name !== 'config.json' || !path.includes('/')) continue;
    const config = await file
      .text()
      .then(JSON.parse, () => null)
      .catch(() => null);
    if (typeof config?.lesionlab === 'string') found.push(path.slice(0, -'/config.json'.length));
  }
  return found;
}

function evaluationsOf(run: string): string[] {
  const start = `${run}/evaluation/`;
  const names = [...opened.keys()]
    .filter((path) => path.startsWith(start))
    .map((path) => path.slice(start.length).split('/')[0]);
  return [...new Set(names)];
}
