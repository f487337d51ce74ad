import { useCallback } from 'react';
import type { Interval } from '../../../../src/evaluation/metrics/intervals.js';
import { confusionMatrixChart } from '../../../../src/report/charts/confusionMatrix.js';
import { formatCountOf, formatNumber, formatPercent } from '../../../../src/report/format.js';
import { syntheticNotice } from '../../../../src/report/page.js';
import { describeCurves } from '../../../../src/training/curveNotes.js';
import { saveFile } from '../../browser/saveFile.js';
import { Chart } from '../../components/Chart.js';
import { Problem } from '../../components/Problem.js';
import { runFolderName } from '../../training/runFolderName.js';
import type { StudioTrainResult } from '../../training/runStudioTraining.js';
import { LearningCurves } from './LearningCurves.js';

/** What a training came to, on validation images, and its files to take away. */
export function TrainResult({ result }: { readonly result: StudioTrainResult }) {
  const { best, epochs, ended, config } = result;
  const notes = describeCurves(epochs);
  const overfitting = notes.find(({ kind }) => kind === 'overfitting');
  if (!best)
    return (
      <Problem
        error={{
          message:
            ended === 'diverged'
              ? 'The training diverged: its loss was no longer a number.'
              : 'The training was stopped before its first epoch was over: there is nothing to keep.',
          hint: ended === 'diverged' ? 'Other settings or another seed may do better.' : undefined,
        }}
      />
    );
  return (
    <section aria-labelledby="result">
      <h2 id="result">What came of it</h2>
      {config.data.synthetic && <p className="synthetic-note">{syntheticNotice}</p>}
      <p>
        {describeEnd(ended, epochs.length)} The weights of epoch {best.epoch} are kept, which did best on the validation
        images. The test images were not looked at: they are for the end, once everything is chosen.
      </p>
      <ValidationTiles best={best} />
      {notes.map(({ text }) => (
        <p key={text}>{text}</p>
      ))}
      <LearningCurves epochs={epochs} overfittingFrom={overfitting?.firstEpoch} />
      <Confusion best={best} classes={config.data.classes} />
      <Downloads result={result} />
    </section>
  );
}

type Best = NonNullable<StudioTrainResult['best']>;

function describeEnd(ended: StudioTrainResult['ended'], epochs: number): string {
  if (ended === 'interrupted') return `Stopped after ${formatCountOf(epochs, 'epoch')}.`;
  if (ended === 'diverged')
    return `The training diverged after ${formatCountOf(epochs, 'epoch')}; what it learned before is kept.`;
  return `Trained for ${formatCountOf(epochs, 'epoch')}.`;
}

function ValidationTiles({ best: { evaluation } }: { readonly best: Best }) {
  const { accuracy, balancedAccuracy, auroc, intervals, images, lesions } = evaluation;
  return (
    <>
      <dl className="tiles">
        <Tile
          label="Balanced accuracy"
          value={formatPercent(balancedAccuracy)}
          interval={intervals?.balancedAccuracy}
        />
        <Tile label="Accuracy" value={formatPercent(accuracy)} interval={intervals?.accuracy} />
        {auroc.macro !== null && (
          <Tile
            label="AUROC, mean over diagnoses"
            value={formatNumber(auroc.macro)}
            interval={intervals?.auroc.macro}
            plain
          />
        )}
      </dl>
      <p className="small muted">
        On {formatCountOf(images, 'validation image')} of {formatCountOf(lesions, 'lesion')}; 95% intervals, by
        resampling lesions. Balanced accuracy counts every diagnosis alike. These images chose the epoch, so expect
        somewhat less on others.
      </p>
    </>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: string;
  readonly interval: Interval | undefined;
  /** A number instead of a percentage. */
  readonly plain?: boolean;
}

function Tile({ label, value, interval, plain = false }: TileProps) {
  const format = (number: number) => (plain ? formatNumber(number) : formatPercent(number));
  return (
    <div>
      <dt>{label}</dt>
      <dd className="value">{value}</dd>
      <dd className="note">
        {interval ? `95% interval ${format(interval[0])} to ${format(interval[1])}` : 'no interval'}
      </dd>
    </div>
  );
}

interface ConfusionProps {
  readonly best: Best;
  readonly classes: StudioTrainResult['config']['data']['classes'];
}

function Confusion({ best, classes }: ConfusionProps) {
  const draw = useCallback(
    (options: { readonly idPrefix: string }) =>
      confusionMatrixChart(best.evaluation.confusionMatrix, classes, {
        ...options,
        title: 'Confusion matrix of the validation images',
      }),
    [best, classes],
  );
  return (
    <div className="figures">
      <Chart draw={draw} name="confusion-matrix" />
    </div>
  );
}

function Downloads({ result: { runFolder, model, checkpoint, config } }: { readonly result: StudioTrainResult }) {
  return (
    <>
      <h3>Take it with you</h3>
      <p className="actions">
        <button
          type="button"
          className="action"
          onClick={() => runFolder && saveFile(`${runFolderName}.zip`, runFolder)}
        >
          Save the run folder
        </button>
        {model && (
          <button type="button" className="plain" onClick={() => saveFile('model.onnx', model)}>
            Save model.onnx
          </button>
        )}
        <button type="button" className="plain" onClick={() => checkpoint && saveFile('best.safetensors', checkpoint)}>
          Save best.safetensors
        </button>
      </p>
      <p className="small">
        Unpacked, the command line takes the run folder as its own:{' '}
        <code>lesionlab evaluate {runFolderName} --data &lt;folder&gt;</code> judges it on the test images,{' '}
        <code>lesionlab report {runFolderName}</code> writes its report.
        {config.data.synthetic && ' The Data view saves the synthetic images as that folder.'}{' '}
        {model
          ? 'The Predict view opens model.onnx.'
          : 'There is no model.onnx: a network with operators that lesionlab can’t take over is not written with its new head as one file.'}
      </p>
    </>
  );
}
