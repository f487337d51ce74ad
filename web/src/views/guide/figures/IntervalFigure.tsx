import * as Plot from '@observablehq/plot';
import { useCallback, useState } from 'react';
import { wilsonInterval } from '../../../../../src/evaluation/metrics/wilsonInterval.js';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { formatPercent } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { Chart } from '../../../components/Chart.js';
import { Say, Slider } from './Controls.js';

const counts = [5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000];

/** How wide a 95% interval is, by the number of lesions behind a share. */
export function IntervalFigure() {
  const [lesions, setLesions] = useState(15);
  const [recognised, setRecognised] = useState(0.6);
  const right = Math.round(recognised * lesions);
  const [low, high] = wilsonInterval(right / lesions, lesions);
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const rows = counts.map((n) => {
        const share = Math.round(recognised * n) / n;
        const [from, to] = wilsonInterval(share, n);
        return { n, share, from, to };
      });
      return drawChart(
        {
          name: 'interval-width',
          title: 'The same share, of few and of many lesions',
          subtitle: 'Dots: share recognised. Lines: 95% intervals (Wilson).',
          description: `Intervals that narrow from ${formatPercent(rows[0].to - rows[0].from, 0)} at 5 lesions to ${formatPercent(rows.at(-1)!.to - rows.at(-1)!.from, 0)} at 1,000.`,
          height: 230,
          plot: {
            marginLeft: 44,
            marginRight: 16,
            marginTop: 12,
            marginBottom: 42,
            x: {
              type: 'point',
              domain: counts,
              label: 'Lesions in the test split',
              labelAnchor: 'center',
              labelArrow: 'none',
              tickFormat: String,
            },
            y: { domain: [0, 1], label: null, ticks: 5, tickFormat: (v: number) => formatPercent(v, 0) },
            marks: [
              Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
              Plot.link(rows, { x1: 'n', x2: 'n', y1: 'from', y2: 'to', stroke: chartColour('train'), strokeWidth: 3 }),
              Plot.dot(rows, { x: 'n', y: 'share', r: 4.5, fill: chartColour('accent') }),
            ],
          },
        },
        { ...options, width: 560 },
      );
    },
    [recognised],
  );
  return (
    <>
      <div className="controls">
        <Slider label="Lesions" min={3} max={300} step={1} value={lesions} onChange={setLesions} />
        <Slider
          label="Share recognised"
          min={0}
          max={1}
          step={0.05}
          value={recognised}
          onChange={setRecognised}
          format={(v) => formatPercent(v, 0)}
        />
      </div>
      <Chart draw={draw} name="interval-width" />
      <Say>
        {right} of {lesions} recognised is {formatPercent(right / lesions, 0)}, with a 95% interval from{' '}
        {formatPercent(low, 0)} to {formatPercent(high, 0)}.
      </Say>
    </>
  );
}
