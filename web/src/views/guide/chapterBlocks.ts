import { Marked, type Token, type Tokens } from 'marked';
import { escapeText } from '../../../../src/report/html.js';

/** What a chapter is made of, in the order of reading. */
export type ChapterBlock =
  | { readonly kind: 'html'; readonly html: string }
  | { readonly kind: 'heading'; readonly id: string; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  /** A figure of the registry, in place of the picture that other readers of the file see. */
  | { readonly kind: 'figure'; readonly name: string };

const liveComment = /^<!-- live: ([\w-]+) -->\s*$/;
const readers = ['doctors', 'students', 'researchers'];

const marked = new Marked({
  renderer: {
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      const chapter = /^(\d\d-[\w-]+)\.md$/.exec(href);
      if (chapter) return `<a href="#/guide/${chapter[1]}">${text}</a>`;
      return `<a href="${escapeText(href)}" target="_blank" rel="noreferrer">${text}</a>`;
    },
    blockquote({ tokens, text }) {
      const reader = readers.find((name) => text.startsWith(`**For ${name}.**`));
      return `<aside class="aside${reader ? ` for-${reader}` : ''}"${reader ? ` aria-label="For ${reader}"` : ''}>${this.parser.parse(tokens)}</aside>`;
    },
    table(token) {
      const cell = (c: Tokens.TableCell) => {
        const tag = c.header ? 'th' : 'td';
        return `<${tag}${c.align === 'right' ? ' class="number"' : ''}${c.header ? ' scope="col"' : ''}>${this.parser.parseInline(c.tokens)}</${tag}>`;
      };
      const row = (cells: Tokens.TableCell[]) => `<tr>${cells.map(cell).join('')}</tr>`;
      // A table wider than a phone scrolls by itself, by keyboard too.
      return `<div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead>${row(token.header)}</thead><tbody>${token.rows.map(row).join('')}</tbody></table></div>`;
    },
  },
});

/** Divides a chapter's Markdown into blocks: neighbouring text becomes one piece of HTML. The files are the project's own. */
export function chapterBlocks(markdown: string): ChapterBlock[] {
  const blocks: ChapterBlock[] = [];
  let run: Token[] = [];
  const flush = () => {
    if (run.length > 0) blocks.push({ kind: 'html', html: marked.parser(run) });
    run = [];
  };
  const tokens = marked.lexer(markdown);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const live = token.type === 'html' ? liveComment.exec(token.raw.trim())?.[1] : undefined;
    if (live !== undefined) {
      flush();
      blocks.push({ kind: 'figure', name: live });
      // The picture that stands for it elsewhere.
      while (tokens[i + 1]?.type === 'space') i++;
      if (tokens[i + 1]?.type === 'paragraph' && tokens[i + 1].raw.startsWith('![')) i++;
    } else if (token.type === 'heading' && token.depth === 2) {
      flush();
      blocks.push({ kind: 'heading', id: headingId(token.text), text: token.text });
    } else if (token.type === 'code') {
      flush();
      blocks.push({ kind: 'code', language: token.lang ?? '', text: token.text });
    } else run.push(token);
  }
  flush();
  return blocks;
}

const headingId = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
