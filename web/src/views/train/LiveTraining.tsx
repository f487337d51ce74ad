import { useCallback, useRef } from 'react';
import { formatNumber, formatPercent } from '../../../../src/report/format.js';
import { syntheticNotice } from '../../../../src/report/page.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { pauseTraining, stopTraining, type TrainingSession } from '../../training/trainingSession.js';
import { LearningCurves } from './LearningCurves.js';

/** A training under way: how far it is, how well it does, and the buttons that hold or end it. */
export function LiveTraining({ training }: { readonly training: TrainingSession }) {
  const { phase, paused, stopping, step, steps, epochs, totalEpochs, report, device } = training;
  const trains = phase === 'training' || phase === 'validating';
  const before = useSecondsLeft(training);
  const secondsLeft = trains ? (training.secondsLeft ?? undefined) : before;
  const label = paused
    ? 'Paused'
    : stopping
      ? 'Stopping after this step'
      : phase === 'preparing'
        ? 'Preparing images'
        : phase === 'features'
          ? 'Computing what the trained network sees'
          : phase === 'evaluating'
            ? 'Predicting validation images'
            : `Training, epoch ${Math.min(epochs.length + 1, totalEpochs)} of ${totalEpochs}`;
  return (
    <section aria-labelledby="live">
      <h2 id="live">Training</h2>
      {training.synthetic && <p className="synthetic-note">{syntheticNotice}</p>}
      <ProgressBar
        label={label}
        {...(trains
          ? { done: step?.step ?? 0, total: steps }
          : report
            ? { done: report.done, total: report.total }
            : {})}
        secondsLeft={paused ? undefined : secondsLeft}
      />
      <p className="actions">
        {trains && (
          <button type="button" className="plain" disabled={stopping} onClick={() => pauseTraining(!paused)}>
            {paused ? 'Go on' : 'Pause'}
          </button>
        )}
        <button type="button" className="plain" disabled={stopping || phase === 'evaluating'} onClick={stopTraining}>
          Stop
        </button>
        <span className="small muted">
          {device?.words}
          {step && `; ${formatNumber(step.imagesPerSecond, 0)} images a second`}
        </span>
      </p>
      <p className="small muted">
        Stopping keeps the best epoch so far. The training goes on while you look at other parts of the studio.
      </p>
      {step && (
        <dl className="settings now">
          <dt>Loss now, on training images</dt>
          <dd>{formatNumber(step.loss, 3)}</dd>
          <dt>Right answers now, on training images</dt>
          <dd>{formatPercent(step.accuracy, 0)}</dd>
        </dl>
      )}
      {epochs.length > 0 ? (
        <LearningCurves epochs={epochs} />
      ) : (
        <p className="muted curves-place">The curves begin after the first epoch.</p>
      )}
    </section>
  );
}

/** Of what is done once before a training, by the time that it took so far. */
function useSecondsLeft({ phase, report }: TrainingSession): number | undefined {
  const clock = useRef({ phase, began: 0, first: 0 });
  const done = report?.done ?? 0;
  const total = report?.total;
  const left = useCallback(() => {
    if (clock.current.phase !== phase) clock.current = { phase, began: performance.now(), first: done };
    const { began, first } = clock.current;
    if (total === undefined || done - first < 3) return undefined;
    return ((performance.now() - began) / 1000 / (done - first)) * (total - done);
  }, [phase, done, total]);
  return left();
}
