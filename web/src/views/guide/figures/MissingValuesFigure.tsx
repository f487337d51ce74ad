import { useCallback } from 'react';
import type { Exploration } from '../../../../../src/data/audit/exploration.js';
import { missingValuesChart } from '../../../../../src/report/charts/missingValues.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';

/** Rows of the run's metadata without a value, by column. */
export function MissingValuesFigure() {
  const { missingValues, dataset } = useRunFile<Exploration>('exploration/exploration.json', parseJson);
  const draw = useCallback(
    (options: { idPrefix: string }) => missingValuesChart(missingValues, options),
    [missingValues],
  );
  return <Chart draw={draw} name="missing-values" caption={dataset.name} />;
}
