import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvFormatRows } from 'd3-dsv';
import type { ShortcutResult } from '../../explain/shortcuts/shortcutResult.js';
import { shortcutsFile } from '../../report/files/shortcutsFile.js';
import { sharpCodec } from '../files/codec.js';
import { readJson } from '../files/readJson.js';
import { writeFileWhole, writeJson } from '../files/writeFile.js';
import { type EmbeddedPicture, readPicture } from '../pictures/pagePictures.js';
import { makeFolder, type RunFolder } from './runFolder.js';

/** What a look at shortcuts leaves in a folder. */
export interface ShortcutFiles {
  readonly result: ShortcutResult;
  /** shortcuts.csv: `image_id,lesion_id,dx,change`, then a column a class; a row a picture. */
  readonly table: readonly (readonly string[])[];
  /** shortcuts.png. */
  readonly png: Uint8Array;
}

const paths = (folder: string) => ({
  json: join(folder, 'shortcuts.json'),
  csv: join(folder, 'shortcuts.csv'),
  png: join(folder, 'shortcuts.png'),
});

/** Writes shortcuts.json, .csv and .png. @returns the paths written @throws LesionlabError kind `run` where the folder can't be written */
export async function writeShortcuts(folder: string, { result, table, png }: ShortcutFiles): Promise<string[]> {
  const { json, csv, png: picture } = paths(await makeFolder(folder));
  await writeFileWhole(csv, `${csvFormatRows(table.map((row) => [...row]))}\n`);
  await writeFileWhole(picture, png);
  await writeJson(json, result);
  return [json, csv, picture];
}

/** A look at shortcuts as a report shows it. */
export interface ReadShortcuts {
  readonly result: ShortcutResult;
  readonly picture: EmbeddedPicture | null;
}

/** Looks at shortcuts that a run holds, of the validation and of the test split. @throws LesionlabError kind `run` where a file can't be used */
export async function readShortcuts(folder: RunFolder): Promise<ReadShortcuts[]> {
  const found: ReadShortcuts[] = [];
  for (const split of ['validation', 'test']) {
    const { json, png } = paths(folder.evaluation(split).folder);
    if (!existsSync(json)) continue;
    const result = (await readJson(json, shortcutsFile)) as unknown as ShortcutResult;
    found.push({ result, picture: await readPicture(png, sharpCodec, 1400) });
  }
  return found;
}
