import { useCallback, useState } from 'react';
import { barRows } from '../../../../../src/report/charts/barRows.js';
import { formatCount, formatCountOf, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { Say, Slider } from './Controls.js';

const people = 10_000;

/** What a test of some sensitivity and specificity says where few have what it looks for. */
export function PrevalenceFigure() {
  const [prevalence, setPrevalence] = useState(0.01);
  const [sensitivity, setSensitivity] = useState(0.8);
  const [specificity, setSpecificity] = useState(0.9);
  const ill = Math.round(people * prevalence);
  const found = Math.round(ill * sensitivity);
  const alarms = Math.round((people - ill) * (1 - specificity));
  const draw = useCallback(
    (options: { idPrefix: string }) => {
      const rows = [
        { label: 'have it and are found', value: found, colour: '#009e73' },
        { label: 'have it and are missed', value: ill - found, colour: '#d55e00' },
        { label: 'do not have it, false alarm', value: alarms, colour: '#e69f00' },
        { label: 'do not have it, rightly passed', value: people - ill - alarms, colour: '#56b4e9' },
      ];
      return barRows(
        {
          name: 'prevalence',
          title: 'Of 10,000 lesions',
          description: `Bar chart. ${rows.map(({ label, value }) => `${label}: ${value}`).join('; ')}.`,
          rows: rows.map((row) => ({ ...row, text: formatCountOf(row.value, 'lesion') })),
        },
        options,
      );
    },
    [found, ill, alarms],
  );
  const percent = (share: number) => formatPercent(share, share < 0.1 ? 1 : 0);
  return (
    <>
      <div className="controls">
        <Slider
          label="Lesions that have it"
          min={0.001}
          max={0.3}
          step={0.001}
          value={prevalence}
          onChange={setPrevalence}
          format={percent}
        />
        <Slider
          label="Sensitivity (recall)"
          min={0.3}
          max={1}
          step={0.01}
          value={sensitivity}
          onChange={setSensitivity}
          format={(v) => formatPercent(v, 0)}
        />
        <Slider
          label="Specificity"
          min={0.3}
          max={1}
          step={0.01}
          value={specificity}
          onChange={setSpecificity}
          format={(v) => formatPercent(v, 0)}
        />
      </div>
      <Chart draw={draw} name="prevalence" />
      <Say>
        {formatCount(found + alarms)} are called; {formatPercent(found / (found + alarms))} of them have it (positive
        predictive value). Of those passed, {formatPercent((ill - found) / (people - found - alarms), 2)} have it all
        the same.
      </Say>
    </>
  );
}
