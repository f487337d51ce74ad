import { Link } from 'wouter';
import type { Evaluation } from '../../../../src/evaluation/evaluate.js';
import type { Interval } from '../../../../src/evaluation/metrics/intervals.js';
import { formatCount, formatNumber, formatPercent } from '../../../../src/report/format.js';
import { modelName } from '../../../../src/report/reportInput.js';
import { runName } from '../../runs/runSources.js';
import { type ComparedRun, comparedSplits } from './ComparePage.js';
import { runsAddress } from './runAddress.js';

interface Row {
  readonly title: string;
  readonly value: (evaluation: Evaluation) => number | null;
  readonly interval: (intervals: NonNullable<Evaluation['intervals']>) => Interval;
  readonly show: (value: number | null) => string;
}

const rows: readonly Row[] = [
  {
    title: 'Balanced accuracy',
    value: ({ balancedAccuracy }) => balancedAccuracy,
    interval: ({ balancedAccuracy }) => balancedAccuracy,
    show: formatPercent,
  },
  { title: 'Accuracy', value: ({ accuracy }) => accuracy, interval: ({ accuracy }) => accuracy, show: formatPercent },
  {
    title: 'AUROC, mean of diagnoses',
    value: ({ auroc }) => auroc.macro,
    interval: ({ auroc }) => auroc.macro,
    show: formatNumber,
  },
  {
    title: 'F1, mean of diagnoses',
    value: ({ macroF1 }) => macroF1,
    interval: ({ macroF1 }) => macroF1,
    show: formatNumber,
  },
];

/** What each run is, and its numbers with their intervals. */
export function ComparedNumbers({ runs }: { readonly runs: readonly ComparedRun[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label="Numbers of the runs">
      <table className="compared">
        <thead>
          <tr>
            <td />
            {runs.map(({ id, letter }) => (
              <th key={id} scope="col" className="number">
                {letter} · <Link href={runsAddress({ kind: 'run', id, section: 'results' })}>{runName(id)}</Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Facts title="Network" runs={runs} of={({ summary }) => modelName(summary.model)} />
          <Facts title="Preset" runs={runs} of={({ summary }) => summary.preset ?? 'none'} />
          <Facts
            title="Image size"
            runs={runs}
            of={({ config }) => ('preprocessing' in config ? `${config.preprocessing.imageSize} px` : '–')}
          />
          <Facts title="Seed" runs={runs} of={({ config }) => String(config.seed)} />
          <Facts title="Epochs" runs={runs} of={({ summary: { epochs } }) => `${epochs.done} of ${epochs.planned}`} />
          <Facts title="Data" runs={runs} of={({ summary }) => summary.data.name} />
        </tbody>
        {comparedSplits.map((split) => (
          <tbody key={split}>
            <tr>
              <th scope="rowgroup" colSpan={runs.length + 1} className="group">
                {split === 'test' ? 'Test split' : 'Validation split'}
              </th>
            </tr>
            <Facts
              title="Images, lesions"
              runs={runs}
              of={({ evaluations }) => {
                const evaluation = evaluations[split]?.evaluation;
                return evaluation
                  ? `${formatCount(evaluation.images)}, ${formatCount(evaluation.lesions)}`
                  : 'not evaluated';
              }}
            />
            {rows.map((row) => (
              <NumberRow key={row.title} split={split} row={row} runs={runs} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function Facts({
  title,
  runs,
  of,
}: {
  readonly title: string;
  readonly runs: readonly ComparedRun[];
  readonly of: (run: ComparedRun) => string;
}) {
  return (
    <tr>
      <th scope="row">{title}</th>
      {runs.map((run) => (
        <td key={run.id} className="number wraps">
          {of(run)}
        </td>
      ))}
    </tr>
  );
}

function NumberRow({
  split,
  row,
  runs,
}: {
  readonly split: string;
  readonly row: Row;
  readonly runs: readonly ComparedRun[];
}) {
  return (
    <tr>
      <th scope="row">{row.title}</th>
      {runs.map(({ id, evaluations }) => {
        const evaluation = evaluations[split]?.evaluation;
        const bounds = evaluation?.intervals ? row.interval(evaluation.intervals) : null;
        return (
          <td key={id} className="number">
            {evaluation ? row.show(row.value(evaluation)) : '–'}
            {bounds && (
              <span className="range">
                {row.show(bounds[0])} to {row.show(bounds[1])}
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}
