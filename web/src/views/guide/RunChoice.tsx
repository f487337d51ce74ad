import { useState } from 'react';
import { Link } from 'wouter';
import { exampleRun, type GuideRun, listOwnRuns } from './runSource.js';

export interface RunChoiceProps {
  readonly run: GuideRun;
  readonly onChange: (run: GuideRun) => void;
}

/** Which run the figures show: the example, or one of the reader's own where the local server runs. */
export function RunChoice({ run, onChange }: RunChoiceProps) {
  const [own, setOwn] = useState<readonly GuideRun[]>();
  const [failed, setFailed] = useState(false);
  // Asked only when wanted: on a host without the studio's server the question is an error in the browser's log.
  const look = () =>
    listOwnRuns().then(
      (runs) => {
        setOwn(runs);
        setFailed(false);
      },
      () => setFailed(true),
    );
  return (
    <div className="run-choice">
      {own && own.length > 0 ? (
        <label>
          Figures of a run show{' '}
          <select
            value={run.id}
            onChange={({ target }) =>
              onChange([exampleRun, ...own].find(({ id }) => id === target.value) ?? exampleRun)
            }
          >
            {[exampleRun, ...own].map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <>
          <span>Figures of a run show {run.title}.</span>{' '}
          <button type="button" className="plain" onClick={look}>
            Use a run of mine
          </button>
        </>
      )}
      <p role="status" className="small">
        {failed && 'The runs could not be listed: the studio’s server does not answer any more.'}
        {own?.length === 0 && (
          <>
            No runs were found. Start the page with <code>lesionlab studio</code>, or open a folder of runs under{' '}
            <Link href="/runs">Runs</Link>.
          </>
        )}
      </p>
    </div>
  );
}
