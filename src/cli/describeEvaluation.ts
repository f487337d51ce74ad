import { dirname } from 'node:path';
import { describeTooFewImages } from '../evaluation/certainty/conformal.js';
import type { PredictionComparison } from '../evaluation/comparison/comparePredictions.js';
import type { SeedSpread, SpreadOverSeeds } from '../evaluation/comparison/seedSpread.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { QuestionMetric } from '../evaluation/metrics/evaluateQuestions.js';
import { isExternalEvaluation } from '../evaluation/outside/externalEvaluation.js';
import { formatCount } from '../node/machine/formatQuantity.js';
import type { EvaluateStepResult } from '../node/steps/evaluate.js';
import { formatCountOf } from '../report/format.js';
import { macroAurocName } from '../report/metricNames.js';
import { formatDecimal, formatEvaluation, markFew } from './formatEvaluation.js';
import { describeExternal } from './formatExternal.js';
import { formatInterval, formatShare, signed } from './formatShare.js';
import { describeSkinTone } from './formatSkinTone.js';
import { formatTable } from './formatTable.js';
import { wrapWords } from './wrapWords.js';

/** What people want to see first of an evaluation. @param width columns of the terminal */
export function describeEvaluation(
  { evaluation, checkpoint, subgroups, files }: EvaluateStepResult,
  width?: number,
): string {
  const { images, lesions, split, intervals, perClass, confusionMatrix } = evaluation;
  const further = formatTable(
    ['', 'value', '95% interval'],
    [
      ['macro F1', formatDecimal(evaluation.macroF1), formatInterval(intervals?.macroF1, formatDecimal)],
      [
        'Matthews correlation',
        formatDecimal(evaluation.matthewsCorrelation),
        formatInterval(intervals?.matthewsCorrelation, formatDecimal),
      ],
      [
        'macro average precision',
        formatDecimal(evaluation.averagePrecision.macro),
        formatInterval(intervals?.averagePrecision.macro, formatDecimal),
      ],
      ['Brier score', formatDecimal(evaluation.brierScore), formatInterval(intervals?.brierScore, formatDecimal)],
      [
        'calibration error',
        formatDecimal(evaluation.calibrationError),
        formatInterval(intervals?.calibrationError, formatDecimal),
      ],
      ['loss', formatDecimal(evaluation.loss), formatInterval(intervals?.loss, formatDecimal)],
    ],
  );
  const classes = formatTable(
    ['class', 'precision (PPV)', 'NPV', 'specificity', 'F1', 'AUROC', 'average precision'],
    perClass.map((row) => [
      markFew(row),
      formatShare(row.precision),
      formatShare(row.negativePredictiveValue),
      formatShare(row.specificity),
      formatDecimal(row.f1),
      formatDecimal(row.auroc),
      formatDecimal(row.averagePrecision),
    ]),
  );
  const questions = formatQuestions(evaluation);
  const matrix = formatTable(
    ['truth \\ answer', ...perClass.map(({ dx }) => dx)],
    confusionMatrix.map((row, k) => [perClass[k].dx, ...row.map(formatCount)]),
  );
  const external = isExternalEvaluation(evaluation) ? describeExternal(evaluation, width) : [];
  const epoch = checkpoint.epoch === null ? '' : ` (epoch ${checkpoint.epoch})`;
  return [
    `${formatCount(images)} ${split} images of ${formatCount(lesions)} lesions, ${checkpoint.name === 'ensemble' ? 'ensemble' : `${checkpoint.name} checkpoint`}${epoch}`,
    '',
    formatEvaluation(evaluation, width),
    '',
    further,
    '',
    classes,
    '',
    ...(questions ? [questions, ''] : []),
    matrix,
    '',
    ...describeSkinTone(subgroups),
    ...describeCertainty(evaluation),
    ...external,
    ...describeForeign(evaluation),
    ...describeGain(evaluation),
    `Wrote ${files.length} files into ${dirname(files[0])}.`,
  ].join('\n');
}

const questionNumbers: readonly (readonly [QuestionMetric, string, (value: number | null) => string])[] = [
  ['auroc', 'AUROC', formatDecimal],
  ['averagePrecision', 'average precision', formatDecimal],
  ['sensitivityAt90Specificity', 'sensitivity at 90% specificity', formatShare],
  ['sensitivityAt95Specificity', 'sensitivity at 95% specificity', formatShare],
];

