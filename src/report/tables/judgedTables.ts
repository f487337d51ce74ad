import type { Judgement } from '../../evaluation/judging/judge.js';
import type { LabelJudgement } from '../../evaluation/judging/labelErrors.js';
import type { BoundedNumber, MissingBounds } from '../../evaluation/judging/missingAnswers.js';
import type { JudgedPoint, JudgedQuestion } from '../../evaluation/judging/operatingPoints.js';
import type { QuestionCalibration } from '../../evaluation/judging/questionCalibration.js';
import { formatPercent } from '../format.js';
import { aurocName, aurocWords } from '../metricNames.js';
import { decimal, numbers, percent, type ResultTable } from './resultTable.js';

/** Where a point comes from, in a few words. */
export function pointWords({ kind, target }: JudgedPoint): string {
  if (kind === 'answer') return 'its own answer';
  if (kind === 'given') return 'threshold given beforehand';
  const wanted = target ? `${formatPercent(target.value, 0)} ${target.reach}` : '';
  return kind === 'fitted' ? `fitted for ${wanted}` : `descriptive: ${wanted} on these images`;
}

/** Why a sensitivity may have two intervals in one report, and which to believe. */
export const ownIntervalWords =
  'Intervals of its own answers, of a given threshold and of groups leave out one lesion (or patient) at a time, with Student’s t; those of the diagnoses and of means over them are percentiles of resamples, which are narrower where lesions are few. Where the two differ for one number, believe the former.';

/** The threshold of a point, with as many digits as it takes to tell it from 0 and from 1. */
export function thresholdWords({ threshold }: JudgedPoint): string {
  if (threshold === null) return '–';
  if (threshold > 1) return 'never';
  const distance = Math.min(threshold, 1 - threshold);
  if (distance === 0 || distance >= 0.0995) return threshold.toFixed(3);
  if (threshold < 1e-6) return threshold.toPrecision(2);
  return threshold.toFixed(Math.min(12, 2 - Math.floor(Math.log10(distance))));
}

/** Ways of calling yes, and what each reached; predictive values where a prevalence is stated. */
export function pointTable(
  { id, title, points, positives, images }: JudgedQuestion,
  prevalence: Judgement['prevalence'],
): ResultTable {
  const stated = prevalence === null ? [] : ['PPV as stated', 'NPV as stated'];
  return {
    id: `operating-points-${id}`,
    caption: `${title}: ${positives.toLocaleString('en-US')} of ${images.toLocaleString('en-US')} are yes.${
      prevalence === null ? '' : ` Predictive values at a prevalence of ${formatPercent(prevalence)}.`
    }`,
    columns: [{ title: 'Yes where' }, ...numbers('Threshold', 'Sensitivity', 'Specificity', ...stated)],
    rows: points.map((point) => [
      pointWords(point),
      thresholdWords(point),
      percent(point.sensitivity, point.intervals?.sensitivity),
      percent(point.specificity, point.intervals?.specificity),
      ...(prevalence === null
        ? []
        : [
            percent(point.stated?.positive, point.stated?.positiveInterval),
            percent(point.stated?.negative, point.stated?.negativeInterval),
          ]),
    ]),
  };
}

/** Whether the probability of yes can be taken at its word, question by question. */
export const questionCalibrationTable = (calibration: readonly QuestionCalibration[]): ResultTable => ({
  id: 'question-calibration',
  caption: 'Intercept 0, slope 1 and observed over expected 1 are right.',
  columns: [{ title: 'Question' }, ...numbers('Intercept', 'Slope', 'Observed / expected')],
  rows: calibration.map((own) => [
    `${own.title}${own.scaled ? ', scaled' : ''}`,
    decimal(own.intercept, own.intervals?.intercept),
    decimal(own.slope, own.intervals?.slope),
    decimal(own.observedOverExpected, own.intervals?.observedOverExpected),
  ]),
});

