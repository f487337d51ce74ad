import type { AuditSummary, Finding, FindingKind } from '../../data/audit/audit.js';
import { formatCount, formatCountOf } from '../format.js';
import { escapeText } from '../html.js';
import { dataTable } from '../pageParts.js';

export const findingNames: Readonly<Record<FindingKind, string>> = {
  'missing-image': 'Rows whose image is missing',
  'empty-file': 'Empty image files',
  'unreadable-image': 'Images that can’t be read',
  'unread-format': 'Images in a format that is not read',
  'image-without-metadata': 'Images without a row in the table',
  'identical-images': 'Groups of images that are the same file',
  'image-in-two-lesions': 'The same image in two lesions',
  'lesion-with-two-diagnoses': 'Lesions with two diagnoses',
  'unknown-code': 'Unknown codes',
  'missing-value': 'Missing values',
  'interpreted-value': 'Values that had to be interpreted',
  'unread-file': 'Files that are not read',
};

/** More than this are counted but not listed, or a broken download would fill the page. */
export const listedFindings = 100;

/** What the audit of a dataset found, as HTML. */
export function renderAudit(audit: AuditSummary): string {
  const kinds = Object.keys(findingNames) as FindingKind[];
  const sizes = audit.imageSizes
    .slice(0, 5)
    .map(({ width, height, images }) => `${width} × ${height} pixels (${formatCountOf(images, 'image')})`);
  const more = audit.imageSizes.length - sizes.length;
  return `<p>The table has ${formatCountOf(audit.rows, 'row')}; ${formatCountOf(audit.files, 'image file')} ${
    audit.files === 1 ? 'was' : 'were'
  } found${audit.decoded ? ' and decoded' : '; not all of them were decoded'}. ${
    audit.unusable === 0
      ? 'All of them can be used.'
      : `<strong>${formatCountOf(audit.unusable, 'image')} can’t be used.</strong>`
  }${sizes.length > 0 ? ` Sizes: ${sizes.join(', ')}${more > 0 ? ` and ${more} more` : ''}.` : ''}</p>
${dataTable(
  'What the audit looked for, and what it found.',
  [{ title: 'Looked for' }, { title: 'Found', number: true }],
  kinds.map((kind) => [findingNames[kind], formatCount(audit.counts[kind] ?? 0)]),
)}
${listFindings(
  'Images that can’t be used',
  audit.findings.filter(({ severity }) => severity === 'unusable'),
)}
${listFindings(
  'Worth knowing',
  audit.findings.filter(({ severity }) => severity === 'note'),
)}`;
}

function listFindings(title: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const items = findings.slice(0, listedFindings).map(({ message }) => `<li>${escapeText(message)}</li>`);
  const rest = findings.length - items.length;
  return `<details><summary>${title}: ${formatCount(findings.length)}</summary><ul>${items.join('')}</ul>${
    rest > 0 ? `<p class="muted">${formatCount(rest)} more are in exploration.json.</p>` : ''
  }</details>`;
}
