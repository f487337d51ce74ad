import { csvFormatRows } from 'd3-dsv';
import { asWritten } from '../tables/csvTable.js';
import { type RunDocument, stateOf } from './document.js';

/** A checklist as CSV: a row an item, with what the files say and what the author must write. */
export function checklistCsv({ sections }: RunDocument): string {
  const rows = sections.flatMap(({ title, blocks }) =>
    blocks.flatMap((block) =>
      block.kind === 'item'
        ? [
            [
              String(block.number),
              title,
              block.title,
              block.asks,
              stateOf(block),
              block.known.join(' '),
              block.person ?? '',
            ].map(asWritten),
          ]
        : [],
    ),
  );
  return `${csvFormatRows([['item', 'section', 'topic', 'asks', 'state', 'from the files', 'author must write'], ...rows])}\n`;
}
