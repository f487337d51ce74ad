import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { JudgedPoint } from '../../evaluation/judging/operatingPoints.js';
import { formatCount, formatCountOf, formatNumber, formatPercent } from '../format.js';
import { type DocumentSection, list, paragraph, table } from './document.js';
import { type DocumentInput, withInterval } from './runWords.js';

/** What weighting to a stated prevalence takes for granted. */
export const prevalenceAssumption =
  'It was assumed that the classifier answers images of yes as it does here, and images of no as well, however common they are: that only their shares differ. Where the mix within yes and no differs too (earlier melanomas, other benign lesions), this does not hold.';

/** Where a point comes from, in a few words. */
export function pointWords({ kind, target }: JudgedPoint): string {
  if (kind === 'answer') return 'its own answer';
  if (kind === 'given') return 'threshold given beforehand';
  const wanted = target ? `${formatPercent(target.value, 0)} ${target.reach}` : '';
  return kind === 'fitted' ? `fitted for ${wanted}` : `descriptive: ${wanted} on these images`;
}

/** Whether it learned from the images that it is judged on, a sentence or two. */
export function describeOverlap(evaluation: Evaluation): string {
  if (!isJudgedEvaluation(evaluation)) return '';
  const { overlap } = evaluation.judgement;
  if (!overlap)
    return 'Nobody said which images it learned from. Where these are among them, the results are too good.';
  const { images, sameLesion, samePatient, withoutThem, source, listed } = overlap;
  if (images + sameLesion + samePatient === 0)
    return `None of the images scored is among the ${formatCount(listed)} in ${source}, by their ids. Copies under other ids are not told.`;
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
    ? ` On the other ${formatCountOf(withoutThem.images, 'image')}: balanced accuracy ${formatPercent(withoutThem.balancedAccuracy)}, accuracy ${formatPercent(withoutThem.accuracy)}, AUROC (mean of classes) ${formatNumber(withoutThem.macroAuroc)}.`
    : ' No image is left without them.';
  return `${found.join('; ')}: the results are too good.${rest}`;
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
          `${formatCountOf(flow.images, 'image')} should have an answer; ${formatCount(flow.missing)} have none; ${formatCount(flow.setAside)} were set aside to calibrate on; ${formatCount(flow.scoredImages)} were scored.`,
        ),
        paragraph(judgement.unit.words),
        list(judgement.words),
        ...(missing
          ? [
              paragraph(
                `With the missing answers all wrong or all right, the balanced accuracy is ${formatPercent(missing.balancedAccuracy.worst)} to ${formatPercent(missing.balancedAccuracy.best)}, the AUROC (mean of classes) ${formatNumber(missing.macroAuroc.worst)} to ${formatNumber(missing.macroAuroc.best)}.`,
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
              ...questions.map(({ title, points }) =>
                table(
                  title,
                  [
                    { title: 'Yes where' },
                    ...[
                      'Threshold',
                      'Sensitivity',
                      'Specificity',
                      ...(prevalence === null ? [] : ['PPV as stated', 'NPV as stated']),
                    ].map((name) => ({ title: name, number: true })),
                  ],
                  points.map((point) => [
                    pointWords(point),
                    point.threshold === null ? '–' : point.threshold > 1 ? 'never' : formatNumber(point.threshold),
                    withInterval(point.sensitivity, point.intervals?.sensitivity),
                    withInterval(point.specificity, point.intervals?.specificity),
                    ...(prevalence === null
                      ? []
                      : [
                          withInterval(point.stated?.positive, point.stated?.positiveInterval),
                          withInterval(point.stated?.negative, point.stated?.negativeInterval),
                        ]),
                  ]),
                ),
              ),
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
            blocks: [
              table(
                'Intercept 0, slope 1 and observed over expected 1 are right.',
                [
                  { title: 'Question' },
                  ...['Intercept', 'Slope', 'Observed / expected'].map((name) => ({ title: name, number: true })),
                ],
                calibration.map((own) => [
                  `${own.title}${own.scaled ? ', scaled' : ''}`,
                  withInterval(own.intercept, own.intervals?.intercept, formatNumber),
                  withInterval(own.slope, own.intervals?.slope, formatNumber),
                  withInterval(own.observedOverExpected, own.intervals?.observedOverExpected, formatNumber),
                ]),
              ),
            ],
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
                      `On the ${formatCount(labels.histologyAlone.images)} confirmed by histology alone: balanced accuracy ${withInterval(labels.histologyAlone.balancedAccuracy.value, labels.histologyAlone.balancedAccuracy.interval)}, AUROC (mean of classes) ${withInterval(labels.histologyAlone.macroAuroc.value, labels.histologyAlone.macroAuroc.interval, formatNumber)}.`,
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
