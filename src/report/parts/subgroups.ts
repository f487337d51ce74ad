import type { Interval } from '../../evaluation/metrics/intervals.js';
import type { SubgroupEvaluation } from '../../evaluation/metrics/subgroups.js';
import { formatCount, formatPercent } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { dataTable } from '../pageParts.js';
import type { ReportInput } from '../reportInput.js';
import { knownSkinTone } from '../skinTone.js';
import { subgroupTitle } from '../subgroupTitle.js';

/** Whether the model does as well for everybody; empty where that was not looked at. */
export function renderSubgroups(input: Pick<ReportInput, 'subgroups' | 'skinTones' | 'config'>): string {
  const { subgroups } = input;
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
    skinToneWords(input),
  ].join('\n');
}

/** What estimates are; that skin tone is missing, where nothing says it. */
function skinToneWords({ config, ...known }: Pick<ReportInput, 'subgroups' | 'skinTones' | 'config'>): string {
  const { recorded, estimated, words } = knownSkinTone(known);
  const told = words.map((sentence) => escapeText(sentence)).join(' ');
  if (estimated !== null)
    return `<p class="aside"><strong>Skin tone was estimated.</strong> Test images by band: ${escapeText(estimated)}. ${told}</p>`;
  const none =
    words.length > 0 ? `<p class="aside"><strong>Skin tone could not be estimated.</strong> ${told}</p>` : '';
  return recorded.length > 0 ? none : none || skinToneIsMissing(config);
}

const skinToneIsMissing = (config: ReportInput['config']) =>
  config.data.id === 'ham10000' || config.data.id === 'isic2018'
    ? '<p class="aside"><strong>Skin tone is missing.</strong> HAM10000 says nothing about it, and nearly all of its images are of light skin. How the model does on dark skin was not measured, and must be taken as unknown. With the lesion masks beside the images, evaluation estimates it.</p>'
    : '<p class="aside"><strong>Skin tone was not looked at.</strong> The table of this dataset has no such column that lesionlab reads, and there were no lesion masks to estimate it beside: how the model does on other skin than most of its images show is unknown.</p>';

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
