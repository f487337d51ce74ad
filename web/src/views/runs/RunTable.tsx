import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { formatCount, formatPercent } from '../../../../src/report/format.js';
import { modelName } from '../../../../src/report/reportInput.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import { runName } from '../../runs/runSources.js';
import { runsAddress } from './runAddress.js';

/** The number that stands for a run: of the test split, else of validation. */
export const headlineOf = ({ evaluations }: RunSummary) =>
  evaluations.find(({ name }) => name === 'test') ?? evaluations.find(({ name }) => name === 'validation');

interface Column {
  readonly title: string;
  readonly number?: boolean;
  readonly value: (run: RunSummary) => string | number;
}

const columns: readonly Column[] = [
  { title: 'Run', value: ({ id }) => runName(id).toLowerCase() },
  { title: 'Network', value: ({ model }) => modelName(model) },
  { title: 'Preset', value: ({ preset }) => preset ?? '' },
  { title: 'State', value: ({ state }) => state },
  { title: 'Epochs', number: true, value: ({ epochs }) => epochs.done },
  {
    title: 'Balanced accuracy',
    number: true,
    value: (run) => headlineOf(run)?.balancedAccuracy ?? run.bestValidation ?? -1,
  },
  { title: 'Lesions', number: true, value: (run) => headlineOf(run)?.lesions ?? 0 },
  { title: 'Begun', value: ({ created }) => created },
];

interface Order {
  readonly column: number;
  readonly descending: boolean;
}

/** Names begin with A; numbers and times with the highest. */
const orderBy = (column: number): Order => ({
  column,
  descending: columns[column].number ?? column === columns.length - 1,
});

/** Runs as a table that its headers sort; chosen ones can be compared. */
export function RunTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  const [order, setOrder] = useState<Order>(orderBy(columns.length - 1));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [, navigate] = useLocation();
  const sorted = [...runs].sort((a, b) => compare(a, b, order));
  const choose = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const compareChosen = () =>
    navigate(runsAddress({ kind: 'compare', ids: sorted.map(({ id }) => id).filter((id) => chosen.includes(id)) }));
  return (
    <>
      <p className="narrow-sort">
        <label>
          Sort by{' '}
          <select value={order.column} onChange={({ target }) => setOrder(orderBy(Number(target.value)))}>
            {columns.map(({ title }, i) => (
              <option key={title} value={i}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label="Runs">
        <table className="stacked runs">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">Compare</span>
              </th>
              {columns.map((column, i) => (
                <SortedHeader key={column.title} {...column} index={i} order={order} onSort={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <RunRow key={run.id} run={run} chosen={chosen.includes(run.id)} onChoose={() => choose(run.id)} />
            ))}
          </tbody>
        </table>
      </section>
      {runs.length > 1 && (
        <p>
          <button type="button" className="action" disabled={chosen.length < 2} onClick={compareChosen}>
            Compare {chosen.length < 2 ? 'two or more runs' : `${chosen.length} runs`}
          </button>
        </p>
      )}
    </>
  );
}

function SortedHeader({
  title,
  number,
  index,
  order,
  onSort,
}: Column & { readonly index: number; readonly order: Order; readonly onSort: (order: Order) => void }) {
  const current = order.column === index;
  return (
    <th
      scope="col"
      className={number ? 'number' : undefined}
      aria-sort={current ? (order.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className="sort"
        onClick={() => onSort(current ? { column: index, descending: !order.descending } : orderBy(index))}
      >
        {title}
        <span aria-hidden="true">{current ? (order.descending ? ' ▾' : ' ▴') : ''}</span>
      </button>
    </th>
  );
}

function RunRow({
  run,
  chosen,
  onChoose,
}: {
  readonly run: RunSummary;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const { id, epochs, data, created } = run;
  const headline = headlineOf(run);
  const interval = headline?.balancedAccuracyInterval;
  return (
    <tr>
      <td data-column="Compare">
        <input type="checkbox" checked={chosen} onChange={onChoose} aria-label={`Compare ${runName(id)}`} />
      </td>
      <th scope="row">
        <Link href={runsAddress({ kind: 'run', id, section: 'training' })}>{runName(id)}</Link>
        {data.synthetic && <span className="range">synthetic images</span>}
      </th>
      <td data-column="Network">{modelName(run.model)}</td>
      <td data-column="Preset">{run.preset ?? '–'}</td>
      <td data-column="State">
        <RunStateMark run={run} />
      </td>
      <td className="number" data-column="Epochs">
        {epochs.planned > 0 ? `${epochs.done} of ${epochs.planned}` : '–'}
      </td>
      <td className="number" data-column="Balanced accuracy">
        {formatPercent(headline?.balancedAccuracy ?? run.bestValidation)}
        <span className="range">
          {interval ? `${formatPercent(interval[0])} to ${formatPercent(interval[1])}, ` : ''}
          {headline?.name ?? (run.bestValidation === null ? 'not evaluated' : 'validation, while training')}
        </span>
      </td>
      <td className="number" data-column="Lesions">
        {headline ? formatCount(headline.lesions) : '–'}
      </td>
      <td data-column="Begun" className="word">
        <time dateTime={created}>{new Date(created).toLocaleDateString('en-GB', { dateStyle: 'medium' })}</time>
      </td>
    </tr>
  );
}

const stateWords = { training: 'training now', finished: 'trained', interrupted: 'interrupted' } as const;

export function RunStateMark({ run: { state, judged } }: { readonly run: Pick<RunSummary, 'state' | 'judged'> }) {
  return <span className={`state ${state}`}>{judged ? 'judged' : stateWords[state]}</span>;
}

function compare(a: RunSummary, b: RunSummary, { column, descending }: Order): number {
  const { value } = columns[column];
  const [x, y] = [value(a), value(b)];
  const sign = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en');
  return descending ? -sign : sign;
}
