import { isPath } from './jobPaths.js';
import type { JobOf } from './plan.js';

/** Id of the job whose network a training learns from; undefined where it learns from none, or from what lies elsewhere. */
export function teacherJob({ settings: { teacher } }: JobOf<'train'>): string | undefined {
  return teacher && !isPath(teacher.source) ? teacher.source : undefined;
}
