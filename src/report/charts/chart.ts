import * as Plot from '@observablehq/plot';
import { escapeText } from '../html.js';
import { type ChartColour, chartColour, chartStyle, chartThemes } from '../palette.js';
import type { ChartOptions } from './chartOptions.js';

export interface ChartContent {
  /** File name without its ending, for example `class-counts`. */
  readonly name: string;
  /** Drawn on top and read out first. */
  readonly title: string;
  /** Drawn under the title, smaller. */
  readonly subtitle?: string;
  /** What the picture says, in words, for those who don't see it. */
  readonly description: string;
  /** Height of the plot without the title, pixels. */
  readonly height: number;
  /** Rectangles with `href` and `ariaLabel` among its marks become links that can be reached with the keyboard, above all else. */
  readonly plot: Omit<Plot.PlotOptions, 'width' | 'height' | 'document'>;
}

/** Width of a chart that stands beside another one on a page and still fits a phone. */
export const defaultChartWidth = 420;

/**
 * Draws a chart as the text of one SVG that stands alone: title and description for screen readers, light and dark by the
 * reader's preference, colours as custom properties with the light ones as plain attributes for programs without CSS.
 */
export function drawChart(content: ChartContent, options: ChartOptions = {}): string {
  const width = options.width ?? defaultChartWidth;
  const titleLines = wrapText(content.title, Math.floor(width / 8.6), 2);
  const subtitleLines = content.subtitle ? wrapText(content.subtitle, Math.floor(width / 7), 3) : [];
  const headHeight = 10 + titleLines.length * 19 + subtitleLines.length * 16 + 6;
  const svg = Plot.plot({
    ...content.plot,
    width,
    height: content.height,
    style: { fontSize: '12.5px', color: chartColour('ink') },
    className: 'lesionlab-chart',
    document: options.document,
  } as Plot.PlotOptions);
  svg.querySelector('style')?.remove();

  const links = takeLinks(svg);
  const id = `${options.idPrefix ?? ''}${content.name}`;
  const height = headHeight + content.height + 8;
  const head = [
    ...titleLines.map((line, i) => headLine(line, 24 + i * 19, 'font-size="15.5" font-weight="600"', 'ink')),
    ...subtitleLines.map((line, i) =>
      headLine(line, 24 + titleLines.length * 19 + i * 16 - 2, 'font-size="12.5"', 'muted'),
    ),
  ];
  const finish = options.print ? withPlainColours : withFallbackColours;
  return finish(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" class="lesionlab-chart" role="${links ? 'group' : 'img'}" aria-labelledby="${id}-title ${id}-description"`,
      ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
      ` font-family="${options.print ? printFonts : screenFonts}" font-size="12.5" text-anchor="middle" fill="var(--chart-ink)">`,
      `<title id="${id}-title">${escapeText(content.title)}</title>`,
      `<desc id="${id}-description">${escapeText(content.description)}</desc>`,
      ...(options.print ? [] : [`<style>${chartStyle()}</style>`]),
      `<rect width="${width}" height="${height}" fill="var(--chart-background)"/>`,
      // Words of the picture would be read out one by one: it is one figure with one description, and links where there are some.
      ...(links ? ['<g aria-hidden="true">', ...head, '</g>'] : head),
      `<g transform="translate(0,${headHeight})"${links ? ' aria-hidden="true"' : ''}>`,
      withOwnIds(svg.innerHTML, id).replace(/ aria-(label|hidden)="[^"]*"/g, ''),
      '</g>',
      ...(links ? [`<g transform="translate(0,${headHeight})">${links}</g>`] : []),
      '</svg>',
    ].join(''),
  );
}

const screenFonts = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif";
const printFonts = 'Helvetica, Arial, sans-serif';

/** Plot numbers what it refers to over all charts that were ever drawn: a chart's own numbers are the same whenever it is drawn. */
function withOwnIds(svg: string, id: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/plot-(clip|marker)-(\d+)/g, (_, kind: string, drawn: string) => {
    const key = `${kind} ${drawn}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    return `${id}-${kind}-${numbers.get(key)}`;
  });
}

/** Takes the links out of a plot. @returns them as SVG, empty where there are none */
function takeLinks(svg: Element): string {
  return [...svg.querySelectorAll('a')]
    .map((link) => {
      const rectangle = link.querySelector('rect');
      const address = link.getAttribute('xlink:href') ?? link.getAttribute('href') ?? '';
      const label = escapeText(rectangle?.getAttribute('aria-label') ?? '');
      const place = ['x', 'y', 'width', 'height']
        .map((name) => `${name}="${rectangle?.getAttribute(name) ?? 0}"`)
        .join(' ');
      link.remove();
      return `<a href="${escapeText(address)}" aria-label="${label}"><rect ${place} fill="transparent"><title>${label}</title></rect></a>`;
    })
    .join('');
}

function headLine(line: string, y: number, attributes: string, colour: ChartColour): string {
  return `<text x="4" y="${y}" text-anchor="start" ${attributes} fill="${chartColour(colour)}">${escapeText(line)}</text>`;
}

/** `fill="var(--chart-x)"` becomes a plain light colour with the variable in a style on top: image editors know no variables. */
function withFallbackColours(svg: string): string {
  return svg.replace(/currentColor/g, 'var(--chart-ink)').replace(/<[a-z]+ [^>]*var\(--chart-[^>]*>/gi, (tag) => {
    if (tag.startsWith('<style')) return tag;
    const styles: string[] = [];
    const plain = tag.replace(/ (fill|stroke)="var\(--chart-(\w+)\)"/g, (_, attribute: string, name: string) => {
      styles.push(`${attribute}:var(--chart-${name})`);
      return ` ${attribute}="${chartThemes.light[name as ChartColour]}"`;
    });
    return plain.replace(/(\/?)>$/, (_, slash: string) => ` style="${styles.join(';')}"${slash}>`);
  });
}

/** Every colour as the light one itself. */
function withPlainColours(svg: string): string {
  return svg
    .replace(/currentColor/g, 'var(--chart-ink)')
    .replace(/var\(--chart-(\w+)\)/g, (_, name: string) => chartThemes.light[name as ChartColour]);
}

/** Breaks a text at spaces into lines of at most `width` characters; what doesn't fit in `lines` ends in an ellipsis. */
export function wrapText(text: string, width: number, lines: number): string[] {
  const result: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = result.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) result[result.length - 1] = `${last} ${word}`;
    else result.push(word);
  }
  if (result.length <= lines) return result;
  const kept = result.slice(0, lines);
  kept[lines - 1] = `${kept[lines - 1].slice(0, width - 1)}…`;
  return kept;
}
