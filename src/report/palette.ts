/**
 * Every colour of charts and pages, light and dark. Class colours are the eight of Okabe and Ito (2008, "Color Universal
 * Design"), which stay apart for red-green and blue-yellow blind readers. The light ones among them stand out little on
 * white, so filled marks also get a thin outline, and every mark carries its value as text: colour is never the only sign.
 */

/** In class order of HAM10000 (akiec bcc bkl df mel nv vasc); an eighth for datasets with more. */
export const classColours = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#d55e00',
  '#0072b2',
  '#cc79a7',
  '#8a8a8a',
] as const;

/** Colour of class `index`; beyond the eighth they repeat. */
export function classColour(index: number): string {
  return classColours[index % classColours.length];
}

type Theme = Readonly<Record<ChartColour, string>>;
export type ChartColour = keyof typeof lightChart;

const lightChart = {
  background: '#ffffff',
  ink: '#1f2328',
  muted: '#5b626b',
  grid: '#e3dfd8',
  outline: '#3c434b',
  /** Plain bars, one series. */
  bar: '#56b4e9',
  barSoft: '#c5dff0',
  /** Training and validation in curves: apart in hue, lightness and dash. */
  train: '#0072b2',
  validation: '#c04e00',
  /** Marks that call attention: the fit, the best epoch. */
  accent: '#a8326e',
  /** Heat tables: this colour at the opacity of the share; `heatText` below `heatTextSwitch`, `heatTextOn` above. */
  heat: '#00345f',
  heatText: '#000000',
  heatTextOn: '#ffffff',
};

const darkChart: Theme = {
  background: '#1b1f24',
  ink: '#e6e8ea',
  muted: '#a4adb6',
  grid: '#343b43',
  outline: '#c9ced4',
  bar: '#3d94c8',
  barSoft: '#33566c',
  train: '#6cc0f2',
  validation: '#ff9d57',
  accent: '#f08fbd',
  heat: '#74a9d6',
  heatText: '#ffffff',
  heatTextOn: '#000000',
};

/** Share at which text on heat changes colour: both are readable there (4.4 to 1 or better) in both themes. */
export const heatTextSwitch = 0.65;

/** Colours of charts, on light and on dark ground. */
export const chartThemes: { readonly light: Theme; readonly dark: Theme } = { light: lightChart, dark: darkChart };

/** Reference to a chart colour as a CSS custom property. */
export function chartColour(name: ChartColour): string {
  return `var(--chart-${name})`;
}

function declarations(prefix: string, theme: Readonly<Record<string, string>>): string {
  return Object.entries(theme)
    .map(([name, value]) => `--${prefix}-${name}:${value}`)
    .join(';');
}

/** Style of a single SVG: light, or dark where the reader prefers it; paper is always light. */
export function chartStyle(): string {
  const light = declarations('chart', lightChart);
  const dark = declarations('chart', darkChart);
  return `.lesionlab-chart{${light}}@media screen and (prefers-color-scheme:dark){.lesionlab-chart{${dark}}}`;
}

const lightPage = {
  paper: '#fbfaf8',
  surface: '#ffffff',
  soft: '#f3f0ea',
  ink: '#1f2328',
  muted: '#5b626b',
  line: '#ddd8cf',
  accent: '#0b5c8a',
  notice: '#fff3d6',
  noticeInk: '#5a3d00',
  noticeLine: '#d9a83a',
};

const darkPage: Readonly<Record<keyof typeof lightPage, string>> = {
  paper: '#14171a',
  surface: '#1b1f24',
  soft: '#242a31',
  ink: '#e6e8ea',
  muted: '#a4adb6',
  line: '#39414a',
  accent: '#7cc0ee',
  notice: '#3a2f14',
  noticeInk: '#ffe2a1',
  noticeLine: '#94742a',
};

/** Colours of pages, light and dark. */
export const pageThemes = { light: lightPage, dark: darkPage };

/** The same for a page, whose switch (`data-theme` on the root element) overrides the reader's preference, charts included. */
export function pageColours(): string {
  const rules = (page: Readonly<Record<string, string>>, chart: Theme, root: string) =>
    `${root}{${declarations('page', page)}}${root} .lesionlab-chart{${declarations('chart', chart)}}`;
  return [
    `:root{color-scheme:light dark;${declarations('page', lightPage)}}`,
    `@media screen and (prefers-color-scheme:dark){${rules(darkPage, darkChart, ':root:not([data-theme=light])')}}`,
    `@media screen{${rules(darkPage, darkChart, ':root[data-theme=dark]')}${rules(lightPage, lightChart, ':root[data-theme=light]')}}`,
    ':root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}',
  ].join('\n');
}
