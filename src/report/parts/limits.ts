import { escapeText } from '../html.js';
import { listLimits } from '../limits.js';
import type { ReportInput } from '../reportInput.js';

/** What the numbers don't say. */
export function renderLimits(input: ReportInput): string {
  const items = listLimits(input).map(
    ({ title, text }) => `<li><strong>${escapeText(title)}</strong> ${escapeText(text)}</li>`,
  );
  return `<ul>${items.join('\n')}</ul>`;
}