/** The questions with two answers, each number with its interval; undefined where the classes allow none. */
function formatQuestions({ questions, intervals }: Evaluation): string | undefined {
  if (questions.length === 0) return undefined;
  return questions
    .map((question, i) =>
      formatTable(
        [
          `${question.title} (${question.classes.join(', ')}; ${formatCountOf(question.lesions, 'lesion')})`,
          'value',
          '95% interval',
        ],
        questionNumbers.map(([name, words, format]) => [
          words,
          format(question[name]),
          formatInterval(intervals?.questions[i]?.[name], format),
        ]),
      ),
    )
    .join('\n\n');
}

/** What scaling does, and how prediction sets did. */
function describeCertainty({ calibration }: Evaluation): string[] {
  if (!calibration) return [];
  const { temperature, before, after, conformal } = calibration;
  const sets = conformal.map(
    ({ level, coverage, meanSize }) =>
      `Sets made for ${Math.round(100 * level)}%: ${formatShare(coverage)} hold the truth, ${meanSize.toFixed(2)} classes on average.`,
  );
  const tooFew = describeTooFewImages(conformal.flatMap(({ rules }) => rules ?? []));
  return [
    `Temperature ${temperature.toFixed(2)}, fitted on validation: with it, the calibration error`,
    `is ${formatDecimal(after.calibrationError)} instead of ${formatDecimal(before.calibrationError)}.`,
    ...sets,
    ...(tooFew ? [wrapWords(tooFew, 80)] : []),
    '',
  ];
}

/** How well images of other things are told apart. */
function describeForeign({ outOfDistribution }: Evaluation): string[] {
  if (!outOfDistribution) return [];
  const { falseAlarms, hits } = outOfDistribution;
  const { images, rate, interval } = falseAlarms;
  const bounds = interval ? ` (95% interval ${formatInterval(interval)})` : '';
  return [
    `Taken for something else than trained on, where 1% was promised: ${formatCountOf(images, 'image')},`,
    `${formatShare(rate)}${bounds}. Of ${formatCount(hits[0].images)} painted images of each kind:`,
    `${hits.map((of) => `${of.kind} ${formatShare(of.rate)}`).join(', ')}.`,
    '',
  ];
}

/** What an ensemble adds to the best of its members, or averaging over views to one look. */
function describeGain({ ensemble, testTimeAugmentation, perClass }: Evaluation): string[] {
  if (ensemble) {
    const { run, validationBalancedAccuracy } = ensemble.bestMember;
    const gain = ensemble.comparison
      ? describeGainOver(
          ensemble.comparison,
          `that of ${run.split('/').at(-1)}, the best member on validation (there`,
          `${formatShare(validationBalancedAccuracy)}, `,
        )
      : [];
    return [...gain, ...(ensemble.seeds ? describeSeeds(ensemble.seeds, perClass.length) : [])];
  }
  if (!testTimeAugmentation) return [];
  return describeGainOver(testTimeAugmentation.comparison, 'that of one look at each image', '(');
}

/** How the seeds of an ensemble did alone. */
function describeSeeds(spread: SeedSpread, classes: number): string[] {
  const row = (name: string, of: SpreadOverSeeds, show: (value: number | null) => string) => [
    name,
    show(of.mean),
    show(of.deviation),
    formatInterval(of.interval, show),
  ];
  return [
    `Each of the ${spread.seeds.length} networks alone, which differ in their seed:`,
    '',
    formatTable(
      ['', 'mean', 'sd', '95% interval'],
      [
        row('accuracy', spread.accuracy, formatShare),
        row('balanced accuracy', spread.balancedAccuracy, formatShare),
        row(macroAurocName(classes), spread.macroAuroc, formatDecimal),
      ],
    ),
    'The interval is of the mean, over seeds and lesions.',
    '',
  ];
}

/** Balanced accuracies of the same images. @param other what to compare with, and how the line with its value begins */
function describeGainOver({ metrics, lesions }: PredictionComparison, other: string, before: string): string[] {
  const found = metrics.find(({ metric }) => metric === 'balancedAccuracy');
  if (!found) return [];
  const points = (value: number | null) => (value === null ? '–' : signed(100 * value, 1));
  const bounds = found.interval ? ` (95% interval ${formatInterval(found.interval, points)})` : '';
  return [
    `Balanced accuracy minus ${other}`,
    `${before}here ${formatShare(found.first)}): ${points(found.difference)} points${bounds},`,
    `paired on the same ${formatCount(lesions)} lesions.`,
    '',
  ];
}
