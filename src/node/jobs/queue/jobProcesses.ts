import { type JobProcess, startJobProcess } from '../jobProcess.js';
import type { StartJob } from './doRequest.js';

/** Processes beside this one, each for one job after another. */
export interface JobProcesses {
  readonly start: StartJob;
  /** Ends them; what they do is saved. */
  close(): Promise<void>;
}

/** Does jobs in processes of their own, so that this one stays free to keep them: as many as are done at once. */
export function jobProcesses(): JobProcesses {
  const idle: JobProcess[] = [];
  const all = new Set<JobProcess>();
  return {
    async start(opened, { id }, call, { signal, hear }) {
      const one = idle.pop() ?? startJobProcess();
      all.add(one);
      const stop = () => one.stop();
      signal.addEventListener('abort', stop, { once: true });
      try {
        if (signal.aborted) return { type: 'interrupted' };
        return await one.run({ opened, id, call }, hear);
      } finally {
        signal.removeEventListener('abort', stop);
        if (one.lives) idle.push(one);
        else all.delete(one);
      }
    },
    close: async () => void (await Promise.all([...all].map((one) => one.close()))),
  };
}
