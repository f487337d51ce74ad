import { interruptedError } from '../../../errors.js';
import type { JobOutcome } from '../../../jobs/jobEvent.js';
import type { PlannedJob } from '../../../jobs/plan.js';
import { availableThreads } from '../../machine/availableThreads.js';
import type { Executor } from '../executor.js';
import { followNeeds } from '../followNeeds.js';
import { type JobProcess, startJobProcess } from '../jobProcess.js';
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
    });
    const idle: JobProcess[] = [];
    const all = new Set<JobProcess>();
    const stop = () => {
      room.close();
      for (const one of all) one.stop();
    };
    let failure: unknown;
    const start = async (job: PlannedJob): Promise<JobOutcome> => {
      if (!(await room.enter(job))) return { type: 'interrupted' };
      const one = idle.pop() ?? startJobProcess((bytes) => room.measure(one, bytes));
      all.add(one);
      room.assign(job, one);
      try {
        return await one.run({ opened, id: job.id, call: callOf(request) }, (event) => {
          if (event.type === 'training' && event.event.type === 'step') room.works(job);
          try {
            if (failure === undefined) request.hear(job, event);
          } catch (error) {
            // Whoever listens has had enough: all that runs is saved.
            failure = error;
            stop();
          }
        });
      } finally {
        room.leave(job);
        if (one.lives) idle.push(one);
        else all.delete(one);
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await followNeeds(context, opened, request, start);
    } finally {
      signal.removeEventListener('abort', stop);
      await Promise.all([...all].map((one) => one.close()));
    }
    if (failure !== undefined) throw failure;
    if (signal.aborted) throw interruptedError(`Stopped; everything so far is saved in ${opened.named}.`);
  },
};

/** What is sent to processes: functions can't be. */
const callOf = ({ call, overwrite, mappings }: Parameters<Executor['run']>[2]) => ({ call, overwrite, mappings });
