import type { SubgroupEvaluation } from '../evaluation/metrics/subgroups.js';
import { formatCount } from '../node/machine/formatQuantity.js';
import { isSkinTone, subgroupTitle } from '../report/subgroupTitle.js';
import { withInterval } from './formatShare.js';
import { formatTable } from './formatTable.js';

/** Results by skin tone, recorded or estimated: a table a field; empty where there are no such groups. */
export function describeSkinTone(subgroups: readonly SubgroupEvaluation[] = []): string[] {
  const fields = [...new Set(subgroups.map(({ field }) => field))].filter(isSkinTone);
  return fields.flatMap((field) => [
    `${subgroupTitle(field)}, with 95% intervals`,
    formatTable(
      ['', 'images', 'lesions', 'balanced accuracy', 'melanoma sensitivity'],
      subgroups
        .filter((group) => group.field === field)
        .map(({ value, images, lesions, balancedAccuracy, melanoma, intervals }) => [
          // The report has the bounds of bands in degrees.
          value.replace(/ \(.*°.*\)$/, ''),
          formatCount(images),
          formatCount(lesions),
          withInterval(balancedAccuracy, intervals?.balancedAccuracy),
          withInterval(melanoma?.recall, melanoma?.interval),
        ]),
    ),
    ...(field === 'skin_tone_ita'
      ? ['An estimate from the pictures’ colours under unknown light, no Fitzpatrick type.']
      : []),
    '',
  ]);
}
