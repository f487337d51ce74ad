import { usageError } from '../../../errors.js';

/** Variables in which a cluster tells a task which of an array it is, and what the array is known by. */
const places = [
  { index: 'SLURM_ARRAY_TASK_ID', array: 'SLURM_ARRAY_JOB_ID', name: 'Slurm' },
  { index: 'JOB_COMPLETION_INDEX', array: 'JOB_NAME', name: 'Kubernetes' },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', array: 'AWS_BATCH_JOB_ID', name: 'AWS Batch' },
] as const;

/** Which task of an array this process is. */
export interface ArrayIndex {
  /** From 0. */
  readonly index: number;
  /** What the array is known by, the same for all of its tasks and for a task that is put back; undefined where nobody says. */
  readonly call: string | undefined;
}

/**
 * Which task of an array this process is, as a cluster tells it.
 * @param given in place of what a cluster tells
 * @throws LesionlabError kind `usage` where nobody says so
 */
export function arrayIndex(
  given: number | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ArrayIndex {
  const place = places.find(({ index }) => environment[index] !== undefined);
  const index = given ?? Number(place && environment[place.index]);
  if (!Number.isInteger(index) || index < 0)
    throw usageError(
      'no-index',
      `This process is no task of an array: none of ${places.map((other) => other.index).join(', ')} is set.`,
      {
        hint: 'Slurm, Kubernetes (completionMode: Indexed) and AWS Batch set them; anywhere else, give the number: --index 3.',
      },
    );
  const array = place && environment[place.array];
  // AWS Batch's name of a task ends in its index.
  const call =
    array === undefined ? undefined : `${place!.name.replace(' ', '-')}-${array.replace(/:\d+$/, '')}`.toLowerCase();
  return { index, call: environment.LESIONLAB_CALL ?? call };
}
