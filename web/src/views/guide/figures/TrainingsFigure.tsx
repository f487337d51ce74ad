import * as Plot from '@observablehq/plot';
import { useCallback, useState } from 'react';
import { packJobs } from '../../../../../src/jobs/packJobs.js';
import { Random } from '../../../../../src/random.js';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { formatCountOf, formatDuration } from '../../../../../src/report/format.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { Chart } from '../../../components/Chart.js';
import { Say, Slider } from './Controls.js';

/** Minutes that a training takes, as a rule, and how much they differ. */
const usual = { minutes: 40, spread: 6 };

/** Trainings that run beside each other on several machines. */
export function TrainingsFigure() {
  const [trainings, setTrainings] = useState(5);
  const [machines, setMachines] = useState(2);
  const bars = placeTrainings(trainings, machines);
  const end = Math.max(...bars.map(({ ends }) => ends));
  const alone = bars.reduce((sum, { begins, ends }) => sum + ends - begins, 0);
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const placed = placeTrainings(trainings, machines);
      const last = Math.max(...placed.map(({ ends }) => ends));
      return drawChart(
        {
          name: 'trainings-beside',
          title: `${formatCountOf(trainings, 'training')} on ${formatCountOf(machines, 'machine')}`,
          subtitle: 'Each machine does one at a time. A bar is a training, with its number.',
          description: `All are done after ${Math.round(last)} minutes.`,
          height: 80 + 26 * machines,
          plot: {
            marginLeft: 84,
            marginRight: 16,
            marginTop: 12,
            marginBottom: 42,
            x: { domain: [0, Math.max(60, last)], label: 'Minutes', labelAnchor: 'center', labelArrow: 'none' },
            y: {
              domain: Array.from({ length: machines }, (_, i) => i + 1),
              label: null,
              tickFormat: (n) => `machine ${n}`,
            },
            marks: [
              Plot.gridX({ stroke: chartColour('grid'), strokeOpacity: 1 }),
              Plot.barX(placed, {
                x1: 'begins',
                x2: 'ends',
                y: 'machine',
                fill: chartColour('train'),
                insetLeft: 1,
                insetTop: 3,
                insetBottom: 3,
              }),
              Plot.text(placed, {
                x: ({ begins, ends }) => (begins + ends) / 2,
                y: 'machine',
                text: ({ number }) => String(number),
                fill: chartColour('background'),
                fontWeight: 600,
              }),
            ],
          },
        },
        options,
      );
    },
    [trainings, machines],
  );
  return (
    <>
      <div className="controls">
        <Slider label="Trainings" min={1} max={10} step={1} value={trainings} onChange={setTrainings} />
        <Slider label="Machines" min={1} max={8} step={1} value={machines} onChange={setMachines} />
      </div>
      <Chart draw={draw} name="trainings-beside" />
      <Say>
        All are done after {formatDuration(60 * end)}; one after another they take {formatDuration(60 * alone)}.
        {machines > trainings && ' Some machines have nothing to do: a training cannot be shared out.'}
      </Say>
    </>
  );
}

/** Where and when each runs, in minutes. */
function placeTrainings(count: number, machines: number) {
  const random = new Random(0, 'trainings');
  const jobs = Array.from({ length: count }, () => ({
    seconds: usual.minutes + random.uniform(-usual.spread, usual.spread),
    threads: 1,
  }));
  const free = new Array<number>(machines).fill(0);
  return packJobs(jobs, machines).map(({ begins, ends }, i) => {
    const machine = free.findIndex((from) => from <= begins);
    free[machine] = ends;
    return { number: i + 1, machine: machine + 1, begins, ends };
  });
}
