import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import { analyseErrors } from '../../evaluation/metrics/errorAnalysis.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import { findBestEpoch } from '../../training/findBestEpoch.js';
import { countFolds } from '../../training/recipe/ensembleConfig.js';
import { beginningFile } from '../documents/runWords.js';
import { formatCount, formatCountOf, formatDuration, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { absent } from '../pageParts.js';
import { isOfEnsemble, isOfJudged, modelName, type ReportInput, type TrainedReportInput } from '../reportInput.js';
import { testedElsewhere } from '../testedElsewhere.js';
import { describeEnsemble } from './ensemble.js';
import { describeJudged, overlapInShort } from './judgement.js';

/** What was trained, on what, and how well, in plain words. */
export function renderSummary(input: ReportInput): string {
  const { evaluation, config, runFolder } = input;
  const lines = [
    isOfEnsemble(input)
      ? describeEnsemble(input)
      : isOfJudged(input)
        ? describeJudged(input)
        : describeTraining(input as TrainedReportInput),
  ];
  if (evaluation) lines.push(...describeResults(input, evaluation));
  else lines.push(absent('The trained model has not been evaluated', 'evaluate', runFolder));
  if (config.data.limit !== null)
    lines.push(
      `<p><strong>A part of the data only.</strong> This run used ${formatCountOf(config.data.images, 'image')} of the dataset, for trying things out.</p>`,
    );
  return lines.join('\n');
}

function describeTraining({ config, splits, records }: TrainedReportInput): string {
  const { data, model } = config;
  const trained = splits
    ? `${formatCountOf(splits.images.train, 'image')}${data.hasLesionIds ? ` of ${formatCountOf(splits.lesions.train, 'lesion')}` : ''}`
    : formatCountOf(data.images, 'image');
  const elsewhere = testedElsewhere({ splits });
  const began = beginningFile(model);
  const start = began ? `starting from the weights in ${escapeText(began.name)}` : 'starting from random weights';
  const network = `<strong>${escapeText(modelName(model.id))}</strong>, a network with ${formatCount(model.parameters)} adjustable numbers, ${start}`;
  const task = `to tell ${formatCountOf(data.classes.length, 'diagnosis', 'diagnoses')} apart in ${term('Dermatoscope', 'dermatoscopic')} images`;
  const best = findBestEpoch(records);
  const training = best
    ? ` Training took ${formatCountOf(records.length, 'epoch')} and ${formatDuration(
        records.reduce((sum, record) => sum + record.seconds, 0),
      )}; the weights of epoch ${best.epoch}, which did best on the validation images, were kept.`
    : '';
  return `<p>This run trained ${network}, ${task}. It learned from ${trained} of ${escapeText(data.name)}${elsewhere ? `, none of them of ${escapeText(elsewhere)}, which was kept for testing` : ''}.${training}</p>`;
}

function describeResults({ config, predictions }: ReportInput, evaluation: Evaluation): string[] {
  const { intervals } = evaluation;
  const known = evaluation.perClass.filter(({ support }) => support > 0);
  const common = known.reduce((a, b) => (b.support > a.support ? b : a));
  const recallOf = ({ recall }: Evaluation['perClass'][number]) => recall ?? 0;
  const best = known.reduce((a, b) => (recallOf(b) > recallOf(a) ? b : a));
  const worst = known.reduce((a, b) => (recallOf(b) < recallOf(a) ? b : a));
  const share = common.support / evaluation.images;
  const shareOf = ({ dx, recall, support, lesions }: Evaluation['perClass'][number]) => {
    const interval = intervals?.perClass.find((own) => own.dx === dx)?.recall;
    const unit = isJudgedEvaluation(evaluation) ? evaluation.judgement.unit.of : 'image';
    const ofLesions = unit === 'image' && config.data.hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : '';
    const counted = `${formatCountOf(support, unit)}${ofLesions}`;
    return `${formatPercent(recall, 0)} of ${counted}${interval ? `, ${formatPercent(interval[0], 0)} to ${formatPercent(interval[1], 0)}` : ''}`;
  };
  const judged = overlapInShort(evaluation);
  const lines = [
    ...(judged ? [`<p>${judged} See <a href="#results">Results</a>.</p>`] : []),
    `<p>On ${countOf(evaluation, config.data.hasLesionIds)}${isJudgedEvaluation(evaluation) ? '' : countFolds(config) === null ? ' that it had never seen' : ', each answered by the one network that had not learned from its lesion'}, it named the true diagnosis for <strong>${formatPercent(
      evaluation.accuracy,
    )}</strong>${rangeWords(intervals?.accuracy)}. That number says little on its own: ${formatPercent(share)} of these images show “${escapeText(
      common.name,
    )}”, and always answering that would reach ${formatPercent(share)} too. With every diagnosis counted alike (${term(
      'Balanced accuracy',
    )}) it reached <strong>${formatPercent(evaluation.balancedAccuracy)}</strong>${rangeWords(
      intervals?.balancedAccuracy,
    )}; guessing would give ${formatPercent(1 / evaluation.perClass.length)}.</p>`,
    `<p>It recognised “${escapeText(best.name)}” best (${shareOf(best)}) and “${escapeText(worst.name)}” least (${shareOf(worst)}).${describeMissed(
      config,
      predictions,
    )}</p>`,
  ];
  return lines;
}

/** How many images of malignant diagnoses were called by a benign one. */
function describeMissed(config: ReportInput['config'], predictions: ReportInput['predictions']): string {
  if (!predictions) return '';
  const { classes } = config.data;
  const { missedMalignant } = analyseErrors({ ...predictions, classes });
  const malignant = predictions.labels.reduce((sum, label) => sum + Number(classes[label]?.malignant === true), 0);
  if (!missedMalignant || malignant === 0) return '';
  const names = classes.filter((c) => c.malignant).map((c) => c.id);
  return ` Of the ${formatCountOf(malignant, 'image')} with a malignant or precancerous diagnosis (${escapeText(names.join(', '))}), it called ${formatCount(
    missedMalignant.length,
  )} (${formatPercent(missedMalignant.length / malignant, 0)}) by a benign one.`;
}

function countOf(evaluation: Evaluation, hasLesionIds: boolean): string {
  const { images, lesions } = evaluation;
  if (isJudgedEvaluation(evaluation) && evaluation.judgement.unit.of !== 'image') {
    const { flow, unit } = evaluation.judgement;
    return `${formatCountOf(flow.scoredUnits, unit.of)} with ${formatCountOf(flow.scoredImages, 'test image')}`;
  }
  return `${formatCountOf(images, 'test image')}${hasLesionIds ? ` of ${formatCountOf(lesions, 'lesion')}` : ''}`;
}

/** ` (95% interval 72.0% to 76.3%)`, or nothing. */
export function rangeWords(interval: Interval | undefined): string {
  return interval
    ? ` (${term('Interval (95%)', '95% interval')} ${formatPercent(interval[0])} to ${formatPercent(interval[1])})`
    : '';
}
