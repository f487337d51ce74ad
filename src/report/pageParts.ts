import { csvDownload, svgDownload } from './downloads.js';
import { escapeText } from './html.js';
import { classColour } from './palette.js';

/**
 * A figure around an SVG chart, which brings its own alternative text, with a link that saves it.
 * @param saved what the link saves; without the links of a chart that has some, which lead nowhere outside its page
 */
export function chartFigure(svg: string, caption?: string, saved = svg): string {
  return `<figure>${svg}${caption ? `<figcaption>${caption}</figcaption>` : ''}${svgDownload(saved)}</figure>`;
}

/** Figures beside each other where there is room. */
export function figureRow(...figures: readonly string[]): string {
  return `<div class="figures">${figures.filter(Boolean).join('\n')}</div>`;
}

/** A picture inside the page. */
export interface PagePicture {
  /** `data:` address. */
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly alternative: string;
}

export function pictureTag({ source, width, height, alternative }: PagePicture): string {
  return `<img src="${source}" width="${width}" height="${height}" alt="${escapeText(alternative)}" loading="lazy" decoding="async">`;
}

export function pictureFigure(picture: PagePicture, caption?: string): string {
  return `<figure>${pictureTag(picture)}${caption ? `<figcaption>${caption}</figcaption>` : ''}</figure>`;
}

/** Small pictures with a line of HTML each. */
export function thumbnails(
  pictures: readonly { readonly picture: PagePicture; readonly caption: string; readonly wrong?: boolean }[],
  className = '',
): string {
  const items = pictures.map(
    ({ picture, caption, wrong }) => `<li${wrong ? ' class="wrong"' : ''}>${pictureTag(picture)}${caption}</li>`,
  );
  return `<ul class="thumbnails ${className}">${items.join('')}</ul>`;
}

export interface TableColumn {
  readonly title: string;
  /** Right-aligned. */
  readonly number?: boolean;
}

/**
 * A table with a caption; where the screen is narrow it scrolls sideways on its own or, `stacked`, each row becomes a block
 * of named values. Cells are HTML, the first of a row is its header. A link under it saves it as CSV.
 */
export function dataTable(
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  { stacked = false } = {},
): string {
  const kind = (i: number) => (columns[i].number ? ' class="number"' : '');
  const head = columns.map((column, i) => `<th scope="col"${kind(i)}>${escapeText(column.title)}</th>`).join('');
  const body = rows
    .map((row) => {
      const name = (i: number) => (stacked ? ` data-column="${escapeText(columns[i].title)}"` : '');
      const cells = row.map((cell, i) =>
        i === 0 ? `<th scope="row">${cell}</th>` : `<td${kind(i)}${name(i)}>${cell}</td>`,
      );
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  const label = escapeText(caption.replace(/<[^>]*>/g, ''));
  return `<div class="scroll" role="region" tabindex="0" aria-label="${label}"><table${stacked ? ' class="stacked"' : ''}><caption><span>${caption}</span></caption><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>
${csvDownload(
  caption,
  columns.map(({ title }) => title),
  rows,
)}`;
}

/** A headline number with what it means. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** HTML. */
  readonly note: string;
}

export function tiles(items: readonly Tile[]): string {
  return `<dl class="tiles">${items
    .map(
      ({ label, value, note }) =>
        `<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>`,
    )
    .join('')}</dl>`;
}

/** Settings as pairs of words; values are HTML. */
export function settings(pairs: readonly (readonly [string, string])[]): string {
  return `<dl class="settings">${pairs.map(([term, value]) => `<dt>${escapeText(term)}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

/**
 * Says that a part of the report isn’t there, and which command makes it.
 * @param part a sentence without its full stop; @param command its words, without `lesionlab`
 */
export function absent(part: string, ...command: readonly string[]): string {
  const words = command.map((word) => (/^[\w./:=@+-]+$/.test(word) ? word : `"${word}"`));
  return `<p class="absent">${part}. Run <code>${escapeText(['lesionlab', ...words].join(' '))}</code> to change that.</p>`;
}

/** A class's colour and name. */
export function classLabel(index: number, name: string, id?: string): string {
  const code = id && id !== name ? ` <span class="muted">${escapeText(id)}</span>` : '';
  return `<span class="class"><span class="chip" style="background:${classColour(index)}"></span><span>${escapeText(name)}${code}</span></span>`;
}
