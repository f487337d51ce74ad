import { csvParseRows } from 'd3-dsv';
import { describe, expect, it } from 'vitest';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { drawChart } from '../../src/report/charts/chart.js';
import { csvDownload, svgDownload } from '../../src/report/downloads.js';
import { type ReportInput, renderReport } from '../../src/report/index.js';
import { chartFigure, classLabel, dataTable } from '../../src/report/pageParts.js';
import { madeUpConfig, madeUpExploration, madeUpRecords, madeUpSplits } from './fixtures.js';
import { assertWellFormed, findPageFaults, parsePage } from './structure.js';

const linkIn = (html: string) => {
  assertWellFormed(html);
  const link = parsePage(html).querySelector('a[download]')!;
  const [head, ...rest] = link.getAttribute('href')!.split(',');
  return {
    name: link.getAttribute('download'),
    words: link.textContent,
    head,
    content: decodeURIComponent(rest.join(',')),
  };
};

describe('a chart’s link', () => {
  const title = 'Loss: 100% of “a” & <b> #1';
  const svg = drawChart(
    { name: 'loss', title, description: 'é & ü', height: 40, plot: { marks: [] } },
    { document: plotDocument() },
  );

  it('holds the chart itself, named for it', () => {
    const { name, words, head, content } = linkIn(svgDownload(svg));
    expect(name).toBe('loss.svg');
    expect(words).toBe(`SVG of the chart “${title}”`);
    expect(head).toBe('data:image/svg+xml');
    expect(content).toBe(svg);
  });

  it('has nothing in its address that would end it', () => {
    expect(/href="([^"]*)"/.exec(svgDownload(svg))![1].slice('data:image/svg+xml,'.length)).toMatch(/^[!-~]*$/);
    expect(svgDownload(svg)).not.toMatch(/href="[^"]*[<>#]/);
  });

  it('stands in the chart’s figure', () => {
    assertWellFormed(chartFigure(svg, 'A caption'));
    expect(chartFigure(svg)).toContain(svgDownload(svg));
  });
});

describe('a table’s link', () => {
  it('holds what the table says, without its markup', () => {
    const { name, head, content, words } = linkIn(
      dataTable(
        'Images of <a href="#x">each</a> diagnosis. More &amp; more.',
        [{ title: 'Diagnosis' }, { title: 'Recall, %', number: true }],
        [
          [classLabel(0, 'Melanoma', 'mel'), '60%<span class="range">50% to 70%</span>'],
          ['a &quot;b&quot;, &lt;c&gt;', '–'],
        ],
      ).replace('<a href="#x">each</a>', 'each'),
    );
    expect(name).toBe('images-of-each-diagnosis.csv');
    expect(words).toBe('CSV of the table “Images of each diagnosis. More & more.”');
    expect(head).toBe('data:text/csv;charset=utf-8');
    expect(csvParseRows(content)).toEqual([
      ['Diagnosis', 'Recall, %'],
      ['Melanoma mel', '60% (50% to 70%)'],
      ['a "b", <c>', '–'],
    ]);
  });

  it('holds no formulas', () => {
    const { content } = linkIn(csvDownload('', ['n'], [['=1+1'], ['@x'], ['-0.5'], ['−0.5 (−1 to 2)']]));
    expect(csvParseRows(content)).toEqual([['n'], ["'=1+1"], ["'@x"], ['-0.5'], ['-0.5 (-1 to 2)']]);
    expect(linkIn(csvDownload('', ['n'], [])).name).toBe('table.csv');
  });

  it('keeps its file’s name short and plain', () => {
    const { name } = linkIn(csvDownload(`../../${'Étude "x" '.repeat(30)}`, ['n'], []));
    expect(name).toMatch(/^[a-z0-9-]{1,60}\.csv$/);
  });
});

it('is there for every chart and table of a report', () => {
  const input: ReportInput = {
    config: madeUpConfig(),
    runFolder: 'runs/first',
    exploration: madeUpExploration(),
    splits: madeUpSplits(),
    leak: null,
    leakFolder: 'runs/leak',
    validationCounts: null,
    records: madeUpRecords(),
    layers: null,
    trainingBatch: null,
    evaluation: null,
    predictions: null,
    subgroups: null,
    externals: [],
    testLooks: null,
    sampleGrid: null,
    pictures: new Map(),
    explanations: null,
    writtenBy: 'lesionlab 0.1.0',
  };
  const html = renderReport(input, { document: plotDocument() });
  expect(findPageFaults(html)).toEqual([]);
  const page = parsePage(html);
  const count = (selector: string) => page.querySelectorAll(selector).length;
  expect(count('figure svg')).toBeGreaterThan(3);
  expect(count('a[download$=".svg"]')).toBe(count('figure svg'));
  expect(count('a[download$=".csv"]')).toBe(count('table'));
});
