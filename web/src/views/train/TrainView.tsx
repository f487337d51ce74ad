import '../../components/forms.css';
import './train.css';
import { Link } from 'wouter';
import { formatCountOf } from '../../../../src/report/format.js';
import { syntheticNotice } from '../../../../src/report/page.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { openData, useDataset } from '../../dataset/datasetSession.js';
import { describeDivision } from '../../dataset/describeDivision.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';
import { isTraining, useTraining } from '../../training/trainingSession.js';
import { LiveTraining } from './LiveTraining.js';
import { SettingsForm } from './SettingsForm.js';
import { TrainResult } from './TrainResult.js';

/** Trains a network in the page, with the code of the command line. */
export default function TrainView() {
  const { dataset } = useDataset();
  const training = useTraining();
  const running = isTraining(training);
  return (
    <>
      <h1>Train</h1>
      <p className="intro">
        A small network learns to tell diagnoses apart, in this page and on this machine: with the code, the recipes and
        the files of the command line.
      </p>
      {training.weightsNotes.length > 0 && <WeightsTaken notes={training.weightsNotes} />}
      {running ? (
        <LiveTraining training={training} />
      ) : (
        <>
          {training.error !== undefined && <Problem error={training.error} />}
          {training.result && <TrainResult result={training.result} />}
          {dataset ? <SettingsSection dataset={dataset} again={training.result !== undefined} /> : <NoData />}
        </>
      )}
    </>
  );
}

/** Of a file of weights, so that nothing is left out without a word. */
function WeightsTaken({ notes: [first, ...others] }: { readonly notes: readonly string[] }) {
  return (
    <details>
      <summary>{first}</summary>
      <ul>
        {others.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}

function SettingsSection({ dataset, again }: { readonly dataset: OpenedDataset; readonly again: boolean }) {
  const { dataset: info, images } = dataset.exploration;
  const { division } = useDataset();
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">{again ? 'Train again' : 'What to train'}</h2>
      {info.synthetic && <p className="synthetic-note">{syntheticNotice}</p>}
      <p>
        On {formatCountOf(images, 'image')} of <strong>{info.name}</strong>, divided {describeDivision(division)}.{' '}
        <Link href="/data">Look at them, divide them otherwise, or open others</Link>
      </p>
      <SettingsForm dataset={dataset} />
    </section>
  );
}

function NoData() {
  const task = useTask();
  const paint = () => task.run((options) => openData('openSynthetic', { images: 300, seed: 0 }, options));
  return (
    <section aria-labelledby="no-data">
      <h2 id="no-data">First, images</h2>
      {task.error !== undefined && <Problem error={task.error} />}
      {task.running ? (
        <div aria-live="polite">
          <ProgressBar label={task.report?.label ?? 'Painting synthetic images'} {...task.report} />
          <button type="button" className="plain" onClick={task.cancel}>
            Cancel
          </button>
        </div>
      ) : (
        <>
          <p>Open your data, or let the page paint 300 synthetic images to try it with.</p>
          <p className="actions">
            <Link className="button-link" href="/data">
              Open data
            </Link>
            <button type="button" className="plain" onClick={paint}>
              Paint synthetic images
            </button>
          </p>
        </>
      )}
    </section>
  );
}
