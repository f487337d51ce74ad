import type { PredictionComparison } from '../../../../src/evaluation/comparison/comparePredictions.js';
import { formatCount } from '../../../../src/report/format.js';
import { metricName } from '../../../../src/report/metricNames.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { runName } from '../../runs/runSources.js';
import type { ComparedRun } from './ComparePage.js';
import { compareInWorker } from './compareInWorker.js';

export interface PairedDifferencesProps {
  readonly split: string;
  readonly runs: readonly ComparedRun[];
}

/** Differences of every other run from the first, on the images of a split that both were evaluated on. */
export function PairedDifferences({ split, runs: [first, ...others] }: PairedDifferencesProps) {
  const missing = [first, ...others].filter(({ evaluations }) => !evaluations[split]?.predictions);
  const compared = others.filter(({ evaluations }) => evaluations[split]?.predictions);
  const title = split === 'test' ? 'Test split' : 'Validation split';
  return (
    <>
      <h3>{title}</h3>
      {missing.length > 0 && (
        <p className="absent">
          Without predictions of these images: {missing.map(({ id }) => runName(id)).join(', ')}. Run{' '}
          <code>
            lesionlab evaluate {missing[0].id}
            {split === 'test' ? '' : ` --split ${split}`}
          </code>{' '}
          to change that.
        </p>
      )}
      {first.evaluations[split]?.predictions &&
        compared.map((other) => <Pair key={other.id} split={split} first={first} second={other} />)}
    </>
  );
}

interface PairProps {
  readonly split: string;
  readonly first: ComparedRun;
  readonly second: ComparedRun;
}

function Pair({ split, first, second }: PairProps) {
  const { value, error } = useLoaded(`${split} ${first.id} ${second.id}`, () =>
    compareInWorker({
      first: first.evaluations[split]!.predictions!,
      second: second.evaluations[split]!.predictions!,
      seed: 0,
    }),
  );
  if (error !== undefined) return <Problem error={error} />;
  if (!value)
    return <ProgressBar label={`Comparing ${second.letter} with ${first.letter}: drawing resamples 2,000 times`} />;
  const classes = first.evaluations[split]!.predictions!.classes.length;
  return <Differences {...value} classes={classes} first={first} second={second} />;
}

function Differences({
  first,
  second,
  classes,
  images,
  lesions,
  clusters,
  metrics,
  mcNemar,
}: PredictionComparison & Omit<PairProps, 'split'> & { readonly classes: number }) {
  const { onlyFirst, onlySecond, pValue } = mcNemar;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="scroll" tabIndex={0} aria-label={`${second.letter} against ${first.letter}`}>
        <table className="differences">
          <caption>
            <span>
              {second.letter} ({runName(second.id)}) against {first.letter} ({runName(first.id)}), on the same{' '}
              {formatCount(images)} images of {formatCount(lesions)} lesions
              {clusters?.of === 'patient' && ` and ${formatCount(clusters.count)} patients, who are drawn`}.
            </span>
          </caption>
          <thead>
            <tr>
              <td />
              <th scope="col" className="number">
                {first.letter}
              </th>
              <th scope="col" className="number">
                {second.letter}
              </th>
              <th scope="col" className="number">
                Difference
              </th>
              <th scope="col" className="number">
                95% interval
              </th>
            </tr>
          </thead>
          <tbody>
            {metrics.map(({ metric, first: a, second: b, difference, interval }) => (
              <tr key={metric}>
                <th scope="row">{metricName(metric, classes)}</th>
                <td className="number">{decimal(a)}</td>
                <td className="number">{decimal(b)}</td>
                <td className="number">{signed(difference)}</td>
                <td className="number">{interval ? `${signed(interval[0])} to ${signed(interval[1])}` : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="small">
        Only {first.letter} is right about {formatCount(onlyFirst)} images, only {second.letter} about{' '}
        {formatCount(onlySecond)}: McNemar’s exact test gives p ={' '}
        {pValue < 0.001 ? pValue.toExponential(1) : pValue.toFixed(3)}, as if images were independent.
      </p>
    </>
  );
}

const decimal = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');
const signed = (value: number) =>
  Number.isFinite(value) ? `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}` : '–';
