import { fileRuns } from './fileRuns.js';
import type { RunSource } from './runSource.js';

/** Ids of runs that this page judged begin so. */
export const judgedPrefix = '~judged/';

const held = new Map<string, File>();

/** Keeps a judgement among the runs until the page is closed. @param texts by place in the run's folder @returns the run's id */
export function keepJudgedRun(name: string, texts: Readonly<Record<string, string>>): string {
  for (const path of held.keys()) if (path.startsWith(`${name}/`)) held.delete(path);
  for (const [path, text] of Object.entries(texts))
    held.set(`${name}/${path}`, new File([text], path.split('/').at(-1)!, { lastModified: Date.now() }));
  return `${judgedPrefix}${name}`;
}

/** What was judged in this page. */
export const judgedRuns: RunSource = fileRuns({
  prefix: judgedPrefix,
  files: () => held,
  folder: () => 'judged here',
  lost: 'A page forgets what it judged when it is loaded anew: open the folder that was saved, from the list of runs.',
  imageUrl: () => null,
  // What a page judges holds no pictures but drawings.
  addressOf: (_, file) => URL.createObjectURL(file),
});