/** What images without an answer may have done to the results. @param of what counts once */
export function missingTable(missing: MissingBounds, of: Judgement['unit']['of']): ResultTable {
  const row = (title: string, number: BoundedNumber, show = percent) => [
    title,
    show(number.scored),
    show(number.worst),
    show(number.best),
  ];
  const without = Object.entries(missing.byClass)
    .filter(([, count]) => count > 0)
    .map(([dx, count]) => `${dx} ${count.toLocaleString('en-US')}`);
  return {
    id: 'missing-answers',
    caption: `What ${missing.missing.toLocaleString('en-US')} ${of}s without an answer may have done: the numbers without them, and with all of these answers wrong and all of them right.`,
    columns: [{ title: 'Measure' }, ...numbers('Without them', 'At worst', 'At best')],
    rows: [
      row('Balanced accuracy', missing.balancedAccuracy),
      row('Accuracy', missing.accuracy),
      row(aurocName(missing.perClass.length), missing.macroAuroc, decimal),
      ...missing.perClass.flatMap(({ dx, recall, auroc }) => [
        row(`Sensitivity, ${dx}`, recall),
        row(`AUROC, ${dx}`, auroc, decimal),
      ]),
    ],
    notes: [`Without an answer, by diagnosis: ${without.join(', ')}.`],
  };
}

/** How the truth was confirmed, diagnosis by diagnosis. */
export function confirmationTable({ counts }: LabelJudgement): ResultTable {
  const ways = [...new Set(Object.values(counts).flatMap((of) => Object.keys(of)))];
  return {
    id: 'confirmation',
    caption: 'By what the diagnoses were confirmed.',
    columns: [{ title: 'Diagnosis' }, ...numbers(...ways)],
    rows: Object.entries(counts).map(([dx, of]) => [dx, ...ways.map((way) => of[way] ?? 0)]),
  };
}

/** Results on truths that were confirmed by histology, and bounds if a share of the others is wrong; null where nothing is known of either. */
export function labelTable({ histologyAlone, bounds }: LabelJudgement): ResultTable | null {
  if (!histologyAlone && !bounds) return null;
  return {
    id: 'label-errors',
    caption: [
      histologyAlone
        ? `On the ${histologyAlone.images.toLocaleString('en-US')} confirmed by histology alone.`
        : 'Nothing is confirmed by histology alone, or everything.',
      bounds
        ? ` Bounds if ${formatPercent(bounds.share, 0)} of the ${bounds.unconfirmed.toLocaleString('en-US')} others (${bounds.wrong.toLocaleString('en-US')}) had a wrong diagnosis, over every choice of which.`
        : '',
    ].join(''),
    columns: [{ title: 'Measure' }, ...numbers('Value', 'At lowest', 'At highest')],
    rows: [
      ...(histologyAlone
        ? [
            [
              'Balanced accuracy, histology alone',
              percent(histologyAlone.balancedAccuracy.value, histologyAlone.balancedAccuracy.interval),
              '–',
              '–',
            ],
            [
              `${aurocWords(histologyAlone.classes.length)}, histology alone`,
              decimal(histologyAlone.macroAuroc.value, histologyAlone.macroAuroc.interval),
              '–',
              '–',
            ],
            ...histologyAlone.questions.map(({ title, auroc }) => [
              `AUROC, ${title}, histology alone`,
              decimal(auroc.value, auroc.interval),
              '–',
              '–',
            ]),
          ]
        : []),
      ...(bounds
        ? [
            [
              'Accuracy',
              percent(bounds.accuracy.value),
              percent(bounds.accuracy.lowest),
              percent(bounds.accuracy.highest),
            ],
            ...bounds.questions.flatMap(({ title, sensitivity, specificity }) => [
              [
                `Sensitivity, ${title}`,
                percent(sensitivity.value),
                percent(sensitivity.lowest),
                percent(sensitivity.highest),
              ],
              [
                `Specificity, ${title}`,
                percent(specificity.value),
                percent(specificity.lowest),
                percent(specificity.highest),
              ],
            ]),
          ]
        : []),
    ],
  };
}
