import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { formatCount, formatCountOf, formatNumber, formatPercent, withInterval } from '../format.js';
import { aurocWords } from '../metricNames.js';
import { pointTable, questionCalibrationTable } from '../tables/judgedTables.js';
import { type DocumentSection, list, paragraph, results } from './document.js';
import type { DocumentInput } from './runWords.js';

/** What weighting to a stated prevalence takes for granted. */
export const prevalenceAssumption =
  'It was assumed that the classifier answers images of yes as it does here, and images of no as well, however common they are: that only their shares differ. Where the mix within yes and no differs too (earlier melanomas, other benign lesions), this does not hold.';

/** Whether it learned from the images that it is judged on, a sentence or two. */
export function describeOverlap(evaluation: Evaluation): string {
  if (!isJudgedEvaluation(evaluation)) return '';
  const { overlap } = evaluation.judgement;
  if (!overlap)
    return 'Nobody said which images it learned from. Where these are among them, the results are too good.';
  const { images, sameLesion, samePatient, withoutThem, source, listed, withoutLesion = 0 } = overlap;
  const unknown =
    withoutLesion > 0
      ? ` Of ${formatCount(withoutLesion)} of the ${formatCount(listed)} listed nothing names the lesion, so that other photographs of these are not told.`
      : '';
  if (images + sameLesion + samePatient === 0)
    return `None of the images scored is among the ${formatCount(listed)} in ${source}, by their ids, or of a lesion of theirs that is known. Copies under other ids are not told.${unknown}`;
  const found = [
    images > 0 ? `${formatCountOf(images, 'image')} scored ${images === 1 ? 'is' : 'are'} listed in ${source}` : '',
    sameLesion > 0
      ? `${formatCountOf(sameLesion, 'other image')} ${sameLesion === 1 ? 'is' : 'are'} of a lesion that is`
      : '',
    samePatient > 0
      ? `${formatCountOf(samePatient, 'other image')} ${samePatient === 1 ? 'is' : 'are'} of a patient who is`
      : '',
  ].filter(Boolean);
  const rest = withoutThem
    ? ` On the other ${formatCountOf(withoutThem.images, 'image')}: balanced accuracy ${formatPercent(withoutThem.balancedAccuracy)}, accuracy ${formatPercent(withoutThem.accuracy)}, ${aurocWords(evaluation.perClass.length)} ${formatNumber(withoutThem.macroAuroc)}.`
    : ' No image is left without them.';
  return `${found.join('; ')}: the results are too good.${rest}${unknown}`;
}

/** The same as a fact about the model. */
export const describeTrainedOn = ({ evaluation }: DocumentInput): string =>
  evaluation ? describeOverlap(evaluation) : 'Not on record.';

/** What was judged and what it rests on; nothing of a run's own model. */
export function describeJudgement({ evaluation }: DocumentInput): DocumentSection[] {
  if (!evaluation || !isJudgedEvaluation(evaluation)) return [];
  const { judgement } = evaluation;
  const { flow, missing, questions, calibration, labels, prevalence } = judgement;
  return [
    {
      title: 'What was judged',
      blocks: [
        paragraph(
          `${flow.partOfTruth ? `${formatCountOf(flow.images, 'image')} have an answer; how many others should have one, nobody said; ` : `${formatCountOf(flow.images, 'image')} should have an answer; ${formatCount(flow.missing)} have none; `}${formatCount(flow.setAside)} were set aside to calibrate on; ${formatCount(flow.scoredImages)} were scored.`,
        ),
        paragraph(judgement.unit.words),
        list(judgement.words),
        ...(missing
          ? [
              paragraph(
                `With the missing answers all wrong or all right, the balanced accuracy is ${formatPercent(missing.balancedAccuracy.worst)} to ${formatPercent(missing.balancedAccuracy.best)}, the ${aurocWords(missing.perClass.length)} ${formatNumber(missing.macroAuroc.worst)} to ${formatNumber(missing.macroAuroc.best)}.`,
              ),
            ]
          : []),
      ],
    },
    ...(questions.length > 0
      ? [
          {
            title: 'Operating points',
            blocks: [
              ...questions.flatMap((question) => results(pointTable(question, prevalence))),
              ...(prevalence === null
                ? []
                : [paragraph(`At a prevalence of ${formatPercent(prevalence)}. ${prevalenceAssumption}`)]),
            ],
          },
        ]
      : []),
    ...(calibration.length > 0
      ? [
          {
            title: 'Calibration of questions',
            blocks: results(questionCalibrationTable(calibration)),
          },
        ]
      : []),
    ...(labels
      ? [
          {
            title: 'How sure the truth is',
            blocks: [
              list(
                Object.entries(labels.counts).map(
                  ([id, ways]) =>
                    `${id}: ${Object.entries(ways)
                      .map(([way, count]) => `${way} ${formatCount(count)}`)
                      .join(', ')}.`,
                ),
              ),
              ...(labels.histologyAlone
                ? [
                    paragraph(
                      `On the ${formatCount(labels.histologyAlone.images)} confirmed by histology alone: balanced accuracy ${withInterval(labels.histologyAlone.balancedAccuracy.value, labels.histologyAlone.balancedAccuracy.interval)}, ${aurocWords(labels.histologyAlone.classes.length)} ${withInterval(labels.histologyAlone.macroAuroc.value, labels.histologyAlone.macroAuroc.interval, formatNumber)}.`,
                    ),
                  ]
                : []),
              ...(labels.bounds
                ? [
                    paragraph(
                      `If ${formatPercent(labels.bounds.share, 0)} of the others were wrong, the accuracy could be ${formatPercent(labels.bounds.accuracy.lowest)} to ${formatPercent(labels.bounds.accuracy.highest)}.`,
                    ),
                  ]
                : []),
            ],
          },
        ]
      : []),
  ];
}
