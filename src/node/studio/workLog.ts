import type { JobEvent } from '../../jobs/jobEvent.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { WorkJob } from '../../jobs/work.js';
import { RateMeter } from '../machine/rateMeter.js';

/** What jobs tell of themselves while this server has them done. */
export interface WorkLog {
  hear(job: PlannedJob, event: JobEvent): void;
  /** By a job's id. */
  of(id: string): Pick<WorkJob, 'now' | 'notes'>;
}

/** Notes of a job that are kept. */
const keptNotes = 8;

interface Task {
  readonly meter: RateMeter;
  readonly now: NonNullable<WorkJob['now']>;
}

/** A log of one plan, as long as the server runs. @param clock seconds */
export function createWorkLog(clock = () => performance.now() / 1000): WorkLog {
  const tasks = new Map<string, Map<string, Task>>();
  const notes = new Map<string, string[]>();
  const tasksOf = (id: string) => {
    const known = tasks.get(id) ?? new Map<string, Task>();
    tasks.set(id, known);
    return known;
  };
  return {
    hear({ id }, event) {
      if (event.type === 'began') {
        notes.set(id, []);
        tasks.delete(id);
      } else if (event.type === 'note') notes.set(id, [...(notes.get(id) ?? []), event.text].slice(-keptNotes));
      else if (event.type === 'progress') {
        const { label, done, total, secondsLeft } = event;
        const meter = tasksOf(id).get(label)?.meter ?? new RateMeter(clock());
        if (done > 0) meter.add(clock(), done);
        const rate = meter.rate();
        // What the work knows itself counts more; null is that it doesn't know yet.
        const byRate = total !== undefined && rate ? (total - done) / rate : undefined;
        const left = secondsLeft === undefined ? byRate : (secondsLeft ?? undefined);
        const now = {
          label,
          done,
          ...(total !== undefined && { total }),
          ...(left !== undefined && { secondsLeft: left }),
        };
        tasksOf(id).set(label, { meter, now });
      } else if (event.type === 'progress-end') tasksOf(id).delete(event.label);
      else if (event.type === 'ended') tasks.delete(id);
    },
    of(id) {
      // The last that has begun is the one at hand.
      const now = [...(tasks.get(id)?.values() ?? [])].at(-1)?.now;
      const told = notes.get(id) ?? [];
      return { ...(now && { now }), ...(told.length > 0 && { notes: told }) };
    },
  };
}
