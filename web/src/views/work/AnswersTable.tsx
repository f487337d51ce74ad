import { csvParseRows } from 'd3-dsv';
import type { WorkJob } from '../../../../src/jobs/work.js';
import { formatCountOf } from '../../../../src/report/format.js';
import { purposeNotice } from '../../../../src/report/page.js';
import { saveFile } from '../../browser/saveFile.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { workServer } from '../../work/workServer.js';

const shown = 20;

/** The beginning of a table of answers, and the whole of it to take away. */
export function AnswersTable({ plan, job }: { readonly plan: string; readonly job: WorkJob }) {
  const { value: text, error } = useLoaded(`${plan} ${job.id} ${job.state}`, () => workServer.table(plan, job.id));
  if (error !== undefined) return <Problem error={error} />;
  if (text === undefined) return null;
  const [names = [], ...rows] = csvParseRows(text);
  // Calibrated probabilities, sets and the like are for the file.
  const more = names.findIndex((name) => name.startsWith('calibrated_'));
  const head = more < 0 ? names : names.slice(0, more);
  return (
    <section aria-labelledby={`answers-${job.id}`}>
      <h2 id={`answers-${job.id}`}>Its answers</h2>
      <p className="problem">
        <strong>{purposeNotice}</strong> A probability says how sure the network is, not how right.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Answers">
        <table>
          <caption>
            {rows.length > shown
              ? `The first ${shown} of ${formatCountOf(rows.length, 'image')}.`
              : formatCountOf(rows.length, 'image')}
          </caption>
          <thead>
            <tr>
              {head.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <tr key={row[0]}>
                {row.slice(0, head.length).map((cell, i) => (
                  <td key={head[i]}>{shorten(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="actions">
        <button
          type="button"
          className="plain"
          onClick={() => saveFile(`${plan.replaceAll('/', '-')}.csv`, text, 'text/csv')}
        >
          Save the table
        </button>
        {head.length < names.length && (
          <span className="small muted">
            With calibrated probabilities and sets of diagnoses, where the run has them.
          </span>
        )}
      </p>
    </section>
  );
}

/** Numbers as people read them, and files by their last parts. */
function shorten(cell: string): string {
  if (/^(0?\.\d{4,}|\d(\.\d+)?e-\d+)$/.test(cell)) return Number(cell).toFixed(3);
  return cell.length > 40 ? `…${cell.slice(-39)}` : cell;
}
