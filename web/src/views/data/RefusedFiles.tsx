import './describe.css';
import { useState } from 'react';
import type { DatasetProposal } from '../../../../src/data/proposal/datasetProposal.js';
import type { SeenTable } from '../../../../src/data/proposal/seenTables.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { datasetCalls, openData } from '../../dataset/datasetSession.js';
import { DescribePanel } from './DescribePanel.js';
import type { Opening } from './useOpening.js';

/** Why files could not be opened, and what can be done about it: nothing that was open is lost. */
export function RefusedFiles({ opening: { task, refused, open } }: { readonly opening: Opening }) {
  const looking = useTask();
  const [proposal, setProposal] = useState<DatasetProposal>();
  const propose = () =>
    looking.run(async (options) => setProposal(await datasetCalls().call('propose', 'refused', options)));
  if (task.error === undefined) return null;
  return (
    <>
      <Problem error={task.error} detailed={!refused?.tables.length} />
      {refused && refused.tables.length > 0 && <SeenTables tables={refused.tables} />}
      {refused && refused.places.length > 0 && (
        <p className="actions">
          {refused.places.map((place) => (
            <button
              key={place}
              type="button"
              className="plain"
              onClick={() => open((options) => openData('openPlace', place, options))}
            >
              Take the images from {place}
            </button>
          ))}
        </p>
      )}
      {refused && refused.places.length === 0 && !proposal && (
        <p className="actions">
          <button type="button" className="plain" onClick={propose} disabled={looking.running}>
            Look what this data could be
          </button>
          <span className="small muted">and say in a form what its columns mean</span>
        </p>
      )}
      {looking.error !== undefined && <Problem error={looking.error} />}
      {proposal && <DescribePanel subject="refused" proposal={proposal} onClose={() => setProposal(undefined)} />}
    </>
  );
}

/** Tables of a folder that is no known dataset. */
const shownTables = 10;

function SeenTables({ tables }: { readonly tables: readonly SeenTable[] }) {
  const rest = tables.length - shownTables;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens
    <section className="scroll" aria-label="Tables that are there" tabIndex={0}>
      <table className="columns">
        <caption>
          <span>Tables that are there, and the datasets that come nearest.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Table</th>
            <th scope="col">Its columns</th>
            <th scope="col">Nearest, and what is missing for it</th>
          </tr>
        </thead>
        <tbody>
          {tables.slice(0, shownTables).map(({ location, columns, nearest, problem }) => (
            <tr key={location}>
              <th scope="row">{location}</th>
              <td>{problem ?? columns.map((name) => name || '(no name)').join(', ')}</td>
              <td>
                {nearest.length === 0
                  ? 'none'
                  : nearest.map(({ name, missing }) => (
                      <div key={name}>
                        <strong>{name}</strong>: {missing.join(', ')}
                      </div>
                    ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p className="muted">{rest} more are not listed.</p>}
    </section>
  );
}
