import type { JobEvent } from '../../jobs/jobEvent.js';
import type { PlannedJob } from '../../jobs/plan.js';
import type { Progress, ProgressTask } from '../../progress.js';

/** Shows a plan as it goes on: one job at a time as it shows itself, several by how many are done and how far each is. */
export interface PlanProgress {
  hear(job: PlannedJob, event: JobEvent): void;
  end(): void;
}

interface Shown {
  words: string;
  readonly tasks: Map<string, ProgressTask>;
}

/** @param count jobs that are to be done */
export function planProgress(progress: Progress, count: number): PlanProgress {
  const running = new Map<PlannedJob, Shown>();
  const whole = progress.start('Plan', count);
  let done = 0;
  const show = () =>
    whole.update(done, [...running].map(([{ id }, { words }]) => `${id} ${words}`.trim()).join(', '), null);
  const endTasks = ({ tasks }: Shown) => {
    for (const task of tasks.values()) task.end();
    tasks.clear();
  };
  return {
    hear(job, event) {
      if (event.type === 'began') {
        running.set(job, { words: '', tasks: new Map() });
        progress.note(`[${job.id}] ${event.attempt > 1 ? `try ${event.attempt}` : 'begins'}, into ${job.run}`);
      } else if (event.type === 'note') progress.note(`[${job.id}] ${event.text}`);
      const shown = running.get(job);
      if (!shown) return;
      if (event.type === 'progress') {
        const { label, done: units, total, detail, secondsLeft } = event;
        shown.words = total ? `${label.toLowerCase()} ${Math.floor((100 * units) / total)}%` : label.toLowerCase();
        if (running.size > 1) for (const one of running.values()) endTasks(one);
        else {
          const task = shown.tasks.get(label) ?? progress.start(`[${job.id}] ${label}`, total);
          shown.tasks.set(label, task);
          // At its start nobody has said how far it is.
          if (units > 0 || detail !== undefined) task.update(units, detail, secondsLeft);
        }
      } else if (event.type === 'progress-end') {
        shown.tasks.get(event.label)?.end();
        shown.tasks.delete(event.label);
      } else if (event.type === 'ended') {
        endTasks(shown);
        running.delete(job);
        if (event.outcome.type === 'done') done++;
        else if (event.outcome.type === 'failed') progress.note(`[${job.id}] failed: ${event.outcome.error.message}`);
      }
      show();
    },
    end() {
      for (const one of running.values()) endTasks(one);
      whole.end();
    },
  };
}
