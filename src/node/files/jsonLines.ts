import { ftruncateSync, writeSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { runError } from '../../errors.js';
import { checkDocument } from '../../report/files/checkDocument.js';
import { writeUnderLease } from './lease/holdFolder.js';
import { makeFolders } from './makeFolders.js';
import { syncFolder } from './syncFolder.js';
import { notWritten, writeFileWhole } from './writeFile.js';

/**
 * Appends values as lines of JSON and waits until the disk has them. A torn last line (of a process that was killed while
 * writing) is cut off first, so that it never ends up in the middle of a file.
 * @throws LesionlabError kind `run` where the file can't be written
 */
export async function appendJsonLines(path: string, values: readonly unknown[]): Promise<void> {
  if (values.length === 0) return;
  await writeUnderLease(path, async (check) => {
    try {
      await makeFolders(dirname(path));
      const file = await open(path, 'a+');
      try {
        const isNew = (await cutTornLine(file, check)) === 0;
        const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
        // In one go, as a rename: see writeFileWhole.
        check();
        for (let done = 0; done < bytes.length; ) done += writeSync(file.fd, bytes, done);
        await file.datasync();
        if (isNew) await syncFolder(dirname(path));
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw notWritten(path, cause as Error);
    }
  });
}

export const appendJsonLine = (path: string, value: unknown): Promise<void> => appendJsonLines(path, [value]);

/**
 * Reads lines of JSON; a missing file has none, and a torn last line does not count.
 * @param schema what a line holds; left out, whatever it holds is taken for that
 * @throws LesionlabError kind `run` naming the line that isn't JSON, or holds something else
 */
export async function readJsonLines<T>(path: string, schema?: z.ZodType<T>): Promise<T[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw runError('not-readable', `Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  const lines = text.split('\n');
  // What follows the last newline is either empty or torn.
  lines.pop();
  const values: T[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const place = `${path}, line ${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw runError('bad-json-line', `${place}: not JSON: ${(cause as Error).message}`, { cause });
    }
    if (schema) checkDocument(value, schema, place);
    // As it is written: who writes the lines again leaves those as they were.
    values.push(value as T);
  }
  return values;
}

/** Replaces the whole file, for example with the lines up to the step at which a run is resumed. */
export const writeJsonLines = (path: string, values: readonly unknown[]): Promise<void> =>
  writeFileWhole(path, values.map((value) => `${JSON.stringify(value)}\n`).join(''));

/** @param check is called right before the file is cut @returns how many bytes are left */
async function cutTornLine(file: Awaited<ReturnType<typeof open>>, check: () => void): Promise<number> {
  const { size } = await file.stat();
  let end = size;
  const block = Buffer.alloc(4096);
  while (end > 0) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    const newline = block.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (newline >= 0) {
      end = start + newline + 1;
      break;
    }
    end = start;
  }
  if (end < size) {
    check();
    ftruncateSync(file.fd, end);
  }
  return end;
}
