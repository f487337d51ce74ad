/** When a job runs, in seconds from the beginning of the first. */
export interface PackedJob {
  readonly begins: number;
  readonly ends: number;
}

/**
 * When jobs run that are begun in their order, each as soon as there are cores for it.
 * @param jobs how long each takes on its threads; one of more threads than there are cores has all of them
 */
export function packJobs(
  jobs: readonly { readonly seconds: number; readonly threads: number }[],
  cores: number,
): PackedJob[] {
  const running: { ends: number; threads: number }[] = [];
  let now = 0;
  return jobs.map(({ seconds, threads }) => {
    const need = Math.min(threads, cores);
    while (running.reduce((sum, one) => sum + one.threads, 0) + need > cores) {
      running.sort((a, b) => a.ends - b.ends);
      now = Math.max(now, running.shift()!.ends);
    }
    running.push({ ends: now + seconds, threads: need });
    return { begins: now, ends: now + seconds };
  });
}
