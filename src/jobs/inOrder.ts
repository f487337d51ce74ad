import type { PlannedJob } from './plan.js';

/** Each job after those of them that it needs, otherwise as they stand. */
export function inOrder(jobs: readonly PlannedJob[]): PlannedJob[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const placed = new Set<PlannedJob>();
  const place = (job: PlannedJob | undefined): void => {
    if (!job || placed.has(job)) return;
    for (const need of job.needs) place(byId.get(need));
    placed.add(job);
  };
  for (const job of jobs) place(job);
  return [...placed];
}
