import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { describeCurves } from '../../training/curveNotes.js';
import { calibrationCurveChart, curveOf } from '../charts/calibrationCurve.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { confusionMatrixChart } from '../charts/confusionMatrix.js';
import { drawQuestions } from '../charts/drawQuestions.js';
import { readerPointsChart } from '../charts/readerPoints.js';
import { hasRecallCurves, recallCurvesChart } from '../charts/recallCurves.js';
import { recallIntervalsChart } from '../charts/recallIntervals.js';
import { reliabilityChart } from '../charts/reliability.js';
import { accuracyCurveChart, lossCurveChart } from '../charts/trainingCurves.js';
import type { PaperInput, RunPart, StudyPart } from './paperInput.js';

/** A figure: name of its file without ending, and its SVG. */
export interface PaperFigure {
  readonly id: string;
  readonly svg: string;
}

/** Every figure that the files have numbers for, drawn for paper. */
export function paperFigures({ run, study }: PaperInput, options: ChartOptions): PaperFigure[] {
  const print = { ...options, print: true };
  return [
    ...(run ? [...evaluationFigures(run, print), ...trainingFigures(run, print)] : []),
    ...(study && hasPoints(study)
      ? [{ id: 'readers', svg: readerPointsChart(study.analysis, study.question, print) }]
      : []),
  ];
}

/** Readers who gave confidences alone are no points, and without a model there is no curve. */
const hasPoints = ({ analysis: { ofReaders, model } }: StudyPart): boolean =>
  model !== null || ofReaders.some(({ sensitivity, specificity }) => sensitivity && specificity);

function evaluationFigures({ evaluation, predictions, config }: RunPart, options: ChartOptions): PaperFigure[] {
  if (!evaluation) return [];
  const { perClass, confusionMatrix, intervals, calibration } = evaluation;
  const classes = perClass.map(({ dx, name }) => ({ id: dx, name }));
  const judgement = isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  const questions = predictions
    ? drawQuestions(
        predictions,
        config.data.classes,
        { temperature: calibration?.temperature ?? 1, orderOnly: judgement?.orderOnly },
        options,
      )
    : [];
  const given = judgement?.calibration.filter(({ scaled }) => !scaled) ?? [];
  return [
    { id: 'confusion-matrix', svg: confusionMatrixChart(confusionMatrix, classes, options) },
    {
      id: 'sensitivity',
      svg: recallIntervalsChart(perClass, intervals?.perClass.map(({ recall }) => recall) ?? null, options),
    },
    ...questions.flatMap(({ id, roc, precisionRecall, decision }) => [
      { id: `roc-${id}`, svg: roc },
      { id: `precision-recall-${id}`, svg: precisionRecall },
      ...(decision === null ? [] : [{ id: `decision-curve-${id}`, svg: decision }]),
    ]),
    ...(calibration
      ? [{ id: 'reliability', svg: reliabilityChart(calibration.before.bins, calibration.after.bins, options) }]
      : []),
    ...given.flatMap((own) => {
      const scaled = judgement?.calibration.find((other) => other.scaled && other.id === own.id);
      return own.curve.length > 1
        ? [{ id: `calibration-${own.id}`, svg: calibrationCurveChart(curveOf(own, scaled), options) }]
        : [];
    }),
  ];
}

function trainingFigures({ records, config, splits }: RunPart, options: ChartOptions): PaperFigure[] {
  if (records.length === 0) return [];
  const overfittingFrom = describeCurves(records).find(({ kind }) => kind === 'overfitting')?.firstEpoch ?? null;
  const classes = config.data.classes.map(({ id, name }) => ({
    id,
    name,
    images: splits?.counts.validation[id] ?? null,
    lesions: null,
  }));
  return [
    { id: 'loss', svg: lossCurveChart(records, { ...options, overfittingFrom }) },
    { id: 'accuracy', svg: accuracyCurveChart(records, options) },
    ...(hasRecallCurves(records)
      ? [{ id: 'sensitivity-by-epoch', svg: recallCurvesChart(records, classes, options) }]
      : []),
  ];
}
