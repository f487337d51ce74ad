import * as Plot from '@observablehq/plot';
import { useCallback, useMemo, useState } from 'react';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { formatNumber } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { Chart } from '../../../components/Chart.js';
import { Choice, Say, Slider } from './Controls.js';
import { descend, type Point, valley } from './descend.js';

const start: Point = [-8.5, 2.4];
const steps = 60;
/** Lines of equal loss: ellipses. */
const heights = [0.1, 0.5, 1, 2, 4, 6, 9];
const ellipses = heights.flatMap((height) =>
  Array.from({ length: 73 }, (_, i) => ({
    height,
    x: Math.sqrt(height / 0.05) * Math.cos((i * Math.PI) / 36),
    y: Math.sqrt(height) * Math.sin((i * Math.PI) / 36),
  })),
);
const isInside = ([x, y]: Point) => Math.abs(x) <= 10 && Math.abs(y) <= 3;

/** Two parameters, a loss that is a valley, and the way down at a learning rate. */
export function DescentFigure() {
  const [kind, setKind] = useState<'sgd' | 'adam'>('adam');
  const [exponent, setExponent] = useState(-0.5);
  const rate = 10 ** exponent;
  const path = useMemo(() => descend(kind, rate, start, steps), [kind, rate]);
  const end = valley(path.at(-1)!);
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const gone = path.findIndex((point) => !isInside(point));
      const drawn = gone < 0 ? path : path.slice(0, gone);
      return drawChart(
        {
          name: 'descent',
          title: 'Sixty steps down a valley',
          subtitle: 'Lines join points of equal loss; the lowest one lies in the middle. The hollow dot is the start.',
          description: `Path of ${steps} steps from a loss of ${formatNumber(valley(start), 2)} to ${formatNumber(end, 4)}.`,
          height: 210,
          plot: {
            marginLeft: 6,
            marginRight: 6,
            marginTop: 6,
            marginBottom: 6,
            x: { axis: null, domain: [-10, 10] },
            y: { axis: null, domain: [-3, 3] },
            marks: [
              Plot.line(ellipses, {
                x: 'x',
                y: 'y',
                z: 'height',
                stroke: chartColour('muted'),
                strokeWidth: 0.7,
                clip: true,
              }),
              Plot.line(drawn, { x: 0, y: 1, stroke: chartColour('train'), strokeWidth: 1.5 }),
              Plot.dot(drawn, { x: 0, y: 1, r: 2.4, fill: chartColour('train') }),
              Plot.dot([start], { x: 0, y: 1, r: 5, fill: chartColour('background'), stroke: chartColour('ink') }),
            ],
          },
        },
        { ...options, width: 560 },
      );
    },
    [path, end],
  );
  return (
    <>
      <div className="controls">
        <Choice
          label="Optimizer"
          options={[
            ['adam', 'Adam'],
            ['sgd', 'SGD with momentum 0.9'],
          ]}
          value={kind}
          onChange={setKind}
        />
        <Slider
          label="Learning rate"
          min={-3}
          max={1}
          step={0.1}
          value={exponent}
          onChange={setExponent}
          format={(e) => Number((10 ** e).toPrecision(2)).toString()}
        />
      </div>
      <Chart draw={draw} name="descent" caption="The steps are those of lesionlab's own optimizers." />
      <Say>
        {Number.isFinite(end) && end < 1e4
          ? `The loss went from ${formatNumber(valley(start), 2)} to ${end < 0.001 ? end.toExponential(0) : formatNumber(end, 3)}.`
          : 'The steps became larger and larger, out of the picture: this training diverged.'}{' '}
        {end > 1 && end < valley(start) && rate < 0.1 && 'The steps are too short: it is still on its way.'}
      </Say>
    </>
  );
}
