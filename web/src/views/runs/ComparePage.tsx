import { useCallback } from 'react';
import { Link } from 'wouter';
import { compareCurvesChart } from '../../../../src/report/charts/compareCurves.js';
import { epochLine } from '../../../../src/report/files/trainingLines.js';
import { syntheticNotice } from '../../../../src/report/page.js';
import type { RunSummary } from '../../../../src/report/runSummary.js';
import type { EpochRecord } from '../../../../src/training/events.js';
import type { AnyConfig } from '../../../../src/training/recipe/ensembleConfig.js';
import { anyConfig } from '../../../../src/training/recipe/ensembleConfig.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Chart } from '../../components/Chart.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { parseJson, parseJsonLines } from '../../runs/runSource.js';
import { sourceOf } from '../../runs/runSources.js';
import { ComparedNumbers } from './ComparedNumbers.js';
import { PairedDifferences } from './PairedDifferences.js';
import { runsAddress } from './runAddress.js';
import { type EvaluationFiles, evaluationReader } from './useEvaluation.js';

/** One of several runs beside each other. */
export interface ComparedRun {
  readonly id: string;
  /** `A`, `B`, ... */
  readonly letter: string;
  readonly summary: RunSummary;
  readonly config: AnyConfig;
  readonly epochs: readonly EpochRecord[];
  /** By name: `test`, `validation`. */
  readonly evaluations: Readonly<Record<string, EvaluationFiles | null>>;
}

/** Splits that runs are compared on. */
export const comparedSplits = ['test', 'validation'] as const;

/** Several runs: their curves over each other, their numbers beside each other, and differences on the same images. */
export function ComparePage({ ids }: { readonly ids: readonly string[] }) {
  const { value: runs, error } = useLoaded(ids.join(','), () => Promise.all(ids.map(readRun)));
  return (
    <>
      <p className="small back">
        <Link href={runsAddress({ kind: 'list' })}>All runs</Link>
      </p>
      <h1>Comparing {ids.length} runs</h1>
      <p className="lead">
        Choices between runs belong to the validation split. Choosing by the test split would make its numbers too good.
      </p>
      {error !== undefined && <Problem error={error} />}
      {ids.length < 2 && (
        <Problem
          error={{ message: 'A comparison needs at least two runs.', hint: 'Choose them in the list of runs.' }}
        />
      )}
      {runs?.some(({ summary }) => summary.data.synthetic) && <p className="synthetic-note">{syntheticNotice}</p>}
      {!runs && error === undefined && <ProgressBar label="Reading the runs" />}
      {runs && ids.length > 1 && (
        <>
          <Curves runs={runs} />
          <ComparedNumbers runs={runs} />
          <h2>On the same images</h2>
          <p>
            Each resample draws lesions (or patients, where the data name them) once and scores both runs on them, so
            that what is hard for all runs does not blur their difference. An interval that holds 0 shows no difference.
          </p>
          {comparedSplits.map((split) => (
            <PairedDifferences key={split} split={split} runs={runs} />
          ))}
        </>
      )}
    </>
  );
}

async function readRun(id: string, index: number): Promise<ComparedRun> {
  const source = sourceOf(id);
  const [summary, configText, metrics] = await Promise.all([
    source.summary(id),
    source.read(id, 'config.json'),
    source.read(id, 'metrics.jsonl'),
  ]);
  const config = parseJson(anyConfig)(configText!.text, 'config.json');
  const evaluations: Record<string, EvaluationFiles | null> = {};
  for (const split of comparedSplits)
    evaluations[split] = summary.evaluations.some(({ name }) => name === split)
      ? await evaluationReader(id, config.data, split)()
      : null;
  return {
    id,
    letter: String.fromCharCode(65 + index),
    summary,
    config,
    epochs: metrics ? parseJsonLines(epochLine)(metrics.text, 'metrics.jsonl') : [],
    evaluations,
  };
}

function Curves({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const draw = useCallback(
    (kind: 'balancedAccuracy' | 'loss' | 'trainLoss') => (options: { idPrefix: string }) =>
      compareCurvesChart(
        runs.map(({ letter, epochs }) => ({ label: letter, epochs })),
        kind,
        options,
      ),
    [runs],
  );
  return (
    <div className="figures">
      <Chart draw={draw('balancedAccuracy')} name="compare-balanced-accuracy" />
      <Chart draw={draw('loss')} name="compare-loss" />
    </div>
  );
}
