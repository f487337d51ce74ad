import { type Block, type ChecklistItem, personMustSay, type RunDocument } from './document.js';

/** A document as GitHub Flavored Markdown, ending in a newline. */
export function renderMarkdown({ title, lead, sections }: RunDocument): string {
  const parts = [
    `# ${inline(title)}`,
    ...lead.map(inline),
    ...sections.flatMap((section) => [`## ${inline(section.title)}`, ...section.blocks.map(renderBlock)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return inline(block.text);
    case 'list':
      return bullets(block.items.map(inline));
    case 'facts':
      return bullets(block.pairs.map(([term, value]) => `**${inline(term)}:** ${inline(value)}`));
    case 'table':
      return renderTable(block);
    case 'command':
      return fenced(block.text);
    case 'item':
      return renderItem(block);
  }
}

const bullets = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n');

function renderTable({ caption, columns, rows }: Extract<Block, { kind: 'table' }>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    inline(caption),
    '',
    line(columns.map(({ title }) => inline(title))),
    line(columns.map(({ number }) => (number ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(inline))),
  ].join('\n');
}

/** The fence is longer than any run of backticks inside, so that the text can't end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${oneLine(text)}\n${fence}`;
}

function renderItem({ number, title, asks, known, person }: ChecklistItem): string {
  return [
    `### ${number}. ${inline(title)}`,
    `*${inline(asks)}*`,
    known.length > 0 ? `From this run:\n\n${bullets(known.map(inline))}` : 'From this run: nothing.',
    ...(person === null ? [] : [`**${personMustSay}** ${inline(person)}`]),
  ].join('\n\n');
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * Plain text as Markdown that shows exactly it: names come from other people's files, and must neither become markup nor
 * break a table.
 */
function inline(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\`*_[\]|~]/g, '\\$&')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      // At the beginning of a line these would begin a list or a heading.
      .replace(/^([-+#=])/, '\\$1')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}
