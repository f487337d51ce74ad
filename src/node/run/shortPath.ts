import { basename, relative } from 'node:path';

/** From the current folder where it lies below that, else its name. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && !fromHere.startsWith('..') ? fromHere : basename(path);
}
