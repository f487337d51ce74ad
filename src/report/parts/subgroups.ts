import type { Interval } from '../../evaluation/metrics/intervals.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { formatCount, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { dataTable } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { isSkinTone, subgroupTitle } from '../subgroupTitle.js';

/** Whether the model does as well for everybody; empty where that was not looked at. */
export function renderSubgroups({ subgroups, config }: Pick<ReportInput, 'subgroups' | 'config'>): string {
  if (!subgroups || subgroups.length === 0) return '';
  const fields = [...new Set(subgroups.map(({ field }) => field))];
  return [
    '<h3>Does it do as well for everybody?</h3>',
    `<p>The same test images in groups. Groups differ in which diagnoses they hold: ${term('Accuracy')} is high where most are naevi, and ${term(
      'Balanced accuracy',
    )} is over the diagnoses that the group has. Where intervals overlap widely, nothing is known about a difference.</p>`,
    ...fields.map((field) =>
      groupTable(
        field,
        subgroups.filter((group) => group.field === field),
      ),
    ),
    ...(fields.some(isSkinTone) ? [] : [skinToneIsMissing(config)]),
  ].join('\n');
}

const skinToneIsMissing = (config: ReportInput['config']) =>
  config.data.id === 'ham10000' || config.data.id === 'isic2018'
    ? '<p class="aside"><strong>Skin tone is missing.</strong> HAM10000 says nothing about it, and nearly all of its images are of light skin. How the model does on dark skin was not measured, cannot be measured with this data, and must be taken as unknown.</p>'
    : '<p class="aside"><strong>Skin tone was not looked at.</strong> The table of this dataset has no such column that lesionlab reads: how the model does on other skin than most of its images show is unknown.</p>';

function groupTable(field: string, groups: readonly SubgroupEvaluation[]): string {
  const cell = (value: number, interval: Interval | undefined) =>
    `${formatPercent(value)}${interval ? `<span class="range">${formatPercent(interval[0])} to ${formatPercent(interval[1])}</span>` : ''}`;
  return dataTable(
    `${escapeText(subgroupTitle(field))}: results on the test images, with 95% intervals.`,
    [
      { title: subgroupTitle(field) },
      { title: 'Images', number: true },
      { title: 'Lesions', number: true },
      { title: 'Accuracy', number: true },
      { title: 'Balanced accuracy', number: true },
      { title: 'Sensitivity for melanoma', number: true },
      { title: 'Mind' },
    ],
    groups.map(({ value, images, lesions, accuracy, balancedAccuracy, classes, melanoma, intervals, warning }) => [
      escapeText(value),
      formatCount(images),
      formatCount(lesions),
      cell(accuracy, intervals?.accuracy),
      `${cell(balancedAccuracy, intervals?.balancedAccuracy)}<span class="range">of ${classes}</span>`,
      melanoma
        ? `${cell(melanoma.recall, melanoma.interval)}<span class="range">${formatCount(melanoma.lesions)} lesions</span>`
        : '–',
      escapeText(warning ?? ''),
    ]),
    { stacked: true },
  );
}
