import type { WorkJob } from '../../../../src/jobs/work.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { secondsLeftOf } from '../../work/workWords.js';

/** How far a job is that runs. @param named whether its id is to be said */
export function JobProgress({ job, named }: { readonly job: WorkJob; readonly named: boolean }) {
  const { id, now, progress } = job;
  const of = named ? `${id}: ` : '';
  const epochs = progress ? `epoch ${Math.min(progress.done + 1, progress.total)} of ${progress.total}` : '';
  const trains = now === undefined || now.label === 'Training';
  const label = trains ? `${of}${epochs === '' ? 'beginning' : `training, ${epochs}`}` : `${of}${now.label}`;
  const done = now ?? (progress ? { done: progress.done, total: progress.total } : {});
  return <ProgressBar label={capital(label)} done={done.done} total={done.total} secondsLeft={secondsLeftOf(job)} />;
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
