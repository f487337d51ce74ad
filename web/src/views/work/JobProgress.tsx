import type { WorkJob } from '../../../../src/jobs/work.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { secondsLeftOf } from '../../work/workWords.js';

/** How far a job is that runs. @param named whether its id is to be said */
export function JobProgress({ job, named }: { readonly job: WorkJob; readonly named: boolean }) {
  const { id, now, progress } = job;
  const trains = now === undefined || now.label === 'Training';
  const label = trains ? trainingWords(progress) : now.label;
  const done = now ?? (progress ? { done: progress.done, total: progress.total } : {});
  // A name is a name, and is not written otherwise.
  const words = named ? `${id}: ${label}` : capital(label);
  return <ProgressBar label={words} done={done.done} total={done.total} secondsLeft={secondsLeftOf(job)} />;
}

function trainingWords(progress: WorkJob['progress']): string {
  if (!progress) return 'beginning';
  const { done, total } = progress;
  return done < total ? `training, epoch ${done + 1} of ${total}` : 'finishing';
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
