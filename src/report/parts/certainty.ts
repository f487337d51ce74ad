import { describeTooFewImages } from '../../evaluation/certainty/conformal.js';
import type { CalibrationQuality } from '../../evaluation/certainty/evaluateCalibration.js';
import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { reliabilityChart } from '../charts/reliability.js';
import { fittedOn } from '../documents/runWords.js';
import { formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { chartFigure, dataTable, figureRow } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';

/** Whether the model may be believed when it says how sure it is; empty where that was not looked at. */
export function renderCertainty(
  { evaluation, config }: Pick<ReportInput, 'evaluation' | 'config'>,
  options: ChartOptions,
): string {
  if (!evaluation) return '';
  return [renderCalibration(evaluation, config, options), renderForeign(evaluation)].filter(Boolean).join('\n');
}

function renderCalibration(evaluation: Evaluation, config: ReportInput['config'], options: ChartOptions): string {
  const { calibration } = evaluation;
  const on = escapeText(fittedOn(evaluation));
  // Runs that were evaluated by earlier versions have none.
  if (!calibration) return '';
  const { temperature, before, after, conformal, priorShift } = calibration;
  const direction =
    temperature > 1.02
      ? 'The network is surer than it is right, and scaling makes it less sure'
      : temperature < 0.98
        ? 'The network is less sure than it could be, and scaling makes it surer'
        : 'The network is about as sure as it is right, and scaling changes little';
  const row = (title: string, quality: CalibrationQuality) => [
    title,
    ...(['calibrationError', 'brierScore', 'loss'] as const).map((name) => {
      const bounds = quality.intervals?.[name];
      return `${formatNumber(quality[name])}${bounds ? `<span class="range">${formatNumber(bounds[0])} to ${formatNumber(bounds[1])}</span>` : ''}`;
    }),
  ];
  const classes = config.data.classes;
  const tooFew = describeTooFewImages(
    conformal.flatMap(({ rules }) => rules ?? []),
    isJudgedEvaluation(evaluation) ? 'images to calibrate on' : undefined,
  );
  return [
    '<h3>How sure, and how right</h3>',
    `<p>${direction}: one number, the temperature ${temperature.toFixed(2)}, was fitted on ${on}. No answer changes.${isJudgedEvaluation(evaluation) ? '' : ' <code>predict</code> uses it.'}</p>`,
    figureRow(chartFigure(reliabilityChart(before.bins, after.bins, options))),
    dataTable(
      `${term('Calibration error', 'Calibration error')}, ${term('Brier score', 'Brier score')} and loss on the test images; lower is better. With 95% intervals. Drawing images anew, some twice and some not at all, raises the calibration error: its interval lies rather too high and may miss the number itself.`,
      [
        { title: 'Probabilities' },
        { title: 'Calibration error', number: true },
        { title: 'Brier score', number: true },
        { title: 'Loss', number: true },
      ],
      [
        row('As the network gives them', before),
        row('Scaled', after),
        ...(priorShift ? [row('Scaled, then shifted', priorShift.quality)] : []),
      ],
    ),
    ...(priorShift
      ? [
          `<p>Shifted: a factor for each diagnosis, fitted on ${on}, makes the probabilities those of images in which diagnoses are as frequent as there (${classes.map(({ id }, k) => `${escapeText(id)} ${formatNumber(priorShift.factors[k])}`).join(', ')}). Answers by them would have an accuracy of ${formatPercent(priorShift.accuracy)} and a balanced accuracy of ${formatPercent(priorShift.balancedAccuracy)}. It is a step for those who want such probabilities: no answer elsewhere is changed by it.</p>`,
        ]
      : []),
    '<h3>Sets of diagnoses that can’t be left out</h3>',
    `<p>Instead of one answer the model can give a ${term('Prediction set', 'set of diagnoses')} that was made to hold the true one in a chosen share of images, of each diagnosis. A set of one is a clear answer; a large set says that the model can’t tell. The thresholds come from ${on}; this is how the sets did on the test images. The promise is for images like these only.</p>`,
    dataTable(
      'Prediction sets on the test images: how many hold the truth, over all images and by diagnosis.',
      [
        { title: 'Promised' },
        { title: 'Hold the truth', number: true },
        { title: 'Mean size', number: true },
        { title: 'One diagnosis', number: true },
        ...classes.map(({ id }) => ({ title: id, number: true })),
      ],
      conformal.map(({ level, coverage, meanSize, single, perClass }) => [
        formatPercent(level, 0),
        formatPercent(coverage),
        meanSize.toFixed(2),
        formatPercent(single),
        ...perClass.map((share) => formatPercent(share, 0)),
      ]),
      { stacked: true },
    ),
    tooFew ? `<p class="aside">${escapeText(tooFew)}</p>` : '',
  ].join('\n');
}

const kindNames: Readonly<Record<string, string>> = {
  noise: 'Noise and stripes',
  blank: 'Blank, one colour',
  drawn: 'Text, shapes, drawings, charts',
  photograph: 'Landscapes, streets, things on a table',
};

/** Whether images of other things are noticed. */
function renderForeign({ outOfDistribution }: Evaluation): string {
  if (!outOfDistribution) return '';
  const { trainingImages, falseAlarms, hits } = outOfDistribution;
  const { images, rate, interval } = falseAlarms;
  const bounds = interval ? ` (95% interval ${formatPercent(interval[0])} to ${formatPercent(interval[1])})` : '';
  return [
    '<h3>Images of something else</h3>',
    `<p>A classifier gives an answer to any image, also to one that shows no skin. So <code>predict</code> measures how far an image lies, in the network’s ${term('Out of distribution', 'feature space')}, from ${trainingImages.toLocaleString('en-US')} training images, and flags it above a threshold that 99% of the validation images stay below. Of the test images it would flag ${images.toLocaleString('en-US')}, ${formatPercent(rate)}${bounds}: false alarms. Whether it notices images of other things was tried on images that lesionlab painted. An image that is not flagged may still be of a kind that the network does not know: other diagnoses, other cameras, and close-up photographs were not tried.</p>`,
    dataTable(
      'Painted images that show no skin: how many are flagged.',
      [{ title: 'Kind' }, { title: 'Images', number: true }, { title: 'Flagged', number: true }],
      hits.map((hit) => [kindNames[hit.kind] ?? hit.kind, String(hit.images), formatPercent(hit.rate)]),
    ),
  ].join('\n');
}
