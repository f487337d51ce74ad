import type { JobOutcome } from './jobEvent.js';

/** How a try ended, in words that go on after the name of its job. */
export function describeOutcome(outcome: JobOutcome): string {
  switch (outcome.type) {
    case 'done':
      return 'done.';
    case 'failed':
      return `failed: ${outcome.error.message}`;
    case 'held':
      return outcome.by;
    case 'interrupted':
      return 'interrupted; what was done is saved.';
  }
}
