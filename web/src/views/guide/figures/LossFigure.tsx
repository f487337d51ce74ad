import * as Plot from '@observablehq/plot';
import { useCallback, useState } from 'react';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { formatNumber, formatPercent } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { Chart } from '../../../components/Chart.js';
import { Say, Slider } from './Controls.js';

const curve = Array.from({ length: 100 }, (_, i) => ({ p: (i + 1) / 100, loss: -Math.log((i + 1) / 100) }));

/** Cross-entropy of one image by the probability that its true diagnosis got. */
export function LossFigure() {
  const [p, setP] = useState(0.3);
  const [weight, setWeight] = useState(1);
  const draw = useCallback(
    (options: { idPrefix: string }) =>
      drawChart(
        {
          name: 'cross-entropy',
          title: 'Loss of one image',
          subtitle: 'By the probability that the network gave to the true diagnosis.',
          description: `A curve that falls from above 4.6 at 1% to 0 at 100%, times the class weight ${weight}. At ${formatPercent(p, 0)}: ${formatNumber(-weight * Math.log(p), 2)}.`,
          height: 240,
          plot: {
            marginLeft: 44,
            marginRight: 16,
            marginTop: 12,
            marginBottom: 42,
            x: {
              domain: [0, 1],
              label: 'Probability of the true diagnosis',
              labelAnchor: 'center',
              labelArrow: 'none',
              ticks: 5,
              tickFormat: (v: number) => formatPercent(v, 0),
            },
            y: { domain: [0, 5 * Math.max(1, weight)], label: null, ticks: 5 },
            marks: [
              Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
              Plot.line(curve, {
                x: 'p',
                y: ({ loss }: (typeof curve)[number]) => weight * loss,
                stroke: chartColour('train'),
                strokeWidth: 2,
              }),
              Plot.dot([p], {
                x: p,
                y: -weight * Math.log(p),
                r: 6,
                fill: chartColour('accent'),
                stroke: chartColour('ink'),
              }),
            ],
          },
        },
        options,
      ),
    [p, weight],
  );
  return (
    <>
      <div className="controls">
        <Slider
          label="Probability of the true diagnosis"
          min={0.01}
          max={1}
          step={0.01}
          value={p}
          onChange={setP}
          format={(v) => formatPercent(v, 0)}
        />
        <Slider
          label="Class weight"
          min={0.1}
          max={4.5}
          step={0.1}
          value={weight}
          onChange={setWeight}
          format={(v) => formatNumber(v, 1)}
        />
      </div>
      <Chart draw={draw} name="cross-entropy" />
      <Say>
        Loss: {formatNumber(weight, 1)} × −ln({formatNumber(p, 2)}) = {formatNumber(-weight * Math.log(p), 2)}. One
        seventh for each diagnosis, which is knowing nothing, costs {formatNumber(weight * Math.log(7), 2)}.
      </Say>
    </>
  );
}
