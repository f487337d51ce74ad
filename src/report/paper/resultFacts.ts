import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation, type Judgement } from '../../evaluation/judging/judge.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, signedPoints } from '../format.js';
import { aurocWords } from '../metricNames.js';
import { isOfJudged } from '../reportInput.js';
import { pointWords } from '../tables/judgedTables.js';
import { patientsByPart } from './dataFacts.js';
import type { Facts } from './facts.js';
import type { RunPart } from './paperInput.js';

/** The results in sentences, each number with its interval and what stands behind it. Nothing of a run that wasn't evaluated. */
export function resultFacts(run: RunPart): Facts {
  const { evaluation } = run;
  if (!evaluation) return {};
  const say = speaker(evaluation);
  const behind = counter(run);
  const judgement = isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  return {
    flow: flow(run, judgement),
    performance: overall(evaluation, say, behind, judgement?.orderOnly ?? false),
    diagnoses: judgement?.orderOnly ? [] : byDiagnosis(evaluation, say, behind),
    questions: questions(evaluation, say, behind),
    points: judgement ? points(judgement, say) : [],
    calibration: calibration(evaluation, judgement, say),
    missingResults: judgement?.missing ? missing(judgement.missing) : [],
    labels: judgement?.labels ? labels(judgement.labels, say) : [],
    groupResults: groupResults(run),
    elsewhereResults: elsewhere(run, say),
  };
}

/** `58.2% (95% interval 54.1% to 62.0%)` */
type Say = (value: number | null | undefined, interval: Interval | undefined, as?: 'percent' | 'number') => string;

function speaker({ intervals }: Evaluation): Say {
  const level = formatPercent(intervals?.level ?? 0.95, 0);
  return (value, interval, as = 'percent') => {
    const show = (x: number | null | undefined) => (as === 'percent' ? formatPercent(x) : formatNumber(x));
    if (value === null || value === undefined) return 'not defined';
    if (interval === undefined) return show(value);
    return `${show(value)} (${interval === null ? 'no interval' : `${level} interval ${show(interval[0])} to ${show(interval[1])}`})`;
  };
}

const count = (n: number, noun: string) => formatCountOf(n, noun);

/** `223 images of 123 lesions`; `123 lesions` where each counts once; `223 images` where lesions are not known. */
type Behind = (images: number, lesions: number) => string;

function counter({ evaluation, config }: RunPart): Behind {
  const unit = evaluation && isJudgedEvaluation(evaluation) ? evaluation.judgement.unit.of : 'image';
  if (unit !== 'image') return (units) => count(units, unit);
  return (images, lesions) =>
    `${count(images, 'image')}${config.data.hasLesionIds ? ` of ${count(lesions, 'lesion')}` : ''}`;
}

function flow(run: RunPart, judgement: Judgement | null): string[] {
  const { evaluation, splits, config, rows } = run;
  if (!evaluation) return [];
  if (judgement) {
    const { images, missing: none, setAside, scoredImages, scoredUnits } = judgement.flow;
    const unit = judgement.unit.of;
    return [
      `Of ${count(images, 'image')}, ${formatCount(none)} had no answer, ${formatCount(setAside)} were set aside to calibrate on, and ${formatCount(scoredImages)} were scored${
        unit === 'image' ? '' : `, as ${count(scoredUnits, unit)}`
      }.`,
    ];
  }
  const patients = patientsByPart(rows);
  const lesions = config.data.hasLesionIds ? ` of ${count(evaluation.lesions, 'lesion')}` : '';
  return [
    `Of ${count(config.data.images, 'image')}, ${splits ? `${formatCount(splits.images.train)} were trained on, ${formatCount(splits.images.validation)} validated choices, and ` : ''}${formatCount(evaluation.images)}${lesions}${
      patients ? ` and ${count(patients[2], 'patient')}` : ''
    } were tested on.`,
  ];
}

function overall(evaluation: Evaluation, say: Say, behind: Behind, orderOnly: boolean): string[] {
  const { intervals, perClass } = evaluation;
  const auroc = say(evaluation.auroc?.macro, intervals?.auroc?.macro, 'number');
  if (orderOnly)
    return [
      `On ${behind(evaluation.images, evaluation.lesions)} the ${aurocWords(perClass.length)} was ${auroc}.`,
      ...(evaluation.notes ?? []),
    ];
  const largest = Math.max(0, ...perClass.map(({ support }) => support)) / evaluation.images;
  return [
    `On ${behind(evaluation.images, evaluation.lesions)} the balanced accuracy was ${say(evaluation.balancedAccuracy, intervals?.balancedAccuracy)}, the accuracy ${say(
      evaluation.accuracy,
      intervals?.accuracy,
    )}, and the ${aurocWords(perClass.length)} ${auroc}.`,
    `Always giving the most common diagnosis would have an accuracy of ${formatPercent(largest)}, guessing a balanced accuracy of ${formatPercent(
      1 / perClass.filter(({ support }) => support > 0).length,
    )}.`,
    ...(evaluation.notes ?? []),
  ];
}

function byDiagnosis({ perClass, intervals }: Evaluation, say: Say, behind: Behind): string[] {
  return [
    ...perClass
      .filter(({ support }) => support > 0)
      .map((c) => {
        const bounds = intervals?.perClass.find(({ dx }) => dx === c.dx);
        return `${c.name === c.dx ? c.dx : `${c.name} (${c.dx})`}: sensitivity ${say(c.recall, bounds?.recall)}, specificity ${say(
          c.specificity,
          bounds?.specificity,
        )}, AUROC ${say(c.auroc, bounds?.auroc, 'number')}; ${behind(c.support, c.lesions)}.`;
      }),
    ...(intervals?.notes ?? []),
  ];
}

