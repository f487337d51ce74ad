import { join } from 'node:path';
import type { Command } from 'commander';
import type { PathMapping } from '../../jobs/mapPaths.js';
import { defaultCacheFolder } from '../../node/files/cacheFolder.js';
import { parseQueueAddress, passwordVariable } from '../../node/jobs/queue/queueAddress.js';
import { act } from '../commandContext.js';
import { parseInteger } from '../globalOptions.js';
import { mapOption } from '../planOptions.js';

interface Options {
  readonly map?: readonly PathMapping[];
  readonly beside: number;
  readonly keep?: string;
}

export function register(command: Command): void {
  command
    .argument('<address>', `redis://host:port of the queue; a password in it, or in ${passwordVariable}`)
    .addOption(mapOption())
    .option('--keep <folder>', 'where plans lie whose folder this machine does not share (default: in the cache)')
    .option('--beside <count>', 'jobs at once', parseInteger(1, 1000), 1)
    .addHelpText(
      'after',
      `
A job is done in a process of its own, so that the queue hears from this one; a job whose worker is gone goes on elsewhere
from its last checkpoint. docs/cluster.md has the rest.

Examples:
  $ lesionlab worker redis://head:6379
  $ lesionlab worker redis://head:6379 --beside 2 --map /data=/mnt/data`,
    )
    .action(
      act(
        async (context, address: string, { map = [], beside, keep = join(defaultCacheFolder(), 'jobs') }: Options) => {
          const queue = parseQueueAddress(address);
          const { joinQueue } = await import('../../node/jobs/queue/joinQueue.js');
          context.setInterruptionNotice(
            'Saving what is at hand, and putting it back. Press Ctrl-C again to end at once.',
          );
          const { signal, progress } = context;
          const result = await joinQueue(queue, { mappings: map, beside, keep, signal, note: progress.note });
          return {
            json: { queue: queue.shown, ...result },
            text: `Left the queue; ${result.done} of ${result.taken} jobs done.`,
          };
        },
      ),
    );
}
