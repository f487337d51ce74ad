import { describeTooFewImages } from '../../evaluation/certainty/conformal.js';
import type { CalibrationEvaluation, CalibrationQuality } from '../../evaluation/certainty/evaluateCalibration.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { knownSkinTone } from '../skinTone.js';
import { subgroupTitle } from '../subgroupTitle.js';
import { type Block, command, list, paragraph, table } from './document.js';
import { describeExternals } from './modelCardExternal.js';
import { shellWord } from './repeatCommand.js';
import { type DocumentInput, fittedOn, withInterval } from './runWords.js';

/** The numbers on the test images, with 95% intervals. */
export function describeEvaluation(input: DocumentInput): Block[] {
  const { evaluation, config, subgroups } = input;
  if (!evaluation)
    return [
      paragraph(
        'Nothing is known about how well the model does: it has not been evaluated on the test images of this run. This does it:',
      ),
      command(`lesionlab evaluate ${shellWord(input.runFolder)}`),
      ...describeExternals(input),
    ];
  const { intervals } = evaluation;
  return [
    paragraph(
      `On ${formatCountOf(evaluation.images, 'test image')}${
        config.data.hasLesionIds ? ` of ${formatCountOf(evaluation.lesions, 'lesion')}` : ''
      }${isJudgedEvaluation(evaluation) ? '' : ' of the same dataset'}. ${intervals ? `With 95% intervals. ${intervals.method}` : 'Intervals were not computed.'}`,
    ),
    headlines(evaluation),
    // Evaluations of version 0.1 have none.
    ...(evaluation.notes ?? []).map((note) => paragraph(note)),
    classTable(evaluation),
    ...questionTable(evaluation),
    ...(evaluation.calibration
      ? calibrationBlocks(evaluation.calibration, config.data.classes, fittedOn(evaluation))
      : [paragraph('Calibration and prediction sets were not looked at.')]),
    ...(subgroups && subgroups.length > 0
      ? [subgroupTable(subgroups), ...knownSkinTone(input).words.map((words) => paragraph(words))]
      : [paragraph('Results by age, sex, place on the body and kind of diagnosis were not looked at.')]),
    ...(intervals && intervals.notes.length > 0 ? [paragraph('To mind:'), list(intervals.notes)] : []),
    ...describeExternals(input),
  ];
}

function headlines(evaluation: Evaluation): Block {
  const { intervals, perClass } = evaluation;
  const known = perClass.filter(({ support }) => support > 0);
  const common = Math.max(0, ...known.map(({ support }) => support)) / evaluation.images;
  return table(
    'All test images together.',
    [{ title: 'Measure' }, { title: 'Value', number: true }, { title: 'For comparison' }],
    [
      [
        'Balanced accuracy',
        withInterval(evaluation.balancedAccuracy, intervals?.balancedAccuracy),
        `guessing: ${formatPercent(1 / perClass.length)}`,
      ],
      [
        'Accuracy',
        withInterval(evaluation.accuracy, intervals?.accuracy),
        `always the most common diagnosis: ${formatPercent(common)}`,
      ],
      [
        'AUROC, mean of diagnoses',
        withInterval(evaluation.auroc?.macro, intervals?.auroc?.macro, formatNumber),
        'guessing: 0.500',
      ],
      ['F1, mean of diagnoses', withInterval(evaluation.macroF1, intervals?.macroF1, formatNumber), 'at best: 1'],
      [
        'Matthews correlation',
        withInterval(evaluation.matthewsCorrelation, intervals?.matthewsCorrelation, formatNumber),
        'guessing: 0',
      ],
    ],
  );
}

function classTable({ perClass, intervals }: Evaluation): Block {
  return table(
    'Each diagnosis on its own.',
    [
      { title: 'Diagnosis' },
      ...['Images', 'Lesions', 'Sensitivity (recall)', 'Precision', 'Specificity', 'AUROC'].map((title) => ({
        title,
        number: true,
      })),
    ],
    perClass.map((c, i) => {
      const bounds = intervals?.perClass[i];
      const counts = [`${c.name} (${c.dx})`, formatCount(c.support), formatCount(c.lesions)];
      if (c.support === 0) return [...counts, '–', '–', withInterval(c.specificity, bounds?.specificity), '–'];
      return [
        ...counts,
        withInterval(c.recall, bounds?.recall),
        withInterval(c.precision, bounds?.precision),
        withInterval(c.specificity, bounds?.specificity),
        withInterval(c.auroc, bounds?.auroc, formatNumber),
      ];
    }),
  );
}

