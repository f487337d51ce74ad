import { useCallback, useState } from 'react';
import type { Exploration } from '../../../../../src/data/audit/exploration.js';
import type { ChartOptions } from '../../../../../src/report/charts/chartOptions.js';
import {
  diagnosisByAgeChart,
  diagnosisByDxTypeChart,
  diagnosisByLocalizationChart,
  diagnosisBySexChart,
} from '../../../../../src/report/charts/crossTable.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Choice } from './Controls.js';

type Column = 'dxType' | 'age' | 'sex' | 'localization';

const charts: Readonly<Record<Column, (exploration: Exploration, options: ChartOptions) => string>> = {
  dxType: ({ diagnosisByDxType }, options) => diagnosisByDxTypeChart(diagnosisByDxType, options),
  age: ({ diagnosisByAge }, options) => diagnosisByAgeChart(diagnosisByAge, options),
  sex: ({ diagnosisBySex }, options) => diagnosisBySexChart(diagnosisBySex, options),
  localization: ({ diagnosisByLocalization }, options) =>
    diagnosisByLocalizationChart(diagnosisByLocalization, options),
};

/** Diagnoses by the value of a metadata column. */
export function CrossTableFigure() {
  const exploration = useRunFile<Exploration>('exploration/exploration.json', parseJson);
  const [column, setColumn] = useState<Column>('dxType');
  const draw = useCallback(
    (options: { idPrefix: string }) => charts[column](exploration, { ...options, width: 560 }),
    [exploration, column],
  );
  return (
    <>
      <div className="controls">
        <Choice
          label="Column"
          options={[
            ['dxType', 'How the diagnosis was made'],
            ['age', 'Age'],
            ['sex', 'Sex'],
            ['localization', 'Place on the body'],
          ]}
          value={column}
          onChange={setColumn}
        />
      </div>
      <Chart draw={draw} name={`diagnosis-by-${column}`} caption={exploration.dataset.name} />
    </>
  );
}
