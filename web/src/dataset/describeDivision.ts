import type { Division } from './division.js';

/** How data is divided, for readers: a part of a sentence. */
export function describeDivision({ rule, nearDuplicates }: Division): string {
  const mend =
    'mend' in rule && rule.mend
      ? rule.mend === 'keep'
        ? ', taken as it is'
        : ', less images that are also on a later side'
      : '';
  const how =
    rule.kind === 'official'
      ? `as the dataset’s own split has it${mend}`
      : rule.kind === 'test-on'
        ? `with all images of ${rule.source} for testing${mend}`
        : 'by whole patients and lesions, drawn by chance';
  return `${how}${nearDuplicates ? ', near-duplicates on one side' : ''}`;
}
