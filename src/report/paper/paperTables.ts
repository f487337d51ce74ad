import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { fittedOn } from '../documents/runWords.js';
import { isOfTraining } from '../reportInput.js';
import { comparisonTable } from '../tables/comparisonTable.js';
import { partsTable, peopleTable, settingsTable } from '../tables/dataTables.js';
import {
  calibrationTable,
  confusionTable,
  diagnosisTable,
  overallTable,
  predictionSetTable,
  questionTable,
  subgroupTable,
} from '../tables/evaluationTables.js';
import { externalTable } from '../tables/externalTable.js';
import {
  confirmationTable,
  labelTable,
  missingTable,
  pointTable,
  questionCalibrationTable,
} from '../tables/judgedTables.js';
import {
  agreementTable,
  equalityTable,
  ofReadersTable,
  readerDifferencesTable,
  readerMeansTable,
} from '../tables/readerTables.js';
import type { ResultTable } from '../tables/resultTable.js';
import { patientsByPart } from './dataFacts.js';
import type { PaperInput, RunPart, StudyPart } from './paperInput.js';

/** Every table that the files have numbers for, in the order in which a paper would have them. */
export function paperTables({ run, study, compared }: PaperInput): ResultTable[] {
  return [
    ...(run ? runTables(run) : []),
    ...(compared?.comparisons ?? []).map((comparison, i) =>
      comparisonTable(comparison, compared!.classes, compared!.reference, comparison.run, i + 1),
    ),
    ...(study ? studyTables(study) : []),
  ];
}

const there = (tables: readonly (ResultTable | null)[]): ResultTable[] => tables.filter((table) => table !== null);

function runTables(run: RunPart): ResultTable[] {
  const { config, splits, rows, exploration, evaluation, subgroups, externals } = run;
  const { classes } = config.data;
  const judgement = evaluation && isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  const level = evaluation?.intervals ? ` With ${Math.round(100 * evaluation.intervals.level)}% intervals.` : '';
  const unit = judgement?.unit.of ?? 'image';
  // Tables of an evaluation are about images; where something else counts once, they say so.
  const counted = unit === 'image' ? [] : [`Each ${unit} counts once: what is called images here are ${unit}s.`];
  const withUnit = (table: ResultTable): ResultTable => ({ ...table, notes: [...(table.notes ?? []), ...counted] });
  const withLevel = (table: ResultTable): ResultTable => withUnit({ ...table, caption: `${table.caption}${level}` });
  const calibration = evaluation?.calibration;
  return there([
    splits ? partsTable(splits, classes, patientsByPart(rows)) : null,
    peopleTable(exploration),
    isOfTraining(run) ? settingsTable(run.config) : null,
    ...(evaluation
      ? [
          withLevel(overallTable(evaluation)),
          withLevel(diagnosisTable(evaluation)),
          withUnit(confusionTable(evaluation)),
          withNull(questionTable(evaluation), withLevel),
        ]
      : []),
    ...(judgement?.questions.map((question) => withLevel(pointTable(question, judgement.prevalence))) ?? []),
    ...(evaluation && calibration
      ? [
          withLevel(calibrationTable(calibration, fittedOn(evaluation))),
          withUnit(predictionSetTable(calibration, classes, fittedOn(evaluation))),
        ]
      : []),
    judgement && judgement.calibration.length > 0 ? withLevel(questionCalibrationTable(judgement.calibration)) : null,
    judgement?.missing ? missingTable(judgement.missing, judgement.unit.of) : null,
    judgement?.labels ? confirmationTable(judgement.labels) : null,
    judgement?.labels ? labelTable(judgement.labels) : null,
    subgroups && subgroups.length > 0 ? withLevel(subgroupTable(subgroups)) : null,
    ...externals.map(externalTable),
  ]);
}

const withNull = (table: ResultTable | null, change: (table: ResultTable) => ResultTable) => table && change(table);

const studyTables = ({ analysis }: StudyPart): ResultTable[] =>
  there([
    ofReadersTable(analysis),
    readerMeansTable(analysis),
    equalityTable(analysis),
    readerDifferencesTable(analysis),
    agreementTable(analysis),
  ]);
