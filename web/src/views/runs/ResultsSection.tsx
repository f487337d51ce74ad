import { useId, useMemo, useState } from 'react';
import { isJudgedEvaluation } from '../../../../src/evaluation/judging/judge.js';
import { confidenceChart } from '../../../../src/report/charts/confidence.js';
import { recallIntervalsChart } from '../../../../src/report/charts/recallIntervals.js';
import { describeMetadataGain, describeViewsGain } from '../../../../src/report/describeVariation.js';
import { formatCountOf } from '../../../../src/report/format.js';
import { escapeText } from '../../../../src/report/html.js';
import { chartFigure, figureRow } from '../../../../src/report/pageParts.js';
import { renderCertainty } from '../../../../src/report/parts/certainty.js';
import { renderJudgedResults } from '../../../../src/report/parts/judgedResults.js';
import { renderOverlap } from '../../../../src/report/parts/judgement.js';
import { renderQuestions } from '../../../../src/report/parts/questions.js';
import { intervalNotes, timesLooked } from '../../../../src/report/parts/results.js';
import { classTable, headlines } from '../../../../src/report/parts/scores.js';
import { renderSubgroups } from '../../../../src/report/parts/subgroups.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import { CellImages } from './CellImages.js';
import { type Cell, ConfusionTable } from './ConfusionTable.js';
import { EvaluationChoice, NotEvaluated } from './EvaluationChoice.js';
import { type EvaluationFiles, useEvaluation } from './useEvaluation.js';
import type { RunNow } from './useRun.js';

export interface SectionProps {
  readonly id: string;
  readonly run: RunNow;
  readonly evaluation?: string;
}

/** How well the network did: the report's own numbers and charts, with the images behind them. */
export function ResultsSection({ id, run, evaluation }: SectionProps) {
  const { summary, config } = run;
  const name = evaluation ?? summary.evaluations[0]?.name;
  const { value, error } = useEvaluation(id, config, name);
  if (name === undefined) return <NotEvaluated summary={summary} />;
  return (
    <>
      <EvaluationChoice summary={summary} section="results" chosen={name} />
      {error !== undefined && <Problem error={error} />}
      {value === undefined && error === undefined && <ProgressBar label="Reading the results" />}
      {value === null && (
        <Problem
          error={{
            message: `This run has no evaluation “${name}”.`,
            hint: 'Choose another one, or make it: lesionlab evaluate.',
          }}
        />
      )}
      {value && <Results id={id} run={run} name={name} files={value} />}
    </>
  );
}

function Results({ id, run, name, files }: SectionProps & { readonly name: string; readonly files: EvaluationFiles }) {
  const { config } = run;
  const { evaluation, predictions, subgroups } = files;
  const idPrefix = `${useId().replace(/[^\w-]/g, '')}-`;
  const [cell, setCell] = useState<Cell>();
  const before = useMemo(() => {
    const options = { idPrefix };
    const recalls = evaluation.intervals?.perClass.map(({ recall }) => recall) ?? null;
    return [
      `<p>${lead(name, files, config.data.hasLesionIds)}</p>`,
      headlines(evaluation),
      renderOverlap(evaluation),
      figureRow(
        chartFigure(recallIntervalsChart(evaluation.perClass, recalls, options)),
        predictions ? chartFigure(confidenceChart(predictions, options)) : '',
      ),
      classTable(evaluation, config.data.hasLesionIds),
      ...[...describeViewsGain(evaluation), ...describeMetadataGain(evaluation)].map(
        (text) => `<p>${escapeText(text)}</p>`,
      ),
    ].join('\n');
  }, [config, evaluation, predictions, files, name, idPrefix]);
  const after = useMemo(() => {
    const options = { idPrefix };
    const notes = evaluation.intervals ? intervalNotes(evaluation.intervals) : '';
    // The report's words in these parts are about the test split.
    if (name !== 'test') return notes;
    const input = { config, evaluation, predictions, subgroups };
    return [
      renderQuestions(input, options),
      renderJudgedResults(input, options),
      renderCertainty(input, options),
      renderSubgroups(input),
      notes,
    ].join('\n');
  }, [config, evaluation, predictions, subgroups, name, idPrefix]);
  return (
    <>
      <ReportHtml html={before} />
      <h3 id="confusion-title">What was taken for what</h3>
      <p>
        Each row is a true diagnosis, each column an answer; right answers lie on the diagonal. Choose a number to see
        its images.
      </p>
      <ConfusionTable evaluation={evaluation} chosen={cell} onChoose={setCell} />
      {cell && predictions && (
        <CellImages
          key={`${cell.truth} ${cell.predicted}`}
          id={id}
          evaluation={name}
          classes={config.data.classes}
          predictions={predictions}
          cell={cell}
          onClose={() => setCell(undefined)}
        />
      )}
      {cell && !predictions && (
        <Problem
          error={{
            message: 'This evaluation has no predictions.csv, so that nobody knows which images these are.',
            hint: 'Evaluate the run again.',
          }}
        />
      )}
      <ReportHtml html={after} />
    </>
  );
}

function lead(name: string, { evaluation, testLooks }: EvaluationFiles, hasLesionIds: boolean): string {
  const size = `${formatCountOf(evaluation.images, 'image')}${hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''}`;
  if (isJudgedEvaluation(evaluation)) return `${size}. ${escapeText(evaluation.judgement.unit.words)}`;
  if (name === 'test')
    return `${size} of the test split, none of them used in training or for any choice.${timesLooked(testLooks)}`;
  if (name === 'validation')
    return `${size} of the validation split. Choices were made on these images, so that the numbers are somewhat too good.`;
  if (name === 'train')
    return `${size} of the training split. The network learned from these images: the numbers say how well it knows them, and nothing about new ones.`;
  return `${size} from elsewhere (${escapeText(name)}). The report of the run says where they came from, and how they differ from the test split.`;
}
