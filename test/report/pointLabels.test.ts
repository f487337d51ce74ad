import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { formatFoldedTable } from '../../src/cli/formatTable.js';
import { drawChart } from '../../src/report/charts/chart.js';
import { pointLabels } from '../../src/report/charts/pointLabels.js';
import { thresholdWords } from '../../src/report/tables/judgedTables.js';

const frame = { height: 330, marginLeft: 52, marginRight: 20, marginTop: 28, marginBottom: 42 };
const { document } = parseHTML('<html><body></body></html>').window;

/** Texts of a chart with names, and where they stand. */
function namesOf(points: readonly { x: number; y: number; text: string }[]) {
  const svg = drawChart(
    {
      ...{ name: 'n', title: 'T', description: 'D', height: frame.height },
      plot: { ...frame, x: { domain: [0, 1] }, y: { domain: [0, 1] }, marks: pointLabels(points, frame) },
    },
    { document: document as unknown as Document },
  );
  return points.filter(({ text }) => svg.includes(`>${text}<`)).map(({ text }) => text);
}

describe('names of points', () => {
  it('stand beside them, and are left out where there is no room', () => {
    expect(
      namesOf([
        { x: 0.1, y: 0.5, text: 'Ann' },
        { x: 0.1, y: 0.55, text: 'Bob' },
      ]),
    ).toEqual(['Ann', 'Bob']);
    const crowd = Array.from({ length: 30 }, (_, i) => ({ x: 0.3, y: 0.5, text: `Reader number ${i}` }));
    const shown = namesOf(crowd);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.length).toBeLessThan(12);
  });
});

describe('thresholds', () => {
  it.each([
    [0.469, '0.469'],
    [0.0123456, '0.0123'],
    [0.000123, '0.000123'],
    [0.00000001234, '1.2e-8'],
    [0.99987, '0.999870'],
    [0.5, '0.500'],
    [0, '0.000'],
    [2, 'never'],
    [null, '–'],
  ])('%d is told from 0 and 1: %s', (threshold, words) => {
    const point = { kind: 'given', target: null, threshold, sensitivity: 1, specificity: 1 } as const;
    expect(thresholdWords({ ...point, intervals: null, observed: null, stated: null })).toBe(words);
  });
});

describe('a table that is wider than the terminal', () => {
  const header = ['reader', 'images', 'AUROC', 'interval', 'sensitivity', 'interval'];
  const rows = [['Ann', '100', '0.900', '0.850 to 0.950', '0.800', '0.700 to 0.900']];
  it('is folded between groups of columns, each part with the first ones', () => {
    const folded = formatFoldedTable(header, rows, { width: 50, keep: 2, together: 2 });
    expect(folded.split('\n').every((line) => line.length <= 50)).toBe(true);
    expect(folded.match(/reader +images/g)).toHaveLength(2);
    expect(formatFoldedTable(header, rows, { width: 200, keep: 2, together: 2 }).match(/reader/g)).toHaveLength(1);
  });
});
