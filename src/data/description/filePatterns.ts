import { composed, type StoredFile } from '../storedFile.js';

/** Path of a file from the root of the data on; a zip is no folder. */
export const pathOf = ({ folders, name }: Pick<StoredFile, 'folders' | 'name'>): string => [...folders, name].join('/');

/**
 * Whether files are of a pattern in which * stands for any letters, ** for any folders too: a path from the description on where it has
 * a slash, else a name in whatever folder. Upper and lower case count as one.
 * @param above folders that the description lies in
 */
export function filePattern(
  pattern: string,
  above: readonly string[],
): (file: Pick<StoredFile, 'folders' | 'name'>) => boolean {
  const parts = composed(pattern)
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.');
  const source = parts
    .join('/')
    .split(/(\*+)/)
    .map((part) => (part === '' || !part.startsWith('*') ? quote(part) : part.length > 1 ? '.*' : '[^/]*'))
    .join('');
  const expression = new RegExp(`^${source}$`, 'i');
  return (file) => {
    if (parts.length === 1) return expression.test(file.name);
    const inside = above.every((name, level) => file.folders[level] === name);
    return inside && expression.test(pathOf({ folders: file.folders.slice(above.length), name: file.name }));
  };
}

const quote = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
