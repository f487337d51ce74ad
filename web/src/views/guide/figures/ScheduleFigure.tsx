import * as Plot from '@observablehq/plot';
import { useCallback, useState } from 'react';
import { drawChart } from '../../../../../src/report/charts/chart.js';
import { chartColour } from '../../../../../src/report/palette.js';
import { learningRateAt, type ScheduleOptions } from '../../../../../src/training/optimisation/schedules.js';
import { Chart } from '../../../components/Chart.js';
import { Choice, Slider } from './Controls.js';

const epochs = 30;
const stepsAnEpoch = 20;

/** The learning rate over a training, by schedule. */
export function ScheduleFigure() {
  const [schedule, setSchedule] = useState<ScheduleOptions['schedule']>('one-cycle');
  const [warmUp, setWarmUp] = useState(0.2);
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const steps = epochs * stepsAnEpoch;
      const rates = Array.from({ length: steps }, (_, step) => ({
        epoch: step / stepsAnEpoch,
        rate: learningRateAt(step, steps, Math.floor(step / stepsAnEpoch), {
          schedule,
          learningRate: 1,
          warmUp,
          stepEpochs: 10,
          stepFactor: 0.1,
        }),
      }));
      return drawChart(
        {
          name: 'schedule',
          title: 'Learning rate over 30 epochs',
          subtitle: 'As a share of the highest.',
          description: `Schedule ${schedule}, rising during the first ${Math.round(warmUp * 100)}% of the steps.`,
          height: 190,
          plot: {
            marginLeft: 44,
            marginRight: 16,
            marginTop: 12,
            marginBottom: 42,
            x: { domain: [0, epochs], label: 'Epoch', labelAnchor: 'center', labelArrow: 'none' },
            y: { domain: [0, 1], label: null, ticks: 5 },
            marks: [
              Plot.gridY({ stroke: chartColour('grid'), strokeOpacity: 1, ticks: 5 }),
              Plot.line(rates, { x: 'epoch', y: 'rate', stroke: chartColour('train'), strokeWidth: 2 }),
            ],
          },
        },
        options,
      );
    },
    [schedule, warmUp],
  );
  return (
    <>
      <div className="controls">
        <Choice
          label="Schedule"
          options={[
            ['constant', 'constant'],
            ['step', 'step: a tenth every 10 epochs'],
            ['cosine', 'cosine'],
            ['one-cycle', 'one-cycle'],
          ]}
          value={schedule}
          onChange={setSchedule}
        />
        <Slider
          label="Warm-up"
          min={0}
          max={0.5}
          step={0.05}
          value={warmUp}
          onChange={setWarmUp}
          format={(v) => `${Math.round(v * 100)}% of the steps`}
        />
      </div>
      <Chart draw={draw} name="schedule" />
    </>
  );
}
