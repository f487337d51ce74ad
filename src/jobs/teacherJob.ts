import type { JobOf } from './plan.js';

/** Id of the job whose network a training learns from; undefined where it learns from none, or from what lies elsewhere. */
export const teacherJob = ({ settings: { teacher } }: Pick<JobOf<'train'>, 'settings'>): string | undefined =>
  teacher && 'job' in teacher ? teacher.job : undefined;
