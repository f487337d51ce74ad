import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation, type Judgement } from '../../evaluation/judging/judge.js';
import { describeOverlap } from '../documents/modelCardJudgement.js';
import { describeLooks, fittedOn } from '../documents/runWords.js';
import { formatCount, formatCountOf, formatList, formatPercent } from '../format.js';
import { isOfJudged } from '../reportInput.js';
import { subgroupTitle } from '../subgroupTitle.js';
import type { Facts } from './facts.js';
import type { RunPart } from './paperInput.js';

/** How it was evaluated: what was measured on what, thresholds, intervals, what is missing. Nothing of a run that wasn't evaluated. */
export function evaluationFacts(run: RunPart): Facts {
  const { evaluation } = run;
  const looks = describeLooks(run).map(
    (line) =>
      `${isOfJudged(run) ? 'Evaluations of these images on record' : 'Evaluations of the test images'}: ${line.charAt(0).toLowerCase()}${line.slice(1)}`,
  );
  if (!evaluation) return { looks: ['The test images were not evaluated.'] };
  const judgement = isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  return {
    thresholds: thresholds(evaluation, judgement),
    recalibration: recalibration(evaluation, judgement),
    measures: measures(evaluation, judgement),
    intervals: intervals(evaluation, judgement),
    looks: looks.slice(0, 1),
    missing: missing(run, judgement),
    overlap: judgement ? [describeOverlap(evaluation)] : [],
    groups: groups(run),
    elsewhere: run.externals.map(
      ({ external, images, lesions }) =>
        `It was also evaluated on ${formatCountOf(images, 'image')}${external.hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''} of other data (${external.dataset}), without any further training or fitting.`,
    ),
  };
}

function thresholds({ questions }: Evaluation, judgement: Judgement | null): string[] {
  if (judgement) {
    const kinds = new Set(judgement.questions.flatMap(({ points }) => points.map(({ kind }) => kind)));
    return [
      ...(kinds.has('given') ? ['One threshold was given before the images were scored.'] : []),
      ...(kinds.has('fitted') && judgement.fitted
        ? [
            `Thresholds for stated sensitivities and specificities were fitted on ${judgement.fitted.on}, and used unchanged on the images that were scored.`,
          ]
        : []),
      ...(kinds.has('descriptive')
        ? [
            'Sensitivities at a stated specificity, and the reverse, were read off the images that were scored: they describe these images and are exploratory.',
          ]
        : []),
      ...(judgement.questions.length > 0
        ? [
            `The diagnoses that mean yes: ${judgement.questions.map(({ title, classes }) => `${title}: ${classes.join(', ')}`).join('; ')}. Their probabilities were added up.`,
          ]
        : []),
    ];
  }
  // Evaluations of earlier versions have none.
  if (!questions || questions.length === 0) return [];
  return [
    `Questions with two answers: ${questions.map(({ title, classes }) => `${title} (yes: ${classes.join(', ')})`).join('; ')}; the probabilities of the diagnoses that mean yes were added up.`,
    'Sensitivities at specificities of 90% and 95% were read off the test images themselves: no threshold was chosen beforehand, and these figures are exploratory.',
  ];
}

function recalibration(evaluation: Evaluation, judgement: Judgement | null): string[] {
  const { calibration } = evaluation;
  if (!calibration) return ['Probabilities were taken as they are: nothing was recalibrated.'];
  const levels = calibration.conformal.map(({ level }) => formatPercent(level, 0));
  const on = fittedOn(evaluation);
  const fitted = judgement?.fitted;
  return [
    `A single temperature by which probabilities are scaled${levels.length > 0 ? `, and thresholds of prediction sets that are to hold the truth in ${formatList(levels)},` : ''} were fitted on ${on}${
      fitted ? ` (${fittedCount(judgement!)})` : ''
    }; scaling changes no answer.`,
    ...(fitted && fitted.resamples > 0
      ? [
          `Both were fitted anew in ${formatCount(fitted.resamples)} resamples, so that their intervals hold the error of fitting.`,
        ]
      : []),
  ];
}

