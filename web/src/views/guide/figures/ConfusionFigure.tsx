import { useCallback, useState } from 'react';
import type { Evaluation } from '../../../../../src/evaluation/evaluate.js';
import { perfectConfusionMatrix } from '../../../../../src/evaluation/metrics/confusionMatrix.js';
import { confusionMatrixChart } from '../../../../../src/report/charts/confusionMatrix.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Check } from './Controls.js';

/** The run's confusion matrix, and what a perfect one would be. */
export function ConfusionFigure() {
  const { confusionMatrix, perClass } = useRunFile<Evaluation>('evaluation/test/evaluation.json', parseJson);
  const [perfect, setPerfect] = useState(false);
  const draw = useCallback(
    (options: { idPrefix: string }) =>
      confusionMatrixChart(
        perfect ? perfectConfusionMatrix(confusionMatrix) : confusionMatrix,
        perClass.map(({ dx, name }) => ({ id: dx, name })),
        {
          ...options,
          width: 560,
          title: perfect ? 'A perfect network on the same images' : 'Confusion matrix, test split',
        },
      ),
    [confusionMatrix, perClass, perfect],
  );
  return (
    <>
      <div className="controls">
        <Check label="As if every answer were right" value={perfect} onChange={setPerfect} />
      </div>
      <Chart draw={draw} name="confusion-matrix" />
    </>
  );
}
