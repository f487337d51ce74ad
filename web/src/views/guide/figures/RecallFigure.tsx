import { useCallback } from 'react';
import type { Evaluation } from '../../../../../src/evaluation/evaluate.js';
import { recallIntervalsChart } from '../../../../../src/report/charts/recallIntervals.js';
import { formatCount, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Say } from './Controls.js';

/** Sensitivity of each diagnosis on the run's test split. */
export function RecallFigure() {
  const evaluation = useRunFile<Evaluation>('evaluation/test/evaluation.json', parseJson);
  const draw = useCallback(
    (options: { idPrefix: string }) =>
      recallIntervalsChart(
        evaluation.perClass,
        evaluation.intervals?.perClass.map(({ recall }) => recall) ?? null,
        options,
      ),
    [evaluation],
  );
  const { accuracy, balancedAccuracy, intervals, images, lesions } = evaluation;
  const range = (interval: readonly [number, number] | null | undefined) =>
    interval ? ` (${formatPercent(interval[0])} to ${formatPercent(interval[1])})` : '';
  return (
    <>
      <Chart draw={draw} name="recall" />
      <Say>
        Test split: {formatCount(images)} images of {formatCount(lesions)} lesions. Accuracy {formatPercent(accuracy)}
        {range(intervals?.accuracy)}, balanced accuracy {formatPercent(balancedAccuracy)}
        {range(intervals?.balancedAccuracy)}; in brackets 95% intervals.
      </Say>
    </>
  );
}