function questionTable(evaluation: Evaluation): Block[] {
  const { questions, intervals } = evaluation;
  // Evaluations of earlier versions have none.
  if (!questions || questions.length === 0) return [];
  return [
    table(
      `Questions with two answers: the probabilities of the diagnoses that mean yes, added up.${isJudgedEvaluation(evaluation) ? ' Sensitivities at a specificity are read off these very images, and so descriptive.' : ''}`,
      [
        { title: 'Question' },
        ...['Images', 'Lesions', 'AUROC', 'Sensitivity at 90% specificity', 'Sensitivity at 95% specificity'].map(
          (title) => ({ title, number: true }),
        ),
      ],
      questions.map((question, i) => {
        const bounds = intervals?.questions?.[i];
        return [
          question.title,
          formatCount(question.support),
          formatCount(question.lesions),
          withInterval(question.auroc, bounds?.auroc, formatNumber),
          withInterval(question.sensitivityAt90Specificity, bounds?.sensitivityAt90Specificity),
          withInterval(question.sensitivityAt95Specificity, bounds?.sensitivityAt95Specificity),
        ];
      }),
    ),
  ];
}

function calibrationBlocks(
  { temperature, before, after, conformal }: CalibrationEvaluation,
  classes: DocumentInput['config']['data']['classes'],
  on: string,
): Block[] {
  const row = (title: string, quality: CalibrationQuality) => [
    title,
    ...(['calibrationError', 'brierScore', 'loss'] as const).map((name) =>
      withInterval(quality[name], quality.intervals?.[name], formatNumber),
    ),
  ];
  const tooFew = describeTooFewImages(
    conformal.flatMap(({ rules }) => rules ?? []),
    on.startsWith('the validation') ? undefined : 'images to calibrate on',
  );
  return [
    table(
      `Whether probabilities can be taken at their word; lower is better. Temperature, fitted on ${on}: ${formatNumber(temperature)}.`,
      [
        { title: 'Probabilities' },
        ...['Calibration error', 'Brier score', 'Loss'].map((title) => ({ title, number: true })),
      ],
      [row('As the network gives them', before), row('Scaled', after)],
    ),
    table(
      `Prediction sets: how many hold the true diagnosis, over all test images and by diagnosis. Thresholds are fitted on ${on}.`,
      [
        { title: 'Promised' },
        ...['Hold the truth', 'Mean size', 'One diagnosis', ...classes.map(({ id }) => id)].map((title) => ({
          title,
          number: true,
        })),
      ],
      conformal.map(({ level, coverage, meanSize, single, perClass }) => [
        formatPercent(level, 0),
        formatPercent(coverage),
        formatNumber(meanSize, 2),
        formatPercent(single),
        ...classes.map((_, i) => formatPercent(perClass[i], 0)),
      ]),
    ),
    ...(tooFew ? [paragraph(tooFew)] : []),
  ];
}

function subgroupTable(subgroups: readonly SubgroupEvaluation[]): Block {
  return table(
    'The same test images in groups. Groups differ in which diagnoses they hold; where intervals overlap widely, nothing is known about a difference.',
    [
      { title: 'Group' },
      ...['Images', 'Lesions', 'Accuracy', 'Balanced accuracy', 'Sensitivity for melanoma'].map((title) => ({
        title,
        number: true,
      })),
      { title: 'Mind' },
    ],
    subgroups.map(({ field, value, intervals, melanoma, ...group }) => [
      `${subgroupTitle(field)}: ${value}`,
      formatCount(group.images),
      formatCount(group.lesions),
      withInterval(group.accuracy, intervals?.accuracy),
      `${withInterval(group.balancedAccuracy, intervals?.balancedAccuracy)} of ${group.classes}`,
      melanoma
        ? `${withInterval(melanoma.recall, melanoma.interval)}, ${formatCountOf(melanoma.lesions, 'lesion')}`
        : '–',
      group.warning ?? '',
    ]),
  );
}
