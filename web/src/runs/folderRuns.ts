import { imageIdOf } from '../../../src/data/storedFile.js';
import type { ImageFormat } from '../../../src/image/formats/imageFormat.js';
import { imageFormats } from '../../../src/image/formats/registry.js';
import { fileRuns, runPaths } from './fileRuns.js';
import type { RunSource } from './runSource.js';

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
  return (await runPaths(opened)).length;
}

function addressOf(name: string, file: File): string {
  const address = addresses.get(name) ?? URL.createObjectURL(file);
  addresses.set(name, address);
  return address;
}

/** Runs of the folder that was opened last. */
export const folderRuns: RunSource = fileRuns({
  prefix: folderPrefix,
  files: () => opened,
  folder: () => [...opened.keys()][0]?.split('/')[0] ?? '',
  lost: 'Open it again from the list of runs: a page forgets it when it is loaded anew.',
  imageUrl(imageId) {
    const file = images.get(imageId);
    return file ? addressOf(imageId, file) : null;
  },
  addressOf,
});
