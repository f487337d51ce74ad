import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { DatasetDescription } from './descriptionSchema.js';

const widest = 100;

/**
 * A description as the text of a `dataset.yaml`; `readDescription` gives the same again.
 * @param about lines about the whole, put first as comments
 * @param comments why a key says what it says, put above it, by path: `label.column`, `tables.0.file`
 */
export function formatDescription(
  description: DatasetDescription,
  about: readonly string[] = [],
  comments: ReadonlyMap<string, string> = new Map(),
): string {
  const document = new Document(JSON.parse(JSON.stringify(description)));
  comment(document.contents, '', comments);
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false, singleQuote: false });
  const head = about.flatMap((line) => (line === '' ? ['#'] : wrap(line).map((part) => `# ${part}`)));
  return `${[...head, ...(head.length > 0 ? [''] : [])].join('\n')}${head.length > 0 ? '\n' : ''}${text}`;
}

function comment(node: unknown, path: string, comments: ReadonlyMap<string, string>): void {
  if (isSeq(node)) {
    // Lists of names read best on one line.
    if (node.items.every(isScalar)) node.flow = true;
    for (const [i, item] of node.items.entries()) comment(item, `${path}.${i}`, comments);
  }
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    const inner = path ? `${path}.${(key as { value: unknown }).value}` : String((key as { value: unknown }).value);
    const text = comments.get(inner);
    if (text !== undefined)
      (key as Node).commentBefore = wrap(text)
        .map((line) => ` ${line}`)
        .join('\n');
    comment(value, inner, comments);
  }
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > widest) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