function questions({ questions: asked, intervals }: Evaluation, say: Say, behind: Behind): string[] {
  return (asked ?? []).map(
    (question, i) =>
      `${question.title}: AUROC ${say(question.auroc, intervals?.questions?.[i]?.auroc, 'number')}; yes is true of ${behind(question.support, question.lesions)}.`,
  );
}

function points({ questions: asked, prevalence }: Judgement, say: Say): string[] {
  return asked.flatMap(({ title, points: own, positives, images }) =>
    own
      .filter(({ kind }) => kind !== 'descriptive')
      .map(
        (point) =>
          `${title}, ${pointWords(point)}: sensitivity ${say(point.sensitivity, point.intervals?.sensitivity)}, specificity ${say(
            point.specificity,
            point.intervals?.specificity,
          )}${
            point.stated && prevalence !== null
              ? `; at a prevalence of ${formatPercent(prevalence)} the positive predictive value would be ${say(point.stated.positive, point.stated.positiveInterval)}, the negative ${say(
                  point.stated.negative,
                  point.stated.negativeInterval,
                )}`
              : ''
          }. Yes is true of ${formatCount(positives)} of ${formatCount(images)}.`,
      ),
  );
}

function calibration(evaluation: Evaluation, judgement: Judgement | null, say: Say): string[] {
  const { calibration: found } = evaluation;
  return [
    ...(judgement?.calibration ?? []).map(
      (own) =>
        `${own.title}${own.scaled ? ', after scaling' : ', as given'}: calibration intercept ${say(own.intercept, own.intervals?.intercept, 'number')}, slope ${say(
          own.slope,
          own.intervals?.slope,
          'number',
        )}, observed over expected ${say(own.observedOverExpected, own.intervals?.observedOverExpected, 'number')}.`,
    ),
    ...(found
      ? [
          `The temperature was ${formatNumber(found.temperature)}; the calibration error was ${say(found.before.calibrationError, found.before.intervals?.calibrationError, 'number')} before scaling and ${say(
            found.after.calibrationError,
            found.after.intervals?.calibrationError,
            'number',
          )} after.`,
          ...found.conformal.map(
            ({ level, coverage, meanSize }) =>
              `Prediction sets that were to hold the truth in ${formatPercent(level, 0)} held it in ${formatPercent(coverage)}, with ${formatNumber(meanSize, 2)} diagnoses on average.`,
          ),
        ]
      : [
          `The calibration error was ${say(evaluation.calibrationError, evaluation.intervals?.calibrationError, 'number')}, the Brier score ${say(evaluation.brierScore, evaluation.intervals?.brierScore, 'number')}.`,
        ]),
  ];
}

const missing = ({ balancedAccuracy, macroAuroc, perClass }: NonNullable<Judgement['missing']>): string[] => [
  `With all missing answers wrong, and all right, the balanced accuracy would be ${formatPercent(balancedAccuracy.worst)} and ${formatPercent(balancedAccuracy.best)}, the ${aurocWords(perClass.length)} ${formatNumber(macroAuroc.worst)} and ${formatNumber(macroAuroc.best)}.`,
];

function labels({ histologyAlone, bounds }: NonNullable<Judgement['labels']>, say: Say): string[] {
  return [
    ...(histologyAlone
      ? [
          `On the ${formatCount(histologyAlone.images)} whose diagnosis was confirmed by histology the balanced accuracy was ${say(histologyAlone.balancedAccuracy.value, histologyAlone.balancedAccuracy.interval)}, the ${aurocWords(histologyAlone.classes.length)} ${say(
            histologyAlone.macroAuroc.value,
            histologyAlone.macroAuroc.interval,
            'number',
          )}; what goes to histology was suspicious, so these are other and harder cases.`,
        ]
      : []),
    ...(bounds
      ? [
          `If ${formatPercent(bounds.share, 0)} of the ${formatCount(bounds.unconfirmed)} others had a wrong diagnosis, the accuracy could lie between ${formatPercent(bounds.accuracy.lowest)} and ${formatPercent(bounds.accuracy.highest)}.`,
        ]
      : []),
  ];
}

function groupResults({ subgroups }: RunPart): string[] {
  if (!subgroups || subgroups.length === 0) return [];
  const warned = subgroups.filter(({ warning }) => warning !== null).length;
  return [
    `Results of ${count(subgroups.length, 'group')} are in the table of groups${warned > 0 ? `; in ${formatCount(warned)} of them a diagnosis, or the whole group, has few lesions, as the table says` : ''}. Groups hold different diagnoses, which alone can make a difference.`,
  ];
}

function elsewhere(run: RunPart, say: Say): string[] {
  if (isOfJudged(run)) return [];
  return run.externals.map(({ external, images, lesions, balancedAccuracy, intervals, comparison }) => {
    const difference = comparison?.balancedAccuracy;
    return `On ${external.dataset} (${count(images, 'image')}${external.hasLesionIds ? ` of ${count(lesions, 'lesion')}` : ''}) the balanced accuracy was ${say(balancedAccuracy, intervals?.balancedAccuracy)}${
      difference && difference.difference !== null
        ? `, over the diagnoses that both have ${signedPoints(difference.difference)} points against the test images${
            difference.interval ? ` (${difference.interval.map(signedPoints).join(' to ')})` : ''
          }`
        : ''
    }.`;
  });
}
