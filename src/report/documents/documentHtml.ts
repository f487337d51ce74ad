import { escapeText } from '../html.js';
import { dataTable, settings } from '../pageParts.js';
import { type Block, type ChecklistItem, personMustSay, type RunDocument } from './document.js';

/** A document's lead and sections as HTML, for a section of a page that brings the title itself. */
export function renderDocumentHtml({ lead, sections }: Omit<RunDocument, 'title'>): string {
  const parts = sections.map(
    ({ title, blocks }) => `<h3>${escapeText(title)}</h3>\n${blocks.map(renderBlock).join('\n')}`,
  );
  return [...lead.map(renderParagraph), ...parts].join('\n');
}

const renderParagraph = (text: string) => `<p>${escapeText(text)}</p>`;
const bullets = (items: readonly string[]) =>
  `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join('\n')}</ul>`;

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return renderParagraph(block.text);
    case 'list':
      return bullets(block.items);
    case 'facts':
      return settings(block.pairs.map(([term, value]) => [term, escapeText(value)]));
    case 'table':
      return dataTable(
        escapeText(block.caption),
        block.columns,
        block.rows.map((row) => row.map((cell, i) => renderCell(cell, block.columns[i].number))),
        { stacked: block.columns.length > 4 },
      );
    case 'command':
      return `<pre class="command"><code>${escapeText(block.text)}</code></pre>`;
    case 'item':
      return renderItem(block);
  }
}

/** An interval stands below its number, as in the report's other tables. */
function renderCell(text: string, isNumber = false): string {
  const cell = escapeText(text);
  return isNumber ? cell.replace(/ \(([^()]+ to [^()]+)\)/, '<span class="range">$1</span>') : cell;
}

function renderItem({ number, title, asks, known, person }: ChecklistItem): string {
  return `<div class="item"><h4>${number}. ${escapeText(title)}</h4>
<p class="muted">${escapeText(asks)}</p>
${known.length > 0 ? bullets(known) : '<p>From this run: nothing.</p>'}
${person === null ? '' : `<p><strong>${personMustSay}</strong> ${escapeText(person)}</p>`}</div>`;
}
