import type { JobEvent } from '../../../jobs/jobEvent.js';

/** Milliseconds between two reports: what is heard meanwhile goes together. */
const usualInterval = 500;

/** Gathers a job's events, so that few messages carry them, in order. */
export interface EventGathering {
  readonly add: (event: JobEvent) => void;
  /** Sends what is left; nothing may be added afterwards. */
  end(): Promise<void>;
}

/**
 * Of how far something is, and of the steps of a training, the last word alone is sent; all else is sent in full.
 * @param send what it throws is lost: the run folder has what matters
 */
export function gatherEvents(
  send: (events: readonly JobEvent[]) => Promise<void>,
  interval = usualInterval,
): EventGathering {
  let gathered: JobEvent[] = [];
  let sending: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    const events = gathered;
    gathered = [];
    if (events.length > 0) sending = sending.then(() => send(events)).catch(() => {});
  };
  return {
    add(event) {
      const earlier = gathered.findIndex((other) => replaces(event, other));
      if (earlier >= 0) gathered.splice(earlier, 1);
      gathered.push(event);
      timer ??= setTimeout(flush, interval);
    },
    async end() {
      clearTimeout(timer);
      flush();
      await sending;
    },
  };
}

function replaces(event: JobEvent, earlier: JobEvent): boolean {
  if (event.type === 'progress') return earlier.type === 'progress' && earlier.label === event.label;
  return (
    event.type === 'training' &&
    earlier.type === 'training' &&
    event.event.type === earlier.event.type &&
    (event.event.type === 'step' || event.event.type === 'features')
  );
}
