/** Everything wrong with a Markdown document that its lines show: tables whose rows differ, bare markup, open code blocks. */
export function findMarkdownFaults(markdown: string): string[] {
  const faults: string[] = [];
  let fence: string | null = null;
  let columns: number | null = null;
  for (const line of markdown.split('\n')) {
    const mark: string | undefined = /^`{3,}/.exec(line)?.[0];
    if (fence !== null) {
      if (line === fence) fence = null;
      continue;
    }
    if (mark) {
      fence = mark;
      continue;
    }
    if (line.startsWith('|')) {
      const cells = countCells(line);
      if (!line.endsWith(' |')) faults.push(`a row without its end: ${line}`);
      if (columns !== null && cells !== columns) faults.push(`${cells} cells in a table of ${columns}: ${line}`);
      columns = cells;
    } else {
      columns = null;
      if (countCells(line) !== -1) faults.push(`a bare | outside of a table: ${line}`);
    }
    if (/[<>]/.test(line)) faults.push(`bare HTML: ${line}`);
    if (/&(?!(amp|lt|gt);)/.test(line)) faults.push(`a bare &: ${line}`);
    if (/(?<!\\)[`[\]]/.test(line)) faults.push(`bare markup: ${line}`);
  }
  if (fence !== null) faults.push('a code block without its end');
  if (markdown.match(/^# /gm)?.length !== 1) faults.push('not one title');
  if (!markdown.endsWith('\n') || /\n{3,}/.test(markdown)) faults.push('blank lines');
  return faults;
}

/** Cells between bars that are not escaped. */
const countCells = (line: string) => line.replace(/\\./g, '').split('|').length - 2;
