import { useCallback } from 'react';
import { accuracyCurveChart, lossCurveChart } from '../../../../src/report/charts/trainingCurves.js';
import type { EpochRecord } from '../../../../src/training/events.js';
import { Chart } from '../../components/Chart.js';

export interface LearningCurvesProps {
  readonly epochs: readonly EpochRecord[];
  readonly overfittingFrom?: number | null;
}

/** Loss and accuracy by epoch. */
export function LearningCurves({ epochs, overfittingFrom = null }: LearningCurvesProps) {
  const loss = useCallback(
    (options: { readonly idPrefix: string }) => lossCurveChart(epochs, { ...options, overfittingFrom }),
    [epochs, overfittingFrom],
  );
  const accuracy = useCallback(
    (options: { readonly idPrefix: string }) => accuracyCurveChart(epochs, options),
    [epochs],
  );
  return (
    <div className="figures">
      <Chart draw={loss} name="loss" />
      <Chart draw={accuracy} name="accuracy" />
    </div>
  );
}
