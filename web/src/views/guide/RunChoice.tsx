import { useState } from 'react';
import { exampleRun, type GuideRun, listLocalRuns } from './runSource.js';

export interface RunChoiceProps {
  readonly run: GuideRun;
  readonly onChange: (run: GuideRun) => void;
}

/** Which run the figures show: the example, or one of the reader's own where the local server runs. */
export function RunChoice({ run, onChange }: RunChoiceProps) {
  const [own, setOwn] = useState<readonly GuideRun[]>();
  const [failed, setFailed] = useState(false);
  // Asked only when wanted: on a host without the server the question is an error in the browser's log.
  const look = () =>
    listLocalRuns().then(
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
        {failed &&
          'This page was not opened by the local server, or the server is of an older version: only the example is there.'}
        {own?.length === 0 && 'The local server has no runs yet: train one first.'}
      </p>
    </div>
  );
}