/** `614 images of 450 lesions`; `450 lesions` where each counts once. */
function fittedCount({ fitted, unit }: Judgement): string {
  const { images, lesions } = fitted!;
  if (unit.of !== 'image') return formatCountOf(images, unit.of);
  return `${formatCountOf(images, 'image')}${unit.clusters === 'image' ? '' : ` of ${formatCountOf(lesions, 'lesion')}`}`;
}

function measures(evaluation: Evaluation, judgement: Judgement | null): string[] {
  if (judgement?.orderOnly)
    return [
      'Only the order of the scores means anything: discrimination was measured by the area under the ROC curve (AUROC) and the average precision, and neither answers nor calibration were looked at.',
    ];
  return [
    'Discrimination was measured by the balanced accuracy (mean sensitivity over diagnoses), the accuracy, the F1 score, the Matthews correlation and the area under the ROC curve (AUROC, each diagnosis against the others, and the mean over diagnoses), and for each diagnosis by sensitivity, specificity and precision.',
    judgement && judgement.calibration.length > 0
      ? 'Calibration of the questions with two answers was measured by intercept, slope and observed over expected, and shown as a smooth curve; calibration error (15 bins), Brier score and loss are given second.'
      : 'Calibration was measured by the calibration error (15 bins), the Brier score and the loss.',
    ...(evaluation.questions?.length
      ? [
          `Clinical utility is shown by the net benefit over thresholds up to 50% (decision curves), which takes probabilities at their word${evaluation.calibration ? ', after scaling by the temperature' : ''}.`,
        ]
      : []),
    ...(judgement?.prevalence == null
      ? []
      : [
          `Predictive values${judgement.calibration.length > 0 ? ', calibration' : ''} and net benefit were also weighted to a stated prevalence of ${formatPercent(judgement.prevalence)}, assuming that answers within yes and within no are as they are here.`,
        ]),
  ];
}

function intervals({ intervals: found }: Evaluation, judgement: Judgement | null): string[] {
  if (!found) return ['Intervals were not computed.'];
  return [
    `Intervals over all images that were scored are ${formatPercent(found.level, 0)} intervals. ${found.method} (Seed ${found.seed}.)`,
    ...(judgement && judgement.questions.length > 0
      ? [
          `Intervals of sensitivity and specificity at the classifier's own answer${
            judgement.questions.some(({ points }) => points.some(({ kind }) => kind === 'given'))
              ? ' and at the given threshold'
              : ''
          } leave out one ${judgement.unit.clusters} at a time; predictive values have Mercaldo's intervals.`,
        ]
      : []),
    'Intervals are each for itself: nothing was adjusted for looking at several.',
  ];
}

function missing({ evaluation, splits }: RunPart, judgement: Judgement | null): string[] {
  if (judgement) {
    const { flow } = judgement;
    return [
      flow.partOfTruth
        ? 'Answers are there for a part of the truth’s images alone; whether others should have one is not on record.'
        : flow.missing === 0
          ? 'Every image that should have an answer has one.'
          : `${formatCount(flow.missing)} of ${formatCountOf(flow.images, 'image')} that should have an answer ${flow.missing === 1 ? 'has' : 'have'} none; these are left out of the results, and bounds say what the results could be with all of these answers wrong, and all of them right.`,
      'An answer is one of the diagnoses for every image: there are no indeterminate ones.',
    ];
  }
  const test = splits?.images.test;
  return [
    ...(test === undefined || !evaluation
      ? []
      : [
          evaluation.images === test
            ? 'Every test image has an answer.'
            : `${formatCount(evaluation.images)} of ${formatCountOf(test, 'test image')} have an answer.`,
        ]),
    'An answer is one of the diagnoses for every image: there are no indeterminate ones.',
  ];
}

function groups({ subgroups }: RunPart): string[] {
  if (!subgroups || subgroups.length === 0) return [];
  const fields = [...new Set(subgroups.map(({ field }) => subgroupTitle(field).toLowerCase()))];
  return [
    `Results were also computed by ${formatList(fields)}: groups that the program looks at in every run, so exploratory unless you planned them.`,
  ];
}
