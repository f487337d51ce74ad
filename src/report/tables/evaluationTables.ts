import type { CalibrationEvaluation, CalibrationQuality } from '../../evaluation/certainty/evaluateCalibration.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { formatNumber, formatPercent } from '../format.js';
import { aurocName } from '../metricNames.js';
import { subgroupTitle } from '../subgroupTitle.js';
import { decimal, numbers, percent, type ResultTable } from './resultTable.js';

/** The numbers over all images, beside what guessing gives. */
export function overallTable(evaluation: Evaluation): ResultTable {
  const { intervals, perClass } = evaluation;
  const known = perClass.filter(({ support }) => support > 0);
  const common = Math.max(0, ...known.map(({ support }) => support)) / evaluation.images;
  return {
    id: 'performance',
    caption: 'All test images together.',
    columns: [{ title: 'Measure' }, { title: 'Value', number: true }, { title: 'For comparison' }],
    rows: [
      [
        'Balanced accuracy',
        percent(evaluation.balancedAccuracy, intervals?.balancedAccuracy),
        `guessing: ${formatPercent(1 / perClass.length)}`,
      ],
      [
        'Accuracy',
        percent(evaluation.accuracy, intervals?.accuracy),
        `always the most common diagnosis: ${formatPercent(common)}`,
      ],
      [
        aurocName(evaluation.perClass.length),
        decimal(evaluation.auroc?.macro, intervals?.auroc?.macro),
        'guessing: 0.500',
      ],
      ['F1, mean of diagnoses', decimal(evaluation.macroF1, intervals?.macroF1), 'at best: 1'],
      ['Matthews correlation', decimal(evaluation.matthewsCorrelation, intervals?.matthewsCorrelation), 'guessing: 0'],
    ],
  };
}

/** Each diagnosis on its own. */
export function diagnosisTable({ perClass, intervals }: Evaluation): ResultTable {
  return {
    id: 'by-diagnosis',
    caption: 'Each diagnosis on its own.',
    columns: [
      { title: 'Diagnosis' },
      ...numbers('Images', 'Lesions', 'Sensitivity (recall)', 'Precision', 'Specificity', 'AUROC'),
    ],
    rows: perClass.map((c, i) => {
      const bounds = intervals?.perClass[i];
      const counts = [`${c.name} (${c.dx})`, c.support, c.lesions];
      if (c.support === 0) return [...counts, '–', '–', percent(c.specificity, bounds?.specificity), '–'];
      return [
        ...counts,
        percent(c.recall, bounds?.recall),
        percent(c.precision, bounds?.precision),
        percent(c.specificity, bounds?.specificity),
        decimal(c.auroc, bounds?.auroc),
      ];
    }),
  };
}

/** Images by truth and answer. */
export function confusionTable({ confusionMatrix, perClass }: Evaluation): ResultTable {
  return {
    id: 'confusion-matrix',
    caption: 'Images by true diagnosis (rows) and answer (columns).',
    columns: [{ title: 'True diagnosis' }, ...numbers(...perClass.map(({ dx }) => dx), 'All')],
    rows: perClass.map(({ dx, name }, k) => [
      name === dx ? dx : `${name} (${dx})`,
      ...confusionMatrix[k],
      confusionMatrix[k].reduce((sum, count) => sum + count, 0),
    ]),
  };
}

/** Questions with two answers; null where the diagnoses allow none, or an earlier version looked at none. */
export function questionTable(evaluation: Evaluation): ResultTable | null {
  const { questions, intervals } = evaluation;
  if (!questions || questions.length === 0) return null;
  return {
    id: 'questions',
    caption: `Questions with two answers: the probabilities of the diagnoses that mean yes, added up.${isJudgedEvaluation(evaluation) ? ' Sensitivities at a specificity are read off these very images, and so descriptive.' : ''}`,
    columns: [
      { title: 'Question' },
      ...numbers('Images', 'Lesions', 'AUROC', 'Sensitivity at 90% specificity', 'Sensitivity at 95% specificity'),
    ],
    rows: questions.map((question, i) => {
      const bounds = intervals?.questions?.[i];
      return [
        question.title,
        question.support,
        question.lesions,
        decimal(question.auroc, bounds?.auroc),
        percent(question.sensitivityAt90Specificity, bounds?.sensitivityAt90Specificity),
        percent(question.sensitivityAt95Specificity, bounds?.sensitivityAt95Specificity),
      ];
    }),
  };
}

/** Whether probabilities can be taken at their word. @param on what the temperature was fitted on */
export function calibrationTable({ temperature, before, after }: CalibrationEvaluation, on: string): ResultTable {
  const row = (title: string, quality: CalibrationQuality) => [
    title,
    ...(['calibrationError', 'brierScore', 'loss'] as const).map((name) =>
      decimal(quality[name], quality.intervals?.[name]),
    ),
  ];
  return {
    id: 'calibration',
    caption: `Whether probabilities can be taken at their word; lower is better. Temperature, fitted on ${on}: ${formatNumber(temperature)}.`,
    columns: [{ title: 'Probabilities' }, ...numbers('Calibration error', 'Brier score', 'Loss')],
    rows: [row('As the network gives them', before), row('Scaled', after)],
  };
}

/** How often prediction sets hold the truth. @param classes ids */
export function predictionSetTable(
  { conformal }: CalibrationEvaluation,
  classes: readonly { readonly id: string }[],
  on: string,
): ResultTable {
  return {
    id: 'prediction-sets',
    caption: `Prediction sets: how many hold the true diagnosis, over all test images and by diagnosis. Thresholds are fitted on ${on}.`,
    columns: [
      { title: 'Promised' },
      ...numbers('Hold the truth', 'Mean size', 'One diagnosis', ...classes.map(({ id }) => id)),
    ],
    rows: conformal.map(({ level, coverage, meanSize, single, perClass }) => [
      formatPercent(level, 0),
      percent(coverage),
      decimal(meanSize, undefined, 2),
      percent(single),
      ...classes.map((_, i) => percent(perClass[i], undefined, 0)),
    ]),
  };
}

/** The same images in groups. */
export function subgroupTable(subgroups: readonly SubgroupEvaluation[]): ResultTable {
  return {
    id: 'subgroups',
    caption:
      'The same test images in groups. Groups differ in which diagnoses they hold; where intervals overlap widely, nothing is known about a difference.',
    columns: [
      { title: 'Group' },
      ...numbers(
        'Images',
        'Lesions',
        'Accuracy',
        'Balanced accuracy',
        'Diagnoses',
        'Sensitivity for melanoma',
        'Lesions of melanoma',
      ),
      { title: 'Mind' },
    ],
    rows: subgroups.map(({ field, value, intervals, melanoma, ...group }) => [
      `${subgroupTitle(field)}: ${value}`,
      group.images,
      group.lesions,
      percent(group.accuracy, intervals?.accuracy),
      percent(group.balancedAccuracy, intervals?.balancedAccuracy),
      group.classes,
      melanoma ? percent(melanoma.recall, melanoma.interval) : '–',
      melanoma ? melanoma.lesions : '–',
      group.warning ?? '',
    ]),
  };
}
