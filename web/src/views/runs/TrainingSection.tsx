import { useCallback, useMemo } from 'react';
import { accuracyCurveChart, lossCurveChart } from '../../../../src/report/charts/trainingCurves.js';
import { accuracyProgressChart, lossProgressChart } from '../../../../src/report/charts/trainingProgress.js';
import { formatDuration, formatNumber, formatPercent } from '../../../../src/report/format.js';
import { describeCurves } from '../../../../src/training/curveNotes.js';
import type { EpochRecord } from '../../../../src/training/events.js';
import { isEnsemble } from '../../../../src/training/recipe/ensembleConfig.js';
import { Chart } from '../../components/Chart.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import type { RunNow } from './useRun.js';

/** How the network learned, or is learning. */
export function TrainingSection({ id, run }: { readonly id: string; readonly run: RunNow }) {
  const { summary, epochs, steps, config } = run;
  if (isEnsemble(config))
    return (
      <p>
        Nothing was trained here: this is an ensemble of {config.ensemble.members.length} other runs. Their own pages
        show how they learned; the configuration names them.
      </p>
    );
  return (
    <>
      {summary.state !== 'finished' && <Progress id={id} run={run} />}
      {summary.state === 'finished' ? <FinishedCurves epochs={epochs} /> : <LiveCurves run={run} />}
      {epochs.length > 0 && <EpochTable epochs={epochs} best={summary.epochs.best} />}
      {epochs.length === 0 && steps.length === 0 && summary.state === 'interrupted' && (
        <p className="absent">No step of this training was done.</p>
      )}
    </>
  );
}

function Progress({ id, run }: { readonly id: string; readonly run: RunNow }) {
  const { summary, steps, epochs, config } = run;
  const planned = summary.epochs.planned;
  const last = steps.at(-1);
  const done = Math.max(last?.epoch ?? 0, epochs.at(-1)?.epoch ?? 0);
  if (summary.state === 'interrupted')
    return (
      <p className="aside">
        This training was interrupted after {formatNumber(done, 1)} of {planned} epochs. Go on with it:{' '}
        <code>
          lesionlab train {config.data.folder} --run {id} --resume
        </code>
      </p>
    );
  const early =
    'recipe' in config && config.recipe.training.earlyStopping > 0
      ? ' It may end earlier, where it stops getting better.'
      : '';
  return (
    <div aria-live="off" data-testid="progress">
      {last === undefined ? (
        <ProgressBar label="Getting ready: no step of the training is done yet" />
      ) : (
        <ProgressBar
          label={`Training: epoch ${Math.min(planned, Math.floor(done) + 1)} of ${planned}, step ${last.step.toLocaleString('en')}`}
          done={Number(done.toFixed(2))}
          total={planned}
          secondsLeft={secondsLeft(run, done)}
        />
      )}
      <p className="muted small">
        {last &&
          `${formatNumber(last.imagesPerSecond, 0)} images per second, training loss ${formatNumber(last.loss)}. `}
        This page looks again every two seconds.{early}
      </p>
    </div>
  );
}

/** By the last epochs, with their validation; before the first is done by the speed of steps. */
function secondsLeft({ summary, epochs, steps, splits }: RunNow, done: number): number | undefined {
  const left = summary.epochs.planned - done;
  const recent = epochs.slice(-3);
  if (recent.length > 0) return (left * recent.reduce((sum, { seconds }) => sum + seconds, 0)) / recent.length;
  const speed = steps.at(-1)?.imagesPerSecond;
  return speed && splits ? (left * splits.images.train) / speed : undefined;
}

/** The curves of a training that goes on, or was interrupted. */
export function LiveCurves({ run: { steps, epochs, summary } }: { readonly run: RunNow }) {
  const { planned } = summary.epochs;
  const loss = useCallback(
    (options: { idPrefix: string }) => lossProgressChart({ steps, epochs, planned }, options),
    [steps, epochs, planned],
  );
  const accuracy = useCallback(
    (options: { idPrefix: string }) => accuracyProgressChart({ steps, epochs, planned }, options),
    [steps, epochs, planned],
  );
  return (
    <div className="figures live-curves">
      <Chart draw={loss} name="loss" />
      <Chart draw={accuracy} name="accuracy" />
    </div>
  );
}

function FinishedCurves({ epochs }: { readonly epochs: readonly EpochRecord[] }) {
  const notes = useMemo(() => describeCurves(epochs), [epochs]);
  const overfittingFrom = notes.find(({ kind }) => kind === 'overfitting')?.firstEpoch ?? null;
  const loss = useCallback(
    (options: { idPrefix: string }) => lossCurveChart(epochs, { ...options, overfittingFrom }),
    [epochs, overfittingFrom],
  );
  const accuracy = useCallback((options: { idPrefix: string }) => accuracyCurveChart(epochs, options), [epochs]);
  return (
    <>
      <div className="figures">
        <Chart draw={loss} name="loss" caption="How far the answers are from the truth, epoch by epoch." />
        <Chart
          draw={accuracy}
          name="accuracy"
          caption="The dotted upright line marks the epoch whose weights were kept as the best on validation."
        />
      </div>
      {notes.map(({ text }) => (
        <p key={text} className="aside">
          {text}
        </p>
      ))}
    </>
  );
}

function EpochTable({ epochs, best }: { readonly epochs: readonly EpochRecord[]; readonly best: number | null }) {
  return (
    <details>
      <summary>The same as numbers, epoch by epoch</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Numbers of every epoch">
        <table>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              <th scope="col" className="number">
                Training loss
              </th>
              <th scope="col" className="number">
                Validation loss
              </th>
              <th scope="col" className="number">
                Training accuracy
              </th>
              <th scope="col" className="number">
                Balanced accuracy, validation
              </th>
              <th scope="col" className="number">
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {epochs.map((record) => (
              <tr key={record.epoch}>
                <th scope="row">
                  {record.epoch}
                  {record.epoch === best && ' (best)'}
                </th>
                <td className="number">{formatNumber(record.trainLoss)}</td>
                <td className="number">{formatNumber(record.validationLoss)}</td>
                <td className="number">{formatPercent(record.trainAccuracy)}</td>
                <td className="number">{formatPercent(record.validationBalancedAccuracy)}</td>
                <td className="number">{formatDuration(record.seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
