import { interruptedError } from '../../../errors.js';
import type { JobEvent, JobOutcome } from '../../../jobs/jobEvent.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { availableThreads } from '../../machine/availableThreads.js';
import type { Executor } from '../executor.js';
import { followNeeds } from '../followNeeds.js';
import { jobProcesses } from '../jobProcesses.js';
import { createRoom } from './room.js';

/** Processes beside each other on this machine, as many as its cores and its memory have room for. */
export const here: Executor = {
  form: 'here',
  description: 'processes beside each other on this machine',
  accepts: (on) => on === 'here',
  async run(context, opened, request) {
    const { signal } = context;
    const room = createRoom({
      cores: availableThreads(),
      available: () => process.availableMemory(),
      beside: request.beside,
      order: request.jobs,
    });
    const processes = jobProcesses({ assigned: room.assign, measured: room.measure });
    const stopping = new AbortController();
    const stop = () => {
      room.close();
      stopping.abort();
    };
    let failure: unknown;
    const start = async (job: PlannedJob): Promise<JobOutcome> => {
      if (!(await room.enter(job))) return { type: 'interrupted' };
      const hear = (event: JobEvent) => {
        if (event.type === 'training' && event.event.type === 'step') room.works(job);
        try {
          if (failure === undefined) request.hear(job, event);
        } catch (error) {
          // Whoever listens has had enough: all that runs is saved.
          failure = error;
          stop();
        }
      };
      try {
        return await processes.start(opened, job, callOf(request), { signal: stopping.signal, hear });
      } finally {
        room.leave(job);
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await followNeeds(context, opened, request, start);
    } finally {
      signal.removeEventListener('abort', stop);
      await processes.close();
    }
    if (failure !== undefined) throw failure;
    if (signal.aborted) throw interruptedError(`Stopped; everything so far is saved in ${opened.named}.`);
  },
};

/** What is sent to processes: functions can't be. */
const callOf = ({ call, overwrite, mappings }: Parameters<Executor['run']>[2]) => ({ call, overwrite, mappings });
