import type { Evaluation } from '../../evaluation/evaluate.js';
import { isJudgedEvaluation } from '../../evaluation/judging/judge.js';
import type { Interval } from '../../evaluation/metrics/intervals.js';
import { formatCount, formatNumber, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { aurocName } from '../metricNames.js';
import { classLabel, dataTable, tiles } from '../pageParts.js';

/** The numbers over all images, large. */
export function headlines(evaluation: Evaluation): string {
  const { intervals, auroc } = evaluation;
  const common = Math.max(...evaluation.perClass.map(({ support }) => support)) / evaluation.images;
  const numbers = tiles([
    {
      label: term('Balanced accuracy', 'Balanced accuracy'),
      value: formatPercent(evaluation.balancedAccuracy),
      note: `${range(intervals?.balancedAccuracy)}Guessing: ${formatPercent(1 / evaluation.perClass.length)}`,
    },
    {
      label: term('Accuracy', 'Accuracy'),
      value: formatPercent(evaluation.accuracy),
      note: `${range(intervals?.accuracy)}Always the most common diagnosis: ${formatPercent(common)}`,
    },
    {
      label: term('AUROC', aurocName(evaluation.perClass.length)),
      value: formatNumber(auroc.macro),
      note: `${range(intervals?.auroc.macro, false)}Guessing: 0.500`,
    },
    {
      label: term('F1', 'F1, mean of diagnoses'),
      value: formatNumber(evaluation.macroF1),
      note: `${range(intervals?.macroF1, false)}At best: 1`,
    },
  ]);
  // Evaluations of version 0.1 have none.
  const notes = (evaluation.notes ?? []).map((note) => `<p class="aside">${escapeText(note)}</p>`);
  return [numbers, ...notes].join('\n');
}

function range(interval: Interval | undefined, percent = true): string {
  if (interval === undefined) return '';
  if (interval === null) return '95% interval –<br>';
  const show = (value: number) => (percent ? formatPercent(value) : formatNumber(value));
  return `95% interval ${show(interval[0])} to ${show(interval[1])}<br>`;
}

const unitTitles = { lesion: 'Lesions', patient: 'Patients' } as const;

/** Every class on its own. @param of what the images are, where a page has several such tables */
export function classTable(evaluation: Evaluation, hasLesionIds: boolean, of = ''): string {
  const { intervals, perClass } = evaluation;
  const unit = isJudgedEvaluation(evaluation) ? evaluation.judgement.unit.of : 'image';
  // Where lesions or patients count once there are no images to count beside them.
  const counted = unit === 'image' ? (hasLesionIds ? ['Images', 'Lesions'] : ['Images']) : [unitTitles[unit]];
  const cell = (value: number | null, interval: Interval | undefined, percent = true) => {
    const show = (x: number | null) => (percent ? formatPercent(x) : formatNumber(x));
    if (interval === null) return `${show(value)}<span class="range">–</span>`;
    return `${show(value)}${interval ? `<span class="range">${show(interval[0])} to ${show(interval[1])}</span>` : ''}`;
  };
  return dataTable(
    `Every diagnosis on its own${of ? `, ${escapeText(of)}` : ''}${intervals ? ', with 95% intervals' : ''}: ${term('Recall', 'sensitivity (recall)')}, ${term('Precision')}, ${term(
      'Specificity',
    )}, ${term('F1', 'F1')} and ${term('AUROC', 'AUROC')}.`,
    [
      { title: 'Diagnosis' },
      ...counted.map((title) => ({ title, number: true })),
      { title: 'Sensitivity (recall)', number: true },
      { title: 'Precision', number: true },
      { title: 'Specificity', number: true },
      { title: 'F1', number: true },
      { title: 'AUROC', number: true },
    ],
    perClass.map((c, i) => {
      const bounds = intervals?.perClass[i];
      const counts = [c.support, c.lesions].slice(0, counted.length).map(formatCount);
      if (c.support === 0)
        return [classLabel(i, c.name, c.dx), ...counts, '–', '–', cell(c.specificity, bounds?.specificity), '–', '–'];
      return [
        classLabel(i, c.name, c.dx),
        ...counts,
        cell(c.recall, bounds?.recall),
        cell(c.precision, bounds?.precision),
        cell(c.specificity, bounds?.specificity),
        cell(c.f1, bounds?.f1, false),
        cell(c.auroc, bounds?.auroc, false),
      ];
    }),
    { stacked: true },
  );
}
