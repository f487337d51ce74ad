import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const guideFolder = resolve(import.meta.dirname, '../guide');

export const chapters = readdirSync(guideFolder)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(guideFolder, name), 'utf8') }));

/** The code of a chapter in some languages, block by block, in the order of reading. */
export const blocksInOrder = (text: string, languages: readonly string[]): { language: string; code: string }[] =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
    .map(([, language, code]) => ({ language, code }))
    .filter(({ language }) => languages.includes(language));

/** The code of a chapter in one language, block by block. */
export const blocksOf = (text: string, language: string): string[] =>
  blocksInOrder(text, [language]).map(({ code }) => code);
