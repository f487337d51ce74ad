import type { ReportInput } from './reportInput.js';

/** Of several joined datasets the one that was kept for testing; null where the test images are of what was learned from. */
export function testedElsewhere({ splits }: Pick<ReportInput, 'splits'>): string | null {
  const rule = splits?.rule;
  return rule?.kind === 'test-on' ? rule.source : null;
}
