import type { Executor } from '../executor.js';
import { isQueueAddress, parseQueueAddress } from './queueAddress.js';

/** Machines that joined a queue: each takes what it has room for. */
export const queue: Executor = {
  form: 'redis://host:port',
  description: 'machines that joined a queue on Redis or Valkey with `lesionlab worker`',
  accepts: isQueueAddress,
  async run(context, opened, request, on) {
    // Loaded where it is asked for: nothing else knows of queues, or opens a connection to one.
    const { askQueue } = await import('./askQueue.js');
    await askQueue(context, opened, request, parseQueueAddress(on));
  },
};
