import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from './cacheFolder.js';
import type { FolderFile } from './folderFiles.js';
import { writeFileWhole } from './writeFile.js';

/** Folder of the cache in which it is kept; a file for each folder of images. */
export const contentMemoryFolder = 'contents';

const header = 'lesionlab: contents of files, 1';

/** What is known of the contents of loose files. */
export interface ContentMemory {
  /** Keeps what was learnt of them since. What can't be kept is found out again. */
  save(): Promise<void>;
}

/**
 * Tells files whose size, times and inode are those of an earlier day what their content was, so that they needn't be read to know it.
 * @param folder that they were listed from
 */
export async function recallContents(
  folder: string,
  files: readonly FolderFile[],
  cacheFolder: string = defaultCacheFolder(),
): Promise<ContentMemory> {
  const root = await realpath(folder).catch(() => folder);
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const path = join(cacheFolder, contentMemoryFolder, `${name}.txt`);
  const known = await readKnown(path);
  // Paths are kept from the folder on, which may have been named in another way.
  const start = join(folder, 'x').length - 1;
  const keyOf = (file: FolderFile) => JSON.stringify(file.path.slice(start));
  for (const file of known.size === 0 ? [] : files) {
    const [identity, mark] = known.get(keyOf(file))?.split('\t') ?? [];
    if (identity === file.identity) file.recall(mark);
  }
  known.clear();
  return {
    async save() {
      if (!files.some(({ isNews }) => isNews)) return;
      const lines = files.flatMap((file) =>
        file.lastingMark === undefined ? [] : `${keyOf(file)}\t${file.identity}\t${file.lastingMark}\n`,
      );
      await writeFileWhole(path, `${header}\n${root}\n${lines.join('')}`).catch(() => {});
    },
  };
}

/** Identity and mark by path; what is damaged or of another version is nothing. */
async function readKnown(path: string): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n');
  if (lines[0] !== header) return known;
  for (const line of lines.slice(2)) {
    const tab = line.indexOf('\t');
    if (/\tcrc32-[0-9a-f]{8}-\d+$/.test(line)) known.set(line.slice(0, tab), line.slice(tab + 1));
  }
  return known;
}
