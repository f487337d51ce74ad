import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const guideFolder = resolve(import.meta.dirname, '../guide');

export const chapters = readdirSync(guideFolder)
  .filter((name) => /^\d\d-.*\.md$/.test(name))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(guideFolder, name), 'utf8') }));

/** The code of a chapter in one language, block by block. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code]) => code);
