import { useCallback, useState } from 'react';
import { accuracyCurveChart, lossCurveChart } from '../../../../../src/report/charts/trainingCurves.js';
import { epochLine } from '../../../../../src/report/files/trainingLines.js';
import { formatPercent } from '../../../../../src/report/format.js';
import { describeCurves } from '../../../../../src/training/curveNotes.js';
import type { EpochRecord } from '../../../../../src/training/events.js';
import { findBestEpoch } from '../../../../../src/training/findBestEpoch.js';
import { Chart } from '../../../components/Chart.js';
import { parseJsonLines } from '../../../runs/runSource.js';
import { useRunFile } from '../runContext.js';
import { Say, Slider } from './Controls.js';

const readEpochs = (text: string) => parseJsonLines(epochLine)(text, 'metrics.jsonl');

/** Learning curves of the run up to an epoch, and what is to be read from them. */
export function CurvesFigure() {
  const all = useRunFile<readonly EpochRecord[]>('metrics.jsonl', readEpochs);
  const [until, setUntil] = useState(all.length);
  const records = all.slice(0, until);
  const notes = describeCurves(records);
  const overfittingFrom = notes.find(({ kind }) => kind === 'overfitting')?.firstEpoch ?? null;
  const drawLoss = useCallback(
    (options: { idPrefix: string }) => lossCurveChart(all.slice(0, until), { ...options, overfittingFrom }),
    [all, until, overfittingFrom],
  );
  const drawAccuracy = useCallback(
    (options: { idPrefix: string }) => accuracyCurveChart(all.slice(0, until), options),
    [all, until],
  );
  const best = findBestEpoch(records);
  return (
    <>
      <div className="controls">
        <Slider label="Up to epoch" min={1} max={all.length} step={1} value={until} onChange={setUntil} />
      </div>
      <div className="figures">
        <Chart draw={drawLoss} name="loss" />
        <Chart draw={drawAccuracy} name="accuracy" />
      </div>
      <Say>
        {best &&
          `Best on validation so far: epoch ${best.epoch}, balanced accuracy ${formatPercent(best.validationBalancedAccuracy)}.`}{' '}
        {notes.map(({ text }) => text).join(' ')}
      </Say>
    </>
  );
}
