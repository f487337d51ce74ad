import { readableWidth } from './terminalWidth.js';

/** A sentence on lines of at most `width` columns (80 where that has no end), broken between words; a longer word has a line of its own. */
export function wrapWords(text: string, width: number): string {
  const columns = readableWidth(width);
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
