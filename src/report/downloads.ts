import { csvFormatRows } from 'd3-dsv';
import { escapeText } from './html.js';
import { asWritten } from './tables/csvTable.js';

/**
 * A quiet link under a chart that saves it as an SVG file. The file is in the link itself: no server, no script.
 * @param svg from `drawChart`, whose name and title the link takes
 */
export function svgDownload(svg: string): string {
  const name = /aria-labelledby="([\w-]+)-title\b/.exec(svg)?.[1] ?? 'chart';
  const title = plainText(/<title\b[^>]*>(.*?)<\/title>/s.exec(svg)?.[1] ?? name);
  return downloadLink('SVG', `${name}.svg`, 'image/svg+xml', svg, `of the chart “${title}”`);
}

/** The same for a table, as CSV in UTF-8: its words and figures as the page shows them. Cells are HTML. */
export function csvDownload(caption: string, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const label = plainText(caption);
  const text = `${csvFormatRows([[...titles], ...rows.map((row) => row.map((cell) => asWritten(plainNumbers(plainText(cell)))))])}\n`;
  return downloadLink('CSV', `${fileNameOf(label)}.csv`, 'text/csv;charset=utf-8', text, `of the table “${label}”`);
}

function downloadLink(kind: string, name: string, type: string, text: string, of: string): string {
  return `<p class="download"><a download="${escapeText(name)}" href="data:${type},${encode(text)}">${kind}<span class="unseen"> ${escapeText(of)}</span></a></p>`;
}

/** Percent-encodes what has a meaning in an address or in an attribute, and leaves the rest readable, and short. */
function encode(text: string): string {
  return text.replace(/[^\w.,:;/?@!$*()'=+~-]/gu, encodeURIComponent);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** What HTML says without its tags; a range below a number comes in brackets after it. */
function plainText(html: string): string {
  return html
    .replace(/<span class="range">([^<]*)<\/span>/g, ' ($1)')
    .replace(/<(?:br|span)\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name])
    .replace(/\s+/g, ' ')
    .trim();
}

/** Spreadsheets know a hyphen before a number, and no other minus. */
const plainNumbers = (text: string): string => text.replace(/−(?=\d)/g, '-');

const longestName = 60;

/** `images-of-each-diagnosis-in-each-part`: the first sentence of a caption as a file's name. */
function fileNameOf(caption: string): string {
  const words = caption
    .split(/[.:](?:\s|$)/)[0]
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  let name = '';
  for (const word of words) {
    const longer = name ? `${name}-${word}` : word;
    if (longer.length > longestName) break;
    name = longer;
  }
  return name || 'table';
}
