import type { SubgroupEvaluation } from '../evaluation/index.js';
import { formatCount } from '../node/machine/formatQuantity.js';
import { isSkinTone, subgroupTitle } from '../report/subgroupTitle.js';
import { formatInterval, formatShare } from './formatShare.js';
import { formatTable } from './formatTable.js';

/** Results by skin tone, recorded or estimated: a table a field; empty where there are no such groups. */
export function describeSkinTone(subgroups: readonly SubgroupEvaluation[] = []): string[] {
  const fields = [...new Set(subgroups.map(({ field }) => field))].filter(isSkinTone);
  return fields.flatMap((field) => [
    formatTable(
      [
        subgroupTitle(field),
        'images',
        'lesions',
        'balanced accuracy',
        '95% interval',
        'melanoma sensitivity',
        '95% interval',
      ],
      subgroups
        .filter((group) => group.field === field)
        .map(({ value, images, lesions, balancedAccuracy, classes, melanoma, intervals }) => [
          value,
          formatCount(images),
          formatCount(lesions),
          `${formatShare(balancedAccuracy)} of ${classes}`,
          formatInterval(intervals?.balancedAccuracy),
          formatShare(melanoma?.recall),
          formatInterval(melanoma?.interval),
        ]),
    ),
    ...(field === 'skin_tone_ita'
      ? ['An estimate from the pictures’ colours under unknown light, no Fitzpatrick type.']
      : []),
    '',
  ]);
}
