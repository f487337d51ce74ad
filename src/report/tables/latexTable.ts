import { formatCount } from '../format.js';
import { type ResultTable, showNumber, type TableCell } from './resultTable.js';

/** What LaTeX reads as more than a character, and signs that not every engine has a letter for. */
const replacements: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  '–': '--',
  '—': '---',
  '−': '$-$',
  '×': '$\\times$',
  '·': '$\\cdot$',
  '±': '$\\pm$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '°': '\\textdegree{}',
  '…': '\\ldots{}',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
};

/** Plain text as LaTeX that prints exactly it: names come from other people's files. */
export function escapeLatex(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replace(/[\\{}&%$#_~^<>|"–—−×·±≤≥°…’‘“”]/g, (sign) => replacements[sign]);
}

/** Intervals stand below their numbers in tables of more columns than this. */
const wide = 3;
/** Tables of more columns than this are set smaller. */
const widest = 7;

/** A table as LaTeX with the rules of the package booktabs; its label is `tab:` and the table's id. */
export function latexTable({ id, caption, columns, rows, notes = [] }: ResultTable): string {
  const stacked = columns.length > wide;
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const titles = columns.map(({ title, number }) =>
    stacked ? `\\shortstack[${number ? 'r' : 'l'}]{${breakTitle(title)}}` : escapeLatex(title),
  );
  const spread =
    columns.length > widest
      ? ['\\scriptsize', '\\setlength{\\tabcolsep}{2pt}']
      : stacked || rows.length > 30
        ? ['\\footnotesize', '\\setlength{\\tabcolsep}{4pt}']
        : ['\\small'];
  const words = columnOfWords(
    columns.filter(({ number }) => !number).length,
    columns.filter(({ number }) => number).length,
  );
  return `${[
    '\\begin{table}[htbp]',
    '\\centering',
    `\\caption{${escapeLatex(caption)}}`,
    `\\label{tab:${id}}`,
    ...spread,
    `\\begin{tabular}{${columns.map(({ number }) => (number ? 'r' : words)).join('')}}`,
    '\\toprule',
    line(titles),
    '\\midrule',
    ...rows.map((row) => line(row.map((cell) => latexCell(cell, stacked)))),
    '\\bottomrule',
    '\\end{tabular}',
    ...notes.map((note) => `\\par\\smallskip\\parbox{\\linewidth}{\\footnotesize ${escapeLatex(note)}}`),
    '\\end{table}',
  ].join('\n')}\n`;
}

/** Words break into lines, so that long names don't push numbers off the page. @param words columns of them @param numbers columns of numbers */
function columnOfWords(words: number, numbers: number): string {
  const columns = words + numbers;
  const each = columns > widest ? 0.08 : columns > wide ? 0.1 : 0.26;
  const share = Math.min(0.4, Math.max(0.14, (0.9 - each * numbers) / words));
  return `>{\\raggedright\\arraybackslash}p{${share.toFixed(2)}\\linewidth}`;
}

/** `Sensitivity (recall)` in lines of few letters. */
function breakTitle(title: string): string {
  const lines: string[] = [];
  for (const word of title.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 12) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(escapeLatex).join('\\\\');
}

function latexCell(cell: TableCell, stacked: boolean): string {
  if (typeof cell === 'string') return escapeLatex(cell);
  if (typeof cell === 'number') return escapeLatex(formatCount(cell));
  const number = (value: number | null) => escapeLatex(showNumber(value, cell));
  const value = number(cell.value);
  if (cell.interval === undefined) return value;
  const bounds = cell.interval ? cell.interval.map(number).join(' to ') : '--';
  return stacked
    ? `\\begin{tabular}[t]{@{}r@{}}${value}\\\\[-3pt]{\\scriptsize ${bounds.replaceAll('\\%', '')}}\\end{tabular}`
    : `${value} (${bounds})`;
}

/** A document that shows all tables of a folder, for looking at them. */
export function latexPreview(ids: readonly string[]): string {
  return `${[
    '% Shows the tables: pdflatex preview.tex, in this folder. In your manuscript: \\usepackage{booktabs,array}, then \\input{performance.tex}.',
    '% Names of diagnoses in other scripts than Latin need xelatex or lualatex.',
    '\\documentclass[a4paper]{article}',
    '\\usepackage[T1]{fontenc}',
    '\\usepackage[utf8]{inputenc}',
    '\\usepackage{textcomp}',
    '\\usepackage[margin=2cm]{geometry}',
    '\\usepackage{array,booktabs}',
    '\\begin{document}',
    ...ids.map((id) => `\\input{${id}.tex}`),
    '\\end{document}',
  ].join('\n')}\n`;
}
