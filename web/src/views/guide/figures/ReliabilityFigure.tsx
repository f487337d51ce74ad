import { useCallback, useMemo, useState } from 'react';
import { scaleTemperature } from '../../../../../src/evaluation/certainty/temperature.js';
import { expectedCalibrationError, reliabilityBins } from '../../../../../src/evaluation/metrics/calibration.js';
import { scoreImages, WeightedImages } from '../../../../../src/evaluation/metrics/scoredImages.js';
import { reliabilityChart } from '../../../../../src/report/charts/reliability.js';
import { formatNumber, formatPercent } from '../../../../../src/report/format.js';
import { Chart } from '../../../components/Chart.js';
import { useRunFile } from '../runContext.js';
import { parseJson } from '../runSource.js';
import { Say, Slider } from './Controls.js';
import { usePredictions } from './usePredictions.js';

/** How sure and how often right the run is on its test split, at any temperature. */
export function ReliabilityFigure() {
  const predictions = usePredictions();
  const { temperature: fitted } = useRunFile<{ temperature: number }>('calibration.json', parseJson);
  const [temperature, setTemperature] = useState(() => Number(fitted.toFixed(2)));
  const before = useMemo(() => new WeightedImages(scoreImages(predictions)), [predictions]);
  const after = useMemo(
    () =>
      new WeightedImages(
        scoreImages({
          ...predictions,
          probabilities: scaleTemperature(predictions.probabilities, predictions.classes.length, temperature),
        }),
      ),
    [predictions, temperature],
  );
  const draw = useCallback(
    (options: { idPrefix: string }) => reliabilityChart(reliabilityBins(before), reliabilityBins(after), options),
    [before, after],
  );
  return (
    <>
      <div className="controls">
        <Slider
          label="Temperature"
          min={0.25}
          max={5}
          step={0.01}
          value={temperature}
          onChange={setTemperature}
          format={(v) => formatNumber(v, 2)}
        />
      </div>
      <Chart draw={draw} name="reliability" />
      <Say>
        Calibration error {formatPercent(expectedCalibrationError(before))} as the network says,{' '}
        {formatPercent(expectedCalibrationError(after))} at this temperature. Fitted on the validation split:{' '}
        {formatNumber(fitted, 2)}. No answer changes with it, only how sure it is.
      </Say>
    </>
  );
}
